"""Rooms, who may enter them, and the calls that happen in them."""

from django.apps import AppConfig


class RoomsConfig(AppConfig):
    """Builds on accounts, never the other way round."""

    name = "rooms"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell accounts what rooms have to say where one comes, moves or goes."""
        from accounts import deletion, export, policy
        from accounts import suspending as accounts_suspending

        from . import keeping, revoking, suspending, vouching
        from .export import PARTS
        from .farewell import farewell
        from .invitations import post
        from .order import telling

        export.parts.update(PARTS)
        deletion.farewells.append(farewell)
        accounts_suspending.suspended.append(suspending.suspended)
        accounts_suspending.lifted.append(suspending.lifted)
        policy.vouchers.append(
            policy.Voucher(vouching.vouches, vouching.count, vouching.redeem)
        )
        keeping.listen()
        revoking.listen()
        post.listen()
        telling.listen()

"""What running calls hear of roles and prohibitions, once a change is committed."""

from typing import Any

import msgspec
from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save

from ..models import Membership, Prohibition, Role, Room
from ..rights import GUEST
from ..signalling import bus
from ..signalling.protocol import Power
from ..signalling.protocol import Role as RoleName


def tell_standing(room: Room | int, person: str, role: str) -> None:
    """What this person is here from now on, and what is forbidden to them alone."""
    number = room.pk if isinstance(room, Room) else room
    powers = Prohibition.objects.of(number, person)
    bus.tell_after_commit(
        bus.StandingChanged(
            number,
            person,
            msgspec.convert(str(role), RoleName),
            msgspec.convert(powers, tuple[Power, ...]),
        )
    )


def role_given(instance: Membership, *, raw: bool = False, **_: Any) -> None:
    """A receiver of Membership's post_save.

    Owners are made with their room, or by a transfer, which tells so itself.
    """
    if not raw and instance.role != Role.OWNER:
        tell_standing(instance.room_id, f"u:{instance.user_id}", instance.role)


def role_taken(instance: Membership, *, origin: Any = None, **_: Any) -> None:
    """A receiver of Membership's post_delete.

    Where the room or the account goes with it, calls hear of that.
    """
    model = origin.model if isinstance(origin, QuerySet) else type(origin)
    if model is Membership:
        tell_standing(instance.room_id, f"u:{instance.user_id}", GUEST)


def listen() -> None:
    """Hear of roles from now on, whichever way they come about."""
    post_save.connect(
        role_given, sender=Membership, dispatch_uid="rooms.order.role_given"
    )
    post_delete.connect(
        role_taken, sender=Membership, dispatch_uid="rooms.order.role_taken"
    )

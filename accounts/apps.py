"""The people who have an account."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Knows people; knows nothing of rooms."""

    name = "accounts"
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import sessions, watch  # noqa: F401 # connect what they hear

"""Rooms, who may enter them, and the calls that happen in them."""

from django.apps import AppConfig


class RoomsConfig(AppConfig):
    """Builds on accounts, never the other way round."""

    name = "rooms"
    default_auto_field = "django.db.models.BigAutoField"

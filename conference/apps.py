"""The site itself, as a Django app: its commands, template tags and cache table."""

from django.apps import AppConfig


class ConferenceConfig(AppConfig):
    """Knows how the site is served; knows nothing of people or rooms."""

    name = "conference"
    verbose_name = "Site"
    default_auto_field = "django.db.models.BigAutoField"

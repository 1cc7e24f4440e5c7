"""Django's administration as an app, with doors of our own."""

from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    """Named in settings in place of Django's; its label and its rows are the same."""

    default_site = "conference.administration.site.Administration"

"""Who is logged in from where, in the administration."""

from typing import TYPE_CHECKING, Any

from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

if TYPE_CHECKING:
    SessionAdmin = admin.ModelAdmin[UserSession]
else:
    SessionAdmin = admin.ModelAdmin

# allauth's own looks for names of people in a column that accounts here do not have.
admin.site.unregister(UserSession)


@admin.register(UserSession)
class UserSessionAdmin(SessionAdmin):
    """Who is logged in from where. Log-in writes these rows; to delete one ends it."""

    list_display = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    list_select_related = ("user",)
    search_fields = ("user__email", "user__display_name", "ip")
    ordering = ("-created_at", "-pk")
    fields = list_display

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        """Log that browser out, as its owner would."""
        obj.end()

    def delete_queryset(
        self, request: HttpRequest, queryset: models.QuerySet[UserSession]
    ) -> None:
        for session in queryset:
            session.end()

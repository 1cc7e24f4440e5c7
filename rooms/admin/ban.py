"""Whom rooms keep out, in the administration."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.suspension import InForceFilter
from conference.administration.part import WithActs, on_own_pages

from ..models import Ban
from ..order import people
from .acting import actor_of


@admin.register(Ban)
class BanAdmin(WithActs[Ban]):
    """Made in calls, on rooms' pages and on those of "Calls now"; lifted here too.

    One with an end is a removal, which ends by itself.
    """

    list_display = ("name", "room", "user", "reason", "made_by", "made_at", "state")
    list_filter = (InForceFilter, "made_at", "until")
    list_select_related = ("room", "user", "made_by")
    search_fields = ("name", "user__email", "room__name", "room__link", "reason")
    date_hierarchy = "made_at"
    ordering = ("-made_at", "-pk")
    actions = ("lift",)
    fields = (
        *("name", "room", "user", "reason", "made_by", "made_at"),
        *("until", "state", "lifted_at", "lifted_by"),
    )
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Ban | None = None
    ) -> bool:
        """It goes with its room; to let somebody in again is to lift it."""
        return not on_own_pages(request, self) and super().has_delete_permission(
            request, obj
        )

    def acts_for(self, request: HttpRequest, row: Ban) -> list[tuple[str, str]]:
        return super().acts_for(request, row) if row.holds else []

    @admin.display(description="state")
    def state(self, ban: Ban) -> str:
        if ban.lifted_at is not None:
            return "Lifted"
        if not ban.holds:
            return "Over"
        return "Banned" if ban.until is None else "Removed"

    @admin.action(description="Lift", permissions=["change"])
    def lift(self, request: HttpRequest, chosen: QuerySet[Ban]) -> None:
        held = [each for each in chosen.select_related("room") if each.holds]
        for ban in held:
            people.let_back(ban, actor_of(request))
        messages.success(
            request, f"Lifted: {len(held)}. Whoever it was may come in again."
        )

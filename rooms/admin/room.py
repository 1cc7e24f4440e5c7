"""Rooms, in the administration."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from conference.administration.choosing import Searches

from ..models import Room
from ..models.seat import FRESH


@admin.register(Room)
class RoomAdmin(Searches[Room]):
    """Every save reaches the running call, as from the owner's own page."""

    list_display = (
        "name",
        "link",
        "owner",
        "access",
        "people_here",
        "people_limit",
        "keeps_chat",
        "relay_only",
        "last_used_at",
        "created_at",
    )
    list_filter = (
        "access",
        "keeps_chat",
        "relay_only",
        "people_limit",
        "last_used_at",
        "created_at",
    )
    list_select_related = ("owner",)
    search_fields = ("name", "link", "owner__email", "owner__display_name")
    autocomplete_fields = ("owner",)
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    fields = (
        "name",
        "owner",
        "access",
        "people_limit",
        "keeps_chat",
        "relay_only",
        "lobby",
        "locked",
        "link",
        "version",
        "people_here_by_name",
        "last_used_at",
        "created_at",
    )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Room | None = None
    ) -> tuple[str, ...]:
        told = (
            "link",
            "version",
            "people_here_by_name",
            "last_used_at",
            "created_at",
        )
        # Ownership is a role and moves with it, not by changing one column.
        return told if obj is None else (*told, "owner")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        fresh = Q(seats__seen__gt=timezone.now() - FRESH)
        return super().get_queryset(request).annotate(people=Count("seats", fresh))

    @admin.display(description="here now", ordering="people")
    def people_here(self, room: Any) -> int:
        people: int = room.people
        return people

    @admin.display(description="here now")
    def people_here_by_name(self, room: Room) -> str:
        return ", ".join(room.people_now) if room.pk else ""

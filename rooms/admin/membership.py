"""Who has which role where, in the administration."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Field
from django.http import HttpRequest

from conference.administration.choosing import Searches
from conference.administration.part import on_own_pages

from ..models import Membership, Role


@admin.register(Membership)
class MembershipAdmin(Searches[Membership]):
    """Makes members and takes the role away; the owner's row follows the room."""

    list_display = ("user", "room", "role", "since")
    list_filter = ("role", "since")
    list_select_related = ("user", "room")
    search_fields = ("user__email", "user__display_name", "room__name", "room__link")
    autocomplete_fields = ("user", "room")
    readonly_fields = ("since",)

    def formfield_for_choice_field(
        self, db_field: "Field[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> forms.TypedChoiceField | None:
        if db_field.name == "role":
            kwargs["choices"] = [
                choice for choice in Role.choices if choice[0] != Role.OWNER
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_change_permission(
        self, request: HttpRequest, obj: Membership | None = None
    ) -> bool:
        return not _is_owners(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(
        self, request: HttpRequest, obj: Membership | None = None
    ) -> bool:
        if _is_owners(obj) and on_own_pages(request, self):
            return False
        return super().has_delete_permission(request, obj)


def _is_owners(membership: Membership | None) -> bool:
    return membership is not None and membership.role == Role.OWNER

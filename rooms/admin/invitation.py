"""Invitations and who accepted them, in the administration. Never what opens them."""

from typing import TYPE_CHECKING

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from conference.administration.part import PartAdmin, WithActs, WrittenByCalls

from ..models import Acceptance, Invitation, NoMail, State
from ..order import invitations as order
from .acting import actor_of

if TYPE_CHECKING:
    AcceptancesInline = admin.TabularInline[Acceptance, Invitation]
else:
    AcceptancesInline = admin.TabularInline

_WORDS = {
    State.OPEN: "Open",
    State.ACCEPTED: "Accepted",
    State.USED_UP: "Used up",
    State.EXPIRED: "Expired",
    State.REVOKED: "Revoked",
}


class Acceptances(AcceptancesInline):
    """Who accepted an invitation, on its own page."""

    model = Acceptance
    extra = 0
    can_delete = False
    fields = ("user", "person", "accepted_at", "ended_at", "by_owner")
    readonly_fields = fields

    def has_add_permission(
        self, request: HttpRequest, obj: Invitation | None = None
    ) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Invitation | None = None
    ) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(WithActs[Invitation]):
    """Shows them and ends them; only the room's owner makes one, and sees its link."""

    list_display = (
        "sent_to",
        "room",
        "made_by",
        "role",
        "state_in_words",
        "used",
        "uses_limit",
        "expires_at",
        "mail",
        "created_at",
    )
    list_filter = ("role", "mail", "expires_at", "revoked_at", "created_at")
    list_select_related = ("room", "made_by")
    search_fields = ("address", "note", "room__name", "room__link", "made_by__email")
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    actions = ("revoke",)
    inlines = (Acceptances,)
    fields = (
        "room",
        "made_by",
        "address",
        "role",
        "note",
        "state_in_words",
        "uses_limit",
        "expires_at",
        "starts_at",
        "duration",
        "zone",
        "mail",
        "mail_fault",
        "sent_at",
        "created_at",
        "revoked_at",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        found = super().get_queryset(request).prefetch_related("acceptances")
        return found.annotate(people=Count("acceptances"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def acts_for(self, request: HttpRequest, row: Invitation) -> list[tuple[str, str]]:
        return super().acts_for(request, row) if row.revoked_at is None else []

    @admin.display(description="for", ordering="address")
    def sent_to(self, invitation: Invitation) -> str:
        return invitation.address or "Link"

    @admin.display(description="state")
    def state_in_words(self, invitation: Invitation) -> str:
        return _WORDS[invitation.state]

    @admin.display(description="uses", ordering="people")
    def used(self, invitation: Invitation) -> int:
        return invitation.uses

    @admin.action(description="Revoke the selected invitations", permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        """End each as its owner would, one by one, so that waiting mails go too."""
        ended = [each for each in chosen if each.revoked_at is None]
        for invitation in ended:
            order.revoke(invitation, actor_of(request))
        messages.success(
            request,
            f"Revoked: {len(ended)}. Their links open nothing any more; who became a "
            "member stays one.",
        )


@admin.register(Acceptance)
class AcceptanceAdmin(WrittenByCalls[Acceptance]):
    """Who came in by which invitation."""

    list_display = ("person", "user", "invitation", "room", "accepted_at", "ended_at")
    list_filter = ("accepted_at", "ended_at", "by_owner")
    list_select_related = ("user", "invitation__room")
    search_fields = ("person", "user__email", "invitation__room__name")
    date_hierarchy = "accepted_at"

    @admin.display(ordering="invitation__room__name")
    def room(self, acceptance: Acceptance) -> str:
        return acceptance.invitation.room.name


@admin.register(NoMail)
class NoMailAdmin(PartAdmin[NoMail]):
    """How many addresses want no invitations by mail; which ones, nobody can tell.

    Only their owners change it, by the link in a mail.
    """

    list_display = ("__str__", "since")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: NoMail | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: NoMail | None = None
    ) -> bool:
        return False

"""Mails that wait, in the administration."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.timesince import timesince

from ..audit.admin_acts import note_action
from ..mail import postman, queue
from ..models import OutgoingMail

if TYPE_CHECKING:
    # Django's own is generic for checkers of types alone.
    MailAdmin = admin.ModelAdmin[OutgoingMail]
else:
    MailAdmin = admin.ModelAdmin


@admin.register(OutgoingMail)
class OutgoingMailAdmin(MailAdmin):
    """How long each has waited, and why; never what it says, nor to whom."""

    list_display = ("__str__", "age", "attempts", "state", "next_at", "fault")
    list_filter = ("given_up_at",)
    ordering = ("created_at", "pk")
    fields = ("created_at", "attempts", "state", "next_at", "given_up_at", "fault")
    actions = ("try_now",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_try_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("conference.change_outgoingmail")

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions = super().get_actions(request)
        if delete := actions.get("delete_selected"):
            act, name, _ = delete
            actions["delete_selected"] = (act, name, "Drop, without sending")
        return actions

    @admin.display(ordering="created_at", description="age")
    def age(self, mail: OutgoingMail) -> str:
        return timesince(mail.created_at)

    @admin.display(description="state")
    def state(self, mail: OutgoingMail) -> str:
        return mail.state

    @admin.action(description="Try now", permissions=["try"])
    def try_now(self, request: HttpRequest, mails: QuerySet[OutgoingMail]) -> None:
        note_action(request, "try now", list(mails))
        count = OutgoingMail.objects.filter(pk__in=mails).try_now()
        transaction.on_commit(postman.wake)
        if settings.EMAIL_URL is None:
            words, level = "No mail server is set, so nothing is sent.", messages.ERROR
        else:
            words, level = f"Due now: {count}.", messages.SUCCESS
        self.message_user(request, words, level)

    def delete_queryset(
        self, request: HttpRequest, queryset: QuerySet[OutgoingMail]
    ) -> None:
        for mail in queryset:
            queue.drop(mail)

    def delete_model(self, request: HttpRequest, obj: OutgoingMail) -> None:
        queue.drop(obj)

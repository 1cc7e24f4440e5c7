"""Calls that run now, in the administration: who is in them, and what to do about it.

Everything goes by rooms.order and accounts.suspending, so that it reaches the call in
whichever process it runs.
"""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.timesince import timesince

from conference.administration.part import WithActs

from ..models import LiveCall
from ..order import room as order
from .acting import UNTOLD, actor_of, is_told
from .call_acts import ActForm, act
from .people_here import people_here

COUNTDOWNS = (0, 10, 30)


@admin.register(LiveCall)
class LiveCallAdmin(WithActs[LiveCall]):
    """A list of rooms with people in them. Each room's page opens, people or not."""

    change_form_template = "admin/rooms/live_call.html"
    list_display = ("name", "owner", "people_now", "since_when", "access", "closed")
    list_filter = ("access", "locked", "lobby")
    list_select_related = ("owner",)
    search_fields = ("name", "link", "owner__email", "owner__display_name")
    actions = ("lock", "unlock", "end")
    ordering = ("name", "pk")
    fields = ("owner", "access", "waits", "closed", "link", "people_limit")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[LiveCall]:
        """What is chosen from the list may have ended meanwhile."""
        match = request.resolver_match
        listed = match is not None and str(match.url_name).endswith("_changelist")
        if listed and request.method == "GET":
            return LiveCall.calls.now().order_by("name", "pk")
        return LiveCall.calls.counted().order_by("name", "pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: LiveCall | None = None
    ) -> bool:
        """Calls end; their rooms are deleted among the rooms."""
        return False

    def get_urls(self) -> list[URLPattern]:
        mine = path(
            "<path:object_id>/act/",
            self.admin_site.admin_view(self.act_view),
            name="rooms_livecall_act",
        )
        return [mine, *super().get_urls()]

    def acts_for(self, request: HttpRequest, row: LiveCall) -> list[tuple[str, str]]:
        """None as they are: the page has forms of its own."""
        return []

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        call = self.get_object(request, object_id)
        told = {
            "people": [] if call is None else people_here(call),
            "may_act": self.has_change_permission(request),
            "countdowns": COUNTDOWNS,
            "title": "A call",
        }
        return super().change_view(
            request, object_id, form_url, {**told, **(extra_context or {})}
        )

    def act_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """What a button of the page asks for; back to the page with what was done."""
        call = self.get_object(request, object_id)
        if request.method != "POST":
            return redirect("admin:rooms_livecall_changelist")
        if call is None:
            messages.error(request, "This room is gone.")
            return redirect("admin:rooms_livecall_changelist")
        if not self.has_change_permission(request, call):
            raise PermissionDenied
        form = ActForm(request.POST)
        if form.is_valid():
            done = act(call, form.cleaned_data, request)
            messages.add_message(request, done.level, done.words)
        else:
            for faults in form.errors.values():
                messages.error(request, " ".join(map(str, faults)))
        return redirect("admin:rooms_livecall_change", call.pk)

    @admin.display(description="lobby", ordering="lobby")
    def waits(self, call: LiveCall) -> str:
        return "On: people wait until a host lets them in" if call.lobby else "Off"

    @admin.display(description="locked", ordering="locked")
    def closed(self, call: LiveCall) -> str:
        return "Locked" if call.locked else "No"

    @admin.display(description="people", ordering="people")
    def people_now(self, call: Any) -> int:
        return int(call.people)

    @admin.display(description="for", ordering="since")
    def since_when(self, call: Any) -> str:
        return timesince(call.since) if call.since else ""

    @admin.action(description="Lock the selected calls", permissions=["change"])
    def lock(self, request: HttpRequest, chosen: QuerySet[LiveCall]) -> None:
        self._each(request, chosen, partial(order.lock, locked=True), "Locked")

    @admin.action(description="Unlock the selected calls", permissions=["change"])
    def unlock(self, request: HttpRequest, chosen: QuerySet[LiveCall]) -> None:
        self._each(request, chosen, partial(order.lock, locked=False), "Unlocked")

    @admin.action(description="End the selected calls now", permissions=["change"])
    def end(self, request: HttpRequest, chosen: QuerySet[LiveCall]) -> None:
        actor = actor_of(request)
        told = [is_told(partial(order.end, call, 0, actor)) for call in chosen]
        if any(told):
            messages.success(request, f"Ended: {sum(told)}.")
        if not all(told):
            messages.error(request, UNTOLD)

    def _each(
        self, request: HttpRequest, chosen: QuerySet[LiveCall], do: Any, word: str
    ) -> None:
        calls = list(chosen)
        for call in calls:
            do(call, actor=actor_of(request))
        messages.success(request, f"{word}: {len(calls)}.")

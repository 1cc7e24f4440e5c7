"""Giving a room another link: the page that says what dies with the old one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ..models import Room
from ..order import room as rules
from ..rights import Act
from .actor import actor_of
from .door import acting


@require_http_methods(["GET", "HEAD", "POST"])
@acting(Act.NEW_LINK)
def new_link(request: HttpRequest, room: Room) -> HttpResponse:
    """Ask; then draw a new link, which the room's page shows."""
    if request.method != "POST":
        told = {
            "room": room,
            "people_now": room.people_now,
            "open": room.invitations.open().count(),
        }
        return render(request, "rooms/new_link.html", told)
    rules.new_link(room, actor_of(request, room))
    messages.success(
        request, "This room has a new link. The old one opens nothing any more."
    )
    return redirect("room", room.link)

"""A room as its owner sees it: make, share, change, delete."""

from urllib.parse import quote, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest

from ..forms import SETTINGS, RoomForm
from ..models import Room
from ..models.room import RoomRefused
from .door import owning
from .invitations import invitation_context
from .my_rooms import refusal_for
from .people import places_in


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_room(request: SignedInRequest) -> HttpResponse:
    """Make a room, then show its link."""
    form = RoomForm(request.POST if request.method == "POST" else None)
    refusal = refusal_for(request.user)
    if form.is_valid():
        try:
            room = Room.objects.make(owner=request.user, **form.cleaned_data)
        except RoomRefused as fault:
            refusal = str(fault)
        else:
            return redirect("room", room.link)
    return render(request, "rooms/new_room.html", {"form": form, "refusal": refusal})


@require_http_methods(["GET", "HEAD", "POST"])
@owning
def room_page(request: HttpRequest, room: Room) -> HttpResponse:
    """Share the room, see who is in it, change its settings."""
    if request.method == "POST":
        form = RoomForm(request.POST)
        if form.is_valid():
            room.change(**form.cleaned_data)
            messages.success(request, "Settings saved.")
            return redirect("room", room.link)
    else:
        form = RoomForm(initial=model_to_dict(room, SETTINGS))
    context = {
        "room": room,
        "form": form,
        "link_url": room.url,
        "people_now": room.people_now,
        "places": places_in(room),
        "mail_url": mail_url(room),
        **invitation_context(room),
    }
    return render(request, "rooms/room.html", context)


def mail_url(room: Room) -> str:
    """Opens a mail of one's own with the link in it (RFC 6068)."""
    fields = {"subject": room.name, "body": f"Come to “{room.name}”: {room.url}"}
    return f"mailto:?{urlencode(fields, quote_via=quote)}"


@require_POST
@owning
def delete(request: HttpRequest, room: Room) -> HttpResponse:
    """Delete the room; its page has asked before. A running call ends."""
    name = room.name
    room.remove()
    messages.success(request, f"{name} is deleted.")
    return redirect("my-rooms")

"""A room as its owner sees it: make, share, change, delete."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest

from ..forms import SETTINGS, RoomForm
from ..models import Room
from .door import owning


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_room(request: SignedInRequest) -> HttpResponse:
    """Make a room, then show its link."""
    form = RoomForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        room = Room.objects.make(owner=request.user, **form.cleaned_data)
        return redirect("room", room.link)
    return render(request, "rooms/new_room.html", {"form": form})


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
    }
    return render(request, "rooms/room.html", context)


@require_POST
@owning
def delete(request: HttpRequest, room: Room) -> HttpResponse:
    """Delete the room; its page has asked before. A running call ends."""
    name = room.name
    room.remove()
    messages.success(request, f"{name} is deleted.")
    return redirect("my-rooms")

"""A room as its hosts see it: make, share, change, delete."""

from urllib.parse import quote, urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from conference.client import of_request

from ..forms import SETTINGS, OrderForm, RoomForm, RoomPasswordForm
from ..models import Room
from ..models.room import RoomRefused
from ..order import settings
from ..rights import Act, may
from .actor import actor_of
from .door import acting, hosting
from .invitations import invitation_context
from .my_rooms import refusal_for
from .order import kept_out_of
from .people import places_in


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_room(request: SignedInRequest) -> HttpResponse:
    """Make a room, then show its link."""
    form = RoomForm(request.POST if request.method == "POST" else None)
    refusal = refusal_for(request.user)
    if form.is_valid():
        try:
            room = settings.make(
                request.user, address=of_request(request), **form.cleaned_data
            )
        except RoomRefused as fault:
            refusal = str(fault)
        else:
            return redirect("room", room.link)
    return render(request, "rooms/new_room.html", {"form": form, "refusal": refusal})


@require_http_methods(["GET", "HEAD", "POST"])
@hosting
def room_page(request: HttpRequest, room: Room) -> HttpResponse:
    """Share the room, see who is in it, change its settings.

    Each host sees what their role lets them do there, and no more.
    """
    if request.method == "POST":
        form = RoomForm(request.POST)
        actor = actor_of(request, room)
        if not may(actor.role, Act.CHANGE):
            raise PermissionDenied
        if form.is_valid():
            settings.change(room, actor, **form.cleaned_data)
            messages.success(request, "Settings saved.")
            return redirect("room", room.link)
        return _page(request, room, form=form)
    return _page(request, room)


@require_POST
@acting(Act.CHANGE)
def password(request: HttpRequest, room: Room) -> HttpResponse:
    """Set the room's password, change it, or ask for none any more."""
    actor = actor_of(request, room)
    if request.POST.get("act") == "remove":
        settings.set_password(room, "", actor)
        messages.success(request, "No password is asked for any more.")
        return redirect("room", room.link)
    form = RoomPasswordForm(request.POST)
    if not form.is_valid():
        return _page(request, room, password_form=form)
    settings.set_password(room, form.cleaned_data["password"], actor)
    messages.success(request, "The password is set. Send it along with the link.")
    return redirect("room", room.link)


def _page(
    request: HttpRequest,
    room: Room,
    *,
    form: RoomForm | None = None,
    password_form: RoomPasswordForm | None = None,
) -> HttpResponse:
    role = actor_of(request, room).role
    acts = {act.value for act in Act if may(role, act)}
    context = {
        "room": room,
        "acts": acts,
        "link_url": room.url,
        "people_now": room.people_now,
        "places": places_in(room, role),
        "order_form": OrderForm(role, room),
        "kept_out": kept_out_of(room),
        "mail_url": mail_url(room),
    }
    if Act.CHANGE in acts:
        # A refused form is shown with the name that the room has.
        context["form"] = form or RoomForm(initial=model_to_dict(room, SETTINGS))
        context["password_form"] = password_form or RoomPasswordForm()
    if Act.INVITE in acts:
        context |= invitation_context(room)
    return render(request, "rooms/room.html", context)


def mail_url(room: Room) -> str:
    """Opens a mail of one's own with the link in it (RFC 6068)."""
    fields = {"subject": room.name, "body": f"Come to “{room.name}”: {room.url}"}
    return f"mailto:?{urlencode(fields, quote_via=quote)}"


@require_POST
@acting(Act.DELETE)
def delete(request: HttpRequest, room: Room) -> HttpResponse:
    """Delete the room; its page has asked before. A running call ends."""
    name = room.name
    settings.delete(room, actor_of(request, room))
    messages.success(request, f"{name} is deleted.")
    return redirect("my-rooms")

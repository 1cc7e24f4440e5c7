"""The call: the page it happens on, the ticket that opens it, the page after it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import signed_in
from accounts.sessions import login_of
from conference.headers import uses_devices

from .. import access, throttle
from ..guests import Guest
from ..ice import can_relay
from ..models import Room
from ..rights import HOSTS, Act, comes_in_at_once, may
from ..signalling import tickets
from ..signalling.protocol import VERSION
from ..visitors import Visitor
from .door import entering, room_by_link

CLOSED = {
    access.SignInNeeded.code: "Log in to enter this room.",
    access.KeptOut.code: "The host does not let you into this room.",
    access.PasswordNeeded.code: "This room has a password. Open its link again.",
}


@require_safe
@uses_devices
@entering
def call(request: HttpRequest, room: Room) -> HttpResponse:
    """Show oneself before joining, and the call after.

    Changes nothing on the server: programs that fetch links for a preview are nobody.
    """
    user = signed_in(request)
    guest = Guest.of(request)
    role = access.role_in(room, user)
    call_data = {
        "protocol": VERSION,
        "socket": f"/ws/rooms/{room.link}/",
        "ticketUrl": resolve_url("room-ticket", room.link),
        "ticket": _ticket(request, room, guest),
        "csrfToken": get_token(request),
        "leftUrl": resolve_url("left", room.link),
        "qrUrl": resolve_url("room-qr", room.link),
        "roomUrl": resolve_url("room", room.link) if role in HOSTS else "",
        "mayInvite": may(role, Act.INVITE),
        "room": {
            "name": room.name,
            "link": room.link,
            "url": room.url,
            "limit": room.people_limit,
            "keepsChat": room.keeps_chat,
            "relayOnly": room.relay_only,
            "access": room.access,
            "locked": room.locked,
            "lobby": room.lobby,
            "forbidden": room.forbidden,
        },
        "name": user.display_name if user else "",
        "picture": user.picture_url if user else "",
        "hasIceServers": bool(settings.STUN_URLS or settings.TURN_URLS),
        "siteName": settings.SITE_NAME,
    }
    context = {"room": room, "call_data": call_data, "can_relay": can_relay()}
    response = render(request, "rooms/call.html", context)
    guest.remember(response)
    return response


@require_POST
def ticket(request: HttpRequest, link: str) -> JsonResponse:
    """A fresh ticket for a page whose own has grown too old."""
    try:
        room = room_by_link(request, link)
    except Http404:
        return _refusal(
            404, "unknown-room", "This link opens nothing for you. Ask for a new one."
        )
    except access.Closed as refusal:
        return _refusal(403, refusal.code, CLOSED[refusal.code])
    except throttle.TooManyGuesses as refusal:
        return _refusal(429, refusal.code, "Too many links were tried. Wait a while.")
    guest = Guest.of(request)
    response = JsonResponse({"ticket": _ticket(request, room, guest)})
    guest.remember(response)
    return response


@require_safe
@entering
def left(request: HttpRequest, room: Room) -> HttpResponse:
    """After the call: the way back, and who is still there.

    Who would have to knock to come in is told nothing of who is inside.
    """
    seats = room.seats.live()
    user = signed_in(request)
    if user is not None:
        # The copy of the seats may be a few seconds behind.
        seats = seats.exclude(user=user)
    if room.lobby and not comes_in_at_once(access.role_in(room, user)):
        seats = seats.none()
    people = [seat.name for seat in seats]
    return render(request, "rooms/left.html", {"room": room, "people_now": people})


def _ticket(request: HttpRequest, room: Room, guest: Guest) -> str:
    user = signed_in(request)
    entry = tickets.entry_for(
        room,
        user,
        guest.id,
        access.role_in(room, user),
        invited=access.is_invited(room, Visitor(user, guest.id)),
        login=0 if user is None else login_of(request.session.session_key),
    )
    cookies = {**request.COOKIES}
    if user is None:
        cookies[settings.GUEST_COOKIE_NAME] = guest.cookie
        if request.session.is_empty():
            # The answer takes such a cookie away, so the socket will not bring it.
            cookies.pop(settings.SESSION_COOKIE_NAME, None)
    return tickets.issue(entry, tickets.bind_of(cookies))


def _refusal(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)

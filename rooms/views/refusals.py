"""What somebody sees whom a room does not let in as they come, and what they can do.

Where a password is missing, that is the page that asks for it; POST gives it.
"""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from conference.client import of_request
from conference.views import too_many

from .. import passwords
from ..access import KeptOut
from ..forms import PasswordForm
from ..guests import Guest
from ..models import Room
from ..throttle import owner_of
from ..tries import Tries

WRONG = "This is not the password. Ask whoever sent you the link."

TRIES_OF_AN_ADDRESS, ADDRESS_SECONDS = 10, 600
TRIES_OF_ALL, ALL_SECONDS = 60, 180
"""Wrong passwords for one room: so many from one address, and from all together."""


def kept_out(request: HttpRequest, refusal: KeptOut) -> HttpResponse:
    """Say so, for how long, and why, if the host has said why."""
    told = {"room": refusal.room, "ban": refusal.ban}
    return render(request, "rooms/kept_out.html", told, status=HTTPStatus.FORBIDDEN)


def ask_password(request: HttpRequest, room: Room) -> HttpResponse:
    """Ask for the room's password, or take it and lead on to the call."""
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        answer = _take(request, room, form.cleaned_data["password"])
        if answer is not None:
            return answer
        form.add_error("password", WRONG)
    response = render(request, "rooms/password.html", {"room": room, "form": form})
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _take(request: HttpRequest, room: Room, text: str) -> HttpResponse | None:
    """The way on for who gives the right one; None: it is a wrong one.

    A try is counted before it is made, and no more once it was right.
    """
    address = owner_of(of_request(request))
    slots: list[tuple[Tries, str]] = []
    for tries in (
        Tries(f"password:{room.pk}:{address}", TRIES_OF_AN_ADDRESS, ADDRESS_SECONDS),
        Tries(f"password:{room.pk}", TRIES_OF_ALL, ALL_SECONDS),
    ):
        if (slot := tries.begin()) is None:
            return too_many(request, tries.seconds)
        slots.append((tries, slot))
    if not passwords.is_right(room, text):
        return None
    for tries, slot in slots:
        tries.was_right(slot)
    response = redirect("call", room.link)
    guest = Guest.of(request)
    guest.remember(response)
    passwords.remember(response, room, guest.id)
    return response

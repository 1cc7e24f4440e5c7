"""One's own rooms, those one is invited to and was in, and who is in each now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.formats import date_format
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import SignedInRequest, signed_in
from conference.client import of_request

from .. import belonging
from ..forms import MeetingForm
from ..models import Role, Room, Visit
from ..models.room import RoomRefused
from ..names import NAME_LENGTH
from ..order import settings
from ..rights import Act, may

PAGE = 48
"""How many rooms of a kind one page lists."""

RECENT = 12
"""How many rooms that one only visited are listed."""


@dataclass(frozen=True, slots=True)
class Invited:
    """A room of somebody else's in which the person has a place.

    `hosts`: they keep order there, on a page of its own.
    """

    room: Room
    role: str
    begins_at: datetime | None
    hosts: bool


@require_safe
@login_required
def my_rooms(request: SignedInRequest) -> HttpResponse:
    """List the rooms of the one who asks; as many questions for any number of them."""
    user = request.user
    rooms = _page(request, "page", Room.objects.owned_by(user).with_people_now())
    invited = _page(request, "invited", belonging.invited_to(user).with_people_now())
    context = {
        "rooms": rooms,
        "invited": _with_times(user, invited),
        "invited_page": invited,
        "recent": _recent(user),
        "refusal": refusal_for(user),
    }
    return render(request, "rooms/my_rooms.html", context)


@require_POST
def start_meeting(request: HttpRequest) -> HttpResponse:
    """Make a room with a name of its own accord and go straight to its call."""
    user = signed_in(request)
    if user is None:
        return redirect_to_login(resolve_url("my-rooms"))
    day = MeetingForm(request.POST).today()
    try:
        room = settings.make(
            user, address=of_request(request), name=meeting_name(user, day)
        )
    except RoomRefused:
        # The page says why, where its buttons were.
        return redirect("my-rooms")
    return redirect("call", room.link)


def meeting_name(user: User, day: date) -> str:
    """Whose meeting and on what day, however long the first name is."""
    rest = f"\u2019s meeting, {date_format(day, 'j F')}"
    return user.get_short_name()[: NAME_LENGTH - len(rest)] + rest


def refusal_for(user: User) -> str:
    """Why the person may make no further room, in words; empty if they may."""
    try:
        Room.objects.ask_for_one_more(user)
    except RoomRefused as refusal:
        return str(refusal)
    return ""


def _page(request: HttpRequest, name: str, rooms: QuerySet[Room]) -> Page[Room]:
    """The part of the rooms that `name` in the address asks for, or the nearest."""
    return Paginator(rooms, PAGE).get_page(request.GET.get(name))


def _with_times(user: User, rooms: Iterable[Room]) -> list[Invited]:
    """Where somebody is comes first, then what begins next."""
    rooms = list(rooms)
    begins = belonging.next_meetings(user, rooms)
    invited = [
        Invited(room, _label(room), begins.get(room.pk), _keeps_order(room))
        for room in rooms
    ]
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(
        invited, key=lambda one: (not one.room.seats_now, one.begins_at or never)
    )


def _role(room: Room) -> str | None:
    """What the person is there, of a room of belonging.invited_to; None: a guest."""
    role: str | None = getattr(room, "role", None)
    return role


def _keeps_order(room: Room) -> bool:
    role = _role(room)
    return role is not None and may(role, Act.LOBBY)


def _label(room: Room) -> str:
    role = _role(room)
    return "Guest" if role is None else str(Role(role).label)


def _recent(user: User) -> list[Visit]:
    rooms = Room.objects.select_related("owner").with_people_now()
    visits = belonging.visited(user).prefetch_related(Prefetch("room", rooms))
    return list(visits[:RECENT])

"""Who has which place in a room: the list its hosts see, and the acts behind it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.requests import signed_in

from .. import belonging
from ..forms import PlaceForm
from ..models import Membership, Role, Room, Seat
from ..order import people as orders
from ..order.actor import Actor, Refused
from ..rights import GUEST, Act, may
from .actor import actor_of
from .door import having_a_place, hosting

SHOWN = 100
"""How many people with a role a page lists."""

_FIRST = (Role.OWNER, Role.CO_HOST, Role.MEMBER)


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody on the list, with a role's row, with a seat in the call, or both.

    `acts` is what the one who looks at the list may do about it.
    """

    name: str
    picture: str
    role: str
    user: User | None
    person: str
    acts: frozenset[str]
    membership: Membership | None = None
    seat: Seat | None = None

    @property
    def here(self) -> bool:
        return self.seat is not None

    @property
    def label(self) -> str:
        """The role, in words."""
        return "Guest" if self.role == GUEST else str(Role(self.role).label)

    @property
    def named(self) -> tuple[str, str]:
        """The field by which a button names this place, and its value."""
        if self.membership is not None:
            return "membership", str(self.membership.pk)
        return "seat", "" if self.seat is None else self.seat.seat


@dataclass(frozen=True, slots=True)
class Places:
    """The list, cut to a length; `more` are left out of it."""

    shown: list[Place]
    more: int


def places_in(room: Room, role: str) -> Places:
    """Everybody with a role, owner first, then the guests who are here now.

    `role` is that of the one who looks.
    """
    seats = room.seats_now
    here = {seat.user_id: seat for seat in seats if seat.user_id is not None}
    members = list(_members(room)[:SHOWN])
    count = len(members) if len(members) < SHOWN else room.memberships.count()
    with_role = set(
        room.memberships.filter(user__in=here).values_list("user", flat=True)
    )
    listed = [_of_member(each, here.get(each.user_id), role) for each in members]
    guests = [_of_guest(seat, role) for seat in seats if seat.user_id not in with_role]
    return Places(listed + guests, count - len(members))


@require_http_methods(["GET", "HEAD", "POST"])
@hosting
def people(request: HttpRequest, room: Room) -> HttpResponse:
    """Change somebody's role, or send them away.

    GET asks before what others feel; the room's page asks before it removes anybody.
    """
    if request.method != "POST":
        return _question(request, room)
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise Http404
    actor = actor_of(request, room)
    place = _place(room, form.cleaned_data, actor.role)
    if place is None:
        messages.warning(request, "This person has no place here any more.")
        return redirect("room", room.link)
    try:
        messages.success(request, _do(room, place, form.cleaned_data, actor))
    except Refused as refusal:
        # The role would allow it: something else is in the way, and the text says it.
        messages.warning(request, str(refusal))
    return redirect("room", room.link)


@require_POST
@having_a_place
def resign(request: HttpRequest, room: Room) -> HttpResponse:
    """Give up one's own place in somebody's room; "My rooms" has asked before."""
    user = signed_in(request)
    if user is None:
        raise Http404
    belonging.give_up(room, user)
    messages.success(request, f"You gave {room.name} up.")
    return redirect("my-rooms")


def _question(request: HttpRequest, room: Room) -> HttpResponse:
    """The page that asks; the room's own where there is nothing to ask about."""
    form = PlaceForm(request.GET)
    if form.is_valid():
        act = form.cleaned_data["act"]
        place = _place(room, form.cleaned_data, actor_of(request, room).role)
        if place is not None and act in PlaceForm.ASKED and act in place.acts:
            told = {"room": room, "place": place, "act": act}
            return render(request, "rooms/place_question.html", told)
    return redirect("room", room.link)


def _do(room: Room, place: Place, asked: dict[str, Any], actor: Actor) -> str:
    """Do it, and say so; raises PermissionDenied where the role does not allow it."""
    name, act = place.name, asked["act"]
    if act == place.role:
        return f"{name} is a {place.label.lower()} now."
    if act not in place.acts:
        raise PermissionDenied
    if act == PlaceForm.REMOVE:
        orders.remove(
            room,
            person=place.person,
            name=name,
            actor=actor,
            ban=asked["ban"],
            browser="" if place.seat is None else place.seat.browser,
        )
        return f"{name} is removed from this room."
    if place.user is None:
        # Only accounts have roles; no button offers one to others.
        raise PermissionDenied
    if act == PlaceForm.TRANSFER:
        orders.transfer(room, place.user, actor)
        return f"{name} owns this room now. You are a co-host."
    if act == PlaceForm.GUEST:
        orders.set_role(room, place.user, None, actor)
        return f"{name} has no role here any more."
    role = Role(act)
    orders.set_role(room, place.user, role, actor)
    return f"{name} is a {role.label.lower()} now."


def _place(room: Room, named: dict[str, Any], role: str) -> Place | None:
    """The place that a button names, of this room alone."""
    if named["membership"] is not None:
        membership = _members(room).filter(pk=named["membership"]).first()
        if membership is None:
            return None
        seat = room.seats.live().filter(user=membership.user).first()
        return _of_member(membership, seat, role)
    seats = room.seats.live().select_related("user")
    seat = seats.filter(seat=named["seat"]).first()
    if seat is None:
        return None
    theirs = _members(room).filter(user=seat.user) if seat.user else None
    if theirs and (membership := theirs.first()):
        return _of_member(membership, seat, role)
    return _of_guest(seat, role)


def _of_member(membership: Membership, seat: Seat | None, role: str) -> Place:
    user = membership.user
    return Place(
        name=user.display_name,
        picture=user.picture_url,
        role=membership.role,
        user=user,
        person=f"u:{user.pk}",
        acts=_acts(role, membership.role, has_account=True),
        membership=membership,
        seat=seat,
    )


def _of_guest(seat: Seat, role: str) -> Place:
    return Place(
        name=seat.name,
        picture=seat.user.picture_url if seat.user else "",
        role=GUEST,
        user=seat.user,
        person=seat.person,
        # A row that an older program wrote names nobody.
        acts=_acts(role, GUEST, has_account=seat.user is not None)
        if seat.person
        else frozenset(),
        seat=seat,
    )


def _acts(role: str, on: str, *, has_account: bool) -> frozenset[str]:
    """What somebody of this role may do about somebody of that one."""
    acts = set()
    if may(role, Act.REMOVE, on):
        acts.add(PlaceForm.REMOVE)
    if has_account and may(role, Act.PROMOTE, on):
        acts |= {Role.CO_HOST.value, Role.MEMBER.value, PlaceForm.GUEST} - {on}
        if may(role, Act.TRANSFER, on):
            acts.add(PlaceForm.TRANSFER)
    return frozenset(acts)


def _members(room: Room) -> QuerySet[Membership]:
    order = Case(*(When(role=role, then=Value(n)) for n, role in enumerate(_FIRST)))
    return room.memberships.select_related("user").order_by(
        order, "user__display_name", "pk"
    )

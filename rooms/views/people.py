"""Who has which place in a room: the list its owner sees, and the acts behind it."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Case, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.requests import signed_in

from .. import belonging
from ..forms import PlaceForm
from ..models import Membership, Role, Room
from .door import having_a_place, owning

SHOWN = 100
"""How many people with a role a page lists."""

_FIRST = (Role.OWNER, Role.CO_HOST, Role.MEMBER)


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody on the list; `membership` is None for guests, who are here now."""

    name: str
    picture: str
    role: str
    here: bool
    membership: Membership | None = None

    @property
    def may_change(self) -> bool:
        """Whether the owner decides about it; their own place goes with the room."""
        return self.membership is not None and self.membership.role != Role.OWNER


@dataclass(frozen=True, slots=True)
class Places:
    """The list, cut to a length; `more` are left out of it."""

    shown: list[Place]
    more: int


def places_in(room: Room) -> Places:
    """Everybody with a role, owner first, then the guests who are here now."""
    seats = room.seats_now
    here = {seat.user_id for seat in seats}
    members = list(_members(room)[:SHOWN])
    count = len(members) if len(members) < SHOWN else room.memberships.count()
    with_role = set(
        room.memberships.filter(user__in=here - {None}).values_list("user", flat=True)
    )
    return Places(
        [
            Place(
                each.user.display_name,
                each.user.picture_url,
                each.get_role_display(),
                each.user_id in here,
                each,
            )
            for each in members
        ]
        + [
            Place(seat.name, seat.user.picture_url if seat.user else "", "Guest", True)
            for seat in seats
            if seat.user_id not in with_role
        ],
        count - len(members),
    )


@require_POST
@owning
def people(request: HttpRequest, room: Room) -> HttpResponse:
    """Change somebody's role or take them out; the room's page has asked before."""
    form = PlaceForm(request.POST)
    if not form.is_valid():
        raise Http404
    membership = (
        _members(room)
        .exclude(role=Role.OWNER)
        .filter(pk=form.cleaned_data["membership"])
        .first()
    )
    if membership is None:
        messages.warning(request, "This person has no role here any more.")
        return redirect("room", room.link)
    name = membership.user.display_name
    if form.cleaned_data["act"] == PlaceForm.REMOVE:
        belonging.remove(membership)
        messages.success(request, f"{name} is removed from this room.")
    else:
        role = Role(form.cleaned_data["act"])
        Membership.objects.grant(room, membership.user, role)
        messages.success(request, f"{name} is a {role.label.lower()} now.")
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


def _members(room: Room) -> QuerySet[Membership]:
    order = Case(*(When(role=role, then=Value(n)) for n, role in enumerate(_FIRST)))
    return room.memberships.select_related("user").order_by(
        order, "user__display_name", "pk"
    )

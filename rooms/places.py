"""Who has no place (any more) in rooms for invited people, asked of the rows at once.

A place is a role, or what somebody accepted of an invitation.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import partial
from typing import NamedTuple, Protocol

from django.db import transaction
from django.db.models import Q

from .signalling import bus


class Asked(Protocol):
    """Somebody in one room; `person` as in tickets, `user` their account."""

    @property
    def room(self) -> int: ...

    @property
    def person(self) -> str: ...

    @property
    def user(self) -> int | None: ...


class Whom(NamedTuple):
    """The least of it."""

    room: int
    person: str
    user: int | None


def whom(room: int, person: str) -> Whom:
    """By the name in tickets alone."""
    kind, _, number = person.partition(":")
    return Whom(room, person, int(number) if kind == "u" else None)


def without(entries: Iterable[Asked], *, over: bool = True) -> dict[int, set[str]]:
    """Who of these has no place, by their rooms; two queries, however many they are.

    Without `over` an invitation that ended by itself still gives one: its time shuts
    the door, and sends nobody away.
    """
    from .models import Acceptance, Membership

    asked = list(entries)
    rooms = {entry.room for entry in asked}
    if not rooms:
        return {}
    users = {entry.user for entry in asked if entry.user is not None}
    roles = set(
        Membership.objects.filter(
            room__in=rooms, user__in=users, user__is_active=True
        ).values_list("room_id", "user_id")
    )
    guests = {entry.person for entry in asked if entry.user is None}
    # Accounts by their row alone: a person's name outlives it. What a guest accepted
    # may be an account's since: then it is theirs, and still that browser's.
    whose = Q(person__in=guests) | Q(user__in=users, user__is_active=True)
    held = Acceptance.objects.in_force() if over else Acceptance.objects.untaken()
    accepted = held.filter(whose, invitation__room__in=rooms).values_list(
        "invitation__room_id", "person", "user_id", "user__is_active"
    )
    by_browser = {(room, person) for room, person, _, _ in accepted}
    by_account = roles | {(room, user) for room, _, user, active in accepted if active}
    lost: dict[int, set[str]] = defaultdict(set)
    for entry in asked:
        if entry.user is None:
            invited = (entry.room, entry.person) in by_browser
        else:
            invited = (entry.room, entry.user) in by_account
        if not invited:
            lost[entry.room].add(entry.person)
    return lost


def look_after_commit(room: int, people: Collection[str]) -> None:
    """Something that gave these a place has ended: if it was all, calls hear of it."""
    if people:
        transaction.on_commit(partial(_look, room, people))


def _look(room: int, people: Collection[str]) -> None:
    from .models import Ban, Room

    if not Room.objects.filter(pk=room, access=Room.Access.INVITED).exists():
        return
    lost = without([whom(room, person) for person in people], over=False)
    # Whom a host sent away is told so, and not that an invitation ended.
    banned = Ban.objects.in_force().filter(room=room, person__in=people)
    out = lost.get(room, set()) - {*banned.values_list("person", flat=True)}
    if out:
        bus.tell_after_commit(bus.Uninvited(room, tuple(sorted(out))))

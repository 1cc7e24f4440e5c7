"""What the rows say of the people in the calls, in case nobody told this process.

A role given or taken, or a power forbidden, is told to every process at once; what was
lost on the way is noticed here within seconds.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from ..models import Membership, Prohibition
from ..rights import GUEST
from .bus import StandingChanged
from .call import Call
from .floor import Named
from .hub import Hub
from .protocol import Power, Role
from .seats import Claim
from .tickets import Entry

NAMES_AT_MOST = 20_000
"""So many names are read at once, of all rooms that need them."""


class Standing(NamedTuple):
    """What somebody is taken for in a call: their role, and what they may not do."""

    room: int
    person: str
    role: Role
    forbidden: tuple[Power, ...]


def names_in(rooms: Collection[int]) -> Mapping[int, list[Named]]:
    """Those with a role in each of these, and what their accounts are called."""
    found = Membership.objects.filter(room__in=rooms, user__is_active=True)
    named: dict[int, list[Named]] = {room: [] for room in rooms}
    for room, user, role, name in found.values_list(
        "room", "user", "role", "user__display_name"
    )[:NAMES_AT_MOST]:
        named[room].append(Named(f"u:{user}", msgspec.convert(role, Role), name))
    return named


def known_in(hub: Hub) -> set[Standing]:
    """What is known of all who sit in this process's calls, or stand at their doors."""
    return {
        Standing(call.room, whose.person, whose.role, whose.forbidden)
        for call in hub
        for whose in _everybody(call)
    }


def _everybody(call: Call) -> Iterator[Claim | Entry]:
    yield from (seat.claim for seat in call.seats)
    yield from call.at_door()


def differing(known: Collection[Standing]) -> list[StandingChanged]:
    """Of whom the rows say something else, and what; two queries for all."""
    rooms = {each.room for each in known}
    users = {int(each.person[2:]) for each in known if each.person.startswith("u:")}
    roles = {
        (room, f"u:{user}"): role
        for room, user, role in Membership.objects.filter(
            room__in=rooms, user__in=users
        ).values_list("room", "user", "role")
    }
    powers = {
        (room, person): forbidden
        for room, person, forbidden in Prohibition.objects.filter(
            room__in=rooms, person__in={each.person for each in known}
        ).values_list("room", "person", "powers")
    }
    news: dict[tuple[int, str], StandingChanged] = {}
    for each in known:
        whose = each.room, each.person
        true = Standing(
            *whose,
            msgspec.convert(roles.get(whose, GUEST), Role),
            msgspec.convert(powers.get(whose, []), tuple[Power, ...]),
        )
        if true != each:
            news[whose] = StandingChanged(*true)
    return list(news.values())


def correct(
    hub: Hub, known: Collection[Standing], news: Iterable[StandingChanged]
) -> None:
    """Follow what the rows say, but of those of whom something was heard meanwhile."""
    unheard = known_in(hub) & set(known)
    waiting = {(each.room, each.person) for each in unheard}
    for each in news:
        if (each.room, each.person) in waiting:
            hub.hear(each)

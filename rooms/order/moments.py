"""What lasts no longer than the call: it changes no row, and is written down anyway.

Each order is one row of the log, however many people it is about, and none where it
changes nothing: nobody can delete from the log, so nobody fills it with repetition.
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from conference.audit import Action

from ..models import Membership, Room
from ..rights import GUEST, Act, is_host, may
from .actor import Actor, ask, hold, write


def on_people(
    room: Room,
    act: Act,
    action: Action,
    people: Collection[str],
    actor: Actor,
    *,
    moot: Collection[str] = (),
    **details: Any,
) -> None:
    """Let somebody do this to these, to all of them or to nobody.

    `moot` are those for whom it changes nothing.
    """
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, act)
        roles = roles_of(held, people)
        for person in people:
            ask(actor, act, roles[person])
        changed = sorted({*people} - {*moot})
        if changed:
            target = changed[0] if len(changed) == 1 else ""
            _write(action, actor, held, target, changed, details)


def darken(room: Room, actor: Actor, *, moot: bool = False) -> None:
    """Let somebody show nobody large any more; `moot`: nobody is."""
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.SPOTLIGHT)
        if not moot:
            write(Action.SPOTLIGHT, actor, held)


def mute_all(
    room: Room,
    slot: str,
    people: Collection[str],
    actor: Actor,
    *,
    moot: Collection[str] = (),
) -> frozenset[str]:
    """Whom of these somebody mutes who mutes all: nobody who is a host.

    `moot` are those for whom it changes nothing.
    """
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.MUTE)
        roles = roles_of(held, people)
        muted = frozenset(
            person
            for person, role in roles.items()
            if not is_host(role) and may(actor.role, Act.MUTE, role)
        )
        if changed := sorted(muted - {*moot}):
            _write(Action.MUTE, actor, held, "", changed, {"slot": slot})
        return muted


def _write(
    action: Action,
    actor: Actor,
    room: Room,
    target: str,
    people: list[str],
    details: dict[str, Any],
) -> None:
    write(action, actor, room, target, people=len(people), targets=people, **details)


def roles_of(room: Room, people: Collection[str]) -> dict[str, str]:
    """What these are in the room now, by the rows; one query for all."""
    users = {int(each[2:]): each for each in people if each.startswith("u:")}
    roles = dict.fromkeys(people, GUEST)
    found = Membership.objects.filter(room=room, user__in=users)
    for user, role in found.values_list("user", "role"):
        roles[users[user]] = role
    return roles

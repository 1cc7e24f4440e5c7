"""What lasts no longer than the call: it changes no row, and is written down anyway."""

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
    **details: Any,
) -> None:
    """Let somebody do this to these, to all of them or to nobody."""
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, act)
        roles = roles_of(held, people)
        for person in people:
            ask(actor, act, roles[person])
            write(action, actor, held, person, **details)


def darken(room: Room, actor: Actor) -> None:
    """Let somebody show nobody large any more."""
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.SPOTLIGHT)
        write(Action.SPOTLIGHT, actor, held)


def mute_all(
    room: Room, slot: str, people: Collection[str], actor: Actor
) -> frozenset[str]:
    """Whom of these somebody mutes who mutes all: nobody who is a host."""
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.MUTE)
        roles = roles_of(held, people)
        write(Action.MUTE, actor, held, slot=slot)
        return frozenset(
            person
            for person, role in roles.items()
            if not is_host(role) and may(actor.role, Act.MUTE, role)
        )


def roles_of(room: Room, people: Collection[str]) -> dict[str, str]:
    """What these are in the room now, by the rows; one query for all."""
    users = {int(each[2:]): each for each in people if each.startswith("u:")}
    roles = dict.fromkeys(people, GUEST)
    found = Membership.objects.filter(room=room, user__in=users)
    for user, role in found.values_list("user", "role"):
        roles[users[user]] = role
    return roles

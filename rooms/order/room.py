"""What hosts do to the whole room, and to its running call."""

import time

from django.db import transaction

from conference.audit import Action

from .. import links
from ..models import Room, Visit
from ..rights import SITE, Act
from ..signalling import bus
from .actor import Actor, ask, hold, write

MOST_SECONDS = 60


def lock(room: Room, locked: bool, actor: Actor) -> None:
    """Let nobody new in but hosts, or let people in again."""
    _switch(room, "locked", locked, Act.LOCK, actor)


def lobby(room: Room, on: bool, actor: Actor) -> None:
    """Let those without a role wait until a host lets them in, or no longer."""
    _switch(room, "lobby", on, Act.LOBBY, actor)


def forbid_all(room: Room, power: str, *, allowed: bool, actor: Actor) -> None:
    """Forbid this to all who are no hosts, or allow it again."""
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.ALLOW)
        before: list[str] = held.forbidden
        powers = sorted({*before} - {power} if allowed else {*before, power})
        if powers == before:
            return
        _change(room, held, forbidden=powers)
        action = Action.ALLOW if allowed else Action.FORBID
        write(action, actor, held, power=power)


def new_link(room: Room, actor: Actor) -> str:
    """Open the room by another link: the old one and open invitations open nothing.

    Who has a place here keeps it, and who has none does not find the new link in the
    list of rooms that they were in.
    """
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.NEW_LINK)
        for invitation in held.invitations.open():
            invitation.revoke()
        _change(room, held, link=links.new_link())
        placed = held.memberships.values("user")
        Visit.objects.filter(room=held).exclude(user__in=placed).delete()
        write(Action.NEW_LINK, actor, held)
    return held.link


def end(room: Room, seconds: int, actor: Actor, *, now: float | None = None) -> int:
    """End the call for everybody after so many seconds; when, in ms since 1970.

    `now`: seconds since 1970, as the process reckons that runs the call.
    """
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.END)
        wait = min(max(seconds, 0), MOST_SECONDS)
        at = int(((time.time() if now is None else now) + wait) * 1000)
        write(Action.END, actor, held, seconds=wait)
        by_site = actor.role == SITE
        bus.tell_after_commit(bus.CallEnds(held.pk, at, actor.name, by_site))
    return at


def go_on(room: Room, actor: Actor, *, moot: bool = False) -> None:
    """Do not end the call after all; `moot`: it is not ending.

    Whoever runs the call knows who is ending it: what the site's people said, hosts
    do not take back (signalling/floor.py).
    """
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.GO_ON)
        if moot:
            return
        write(Action.GO_ON, actor, held)
        by_site = actor.role == SITE
        bus.tell_after_commit(bus.CallEnds(held.pk, 0, actor.name, by_site))


def notice(room: Room, text: str, actor: Actor) -> None:
    """Say something to everybody in the room, as the people who run the site."""
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.NOTICE)
        write(Action.NOTICE, actor, held)
        bus.tell_after_commit(bus.Notice(held.pk, text))


_SWITCHED = {
    ("locked", True): Action.LOCK,
    ("locked", False): Action.UNLOCK,
    ("lobby", True): Action.LOBBY_ON,
    ("lobby", False): Action.LOBBY_OFF,
}


def _switch(room: Room, field: str, on: bool, act: Act, actor: Actor) -> None:
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, act)
        if getattr(held, field) == on:
            return
        _change(room, held, **{field: on})
        write(_SWITCHED[field, on], actor, held)


def _change(room: Room, held: Room, **fields: object) -> None:
    """Change the row, and the caller's copy of it."""
    held.change(**fields)
    for field in (*fields, "version"):
        setattr(room, field, getattr(held, field))

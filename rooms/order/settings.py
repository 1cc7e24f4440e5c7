"""A room's own settings, changed by whom the table of rights lets change them."""

from typing import Any

from django.db import transaction

from accounts.models import User
from conference.audit import Action

from .. import passwords
from ..models import Room
from ..rights import Act
from .actor import Actor, ask, hold, write


def make(owner: User, *, address: str = "", **settings: Any) -> Room:
    """A new room of this person's; raises what Room.objects.make raises."""
    with transaction.atomic():
        room = Room.objects.make(owner=owner, **settings)
        actor = Actor.in_room(room, owner, address=address)
        write(Action.ROOM_MADE, actor, room)
    return room


def change(room: Room, actor: Actor, **settings: Any) -> None:
    """Take over these fields where they differ; a running call follows at once.

    Raises Refused, and BadName for a name that cannot be shown.
    """
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.CHANGE)
        changed = {
            field: value
            for field, value in settings.items()
            if getattr(held, field) != value
        }
        if changed:
            held.change(**changed)
            _changed(held, actor, *changed)


def set_password(room: Room, password: str, actor: Actor) -> None:
    """Ask for this password at the door from now on; empty: for none.

    Who has given another one has to give this one before they come in again; who is in
    the call stays. Raises Refused.
    """
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.CHANGE)
        passwords.put(held, password)
        _changed(held, actor, "password")


def delete(room: Room, actor: Actor) -> None:
    """Delete the room with all that was kept of it; a running call ends."""
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.DELETE)
        write(Action.ROOM_DELETED, actor, held)
        held.remove()


def _changed(room: Room, actor: Actor, *fields: str) -> None:
    # Which settings, never what they are: names and passwords are nobody's business.
    write(Action.ROOM_CHANGED, actor, room, fields=sorted(fields))

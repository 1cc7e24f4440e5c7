"""Rows for tests, as the product itself makes them."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from rooms.models import Invitation, Message, Room, Seat

PASSWORD = "seven green apples"

_numbers = itertools.count(1)


def make_user(name: str = "Somebody", email: str = "", **fields: Any) -> User:
    """An account that can log in with PASSWORD."""
    return User.objects.create_user(
        email or f"person-{next(_numbers)}@example.org",
        PASSWORD,
        display_name=name,
        **fields,
    )


def make_room(owner: User, name: str = "Friday kitchen table", **fields: Any) -> Room:
    return Room.objects.make(owner=owner, name=name, **fields)


def make_seat(
    room: Room, name: str = "Tomas", user: User | None = None, seconds_ago: float = 0
) -> Seat:
    """Somebody in the room's call, last vouched for that long ago."""
    number, now = next(_numbers), timezone.now()
    return Seat.objects.create(
        room=room,
        seat=f"seat-{number}",
        name=name,
        user=user,
        person=f"g:{number:032x}" if user is None else f"u:{user.pk}",
        since=now - timedelta(minutes=5) + timedelta(seconds=number),
        process="process-1",
        seen=now - timedelta(seconds=seconds_ago),
    )


def make_message(
    room: Room, text: str = "Hello", sent_at: datetime | None = None
) -> Message:
    return Message.keep(
        room_id=room.pk,
        message_id=f"message-{next(_numbers)}",
        person="g:guest",
        user_id=None,
        name="Tomas",
        text=text,
        sent_at=sent_at or timezone.now(),
    )


def make_invitation(room: Room, **fields: Any) -> tuple[Invitation, str]:
    """An invitation by the room's owner, for a guest unless said otherwise."""
    terms = {"made_by": room.owner, "role": Invitation.Role.GUEST, **fields}
    return Invitation.objects.issue(room=room, **terms)

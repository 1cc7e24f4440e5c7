"""The rooms of a load test: made for it under one owner, and gone with that owner."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User

from ..models import Room
from ..signalling import tickets
from .client import Guest

DOMAIN = "loadtest.invalid"
"""Of the owners' addresses: nobody has one there (RFC 2606)."""

FORGOTTEN = timedelta(days=1)
"""An owner as old as that was left behind by a test that was killed."""


@contextmanager
def rooms_for_a_while(count: int, people: int) -> Iterator[list[Room]]:
    """So many rooms of one throw-away owner; they are gone afterwards."""
    forget_the_forgotten()
    owner = User.objects.create_user(
        f"{secrets.token_hex(8)}@{DOMAIN}",
        display_name="Load test",
        room_quota=count,
        is_active=False,
    )
    try:
        yield [
            Room.objects.make(
                owner=owner, name=f"Load test {number}", people_limit=people
            )
            for number in range(1, count + 1)
        ]
    finally:
        owner.delete()


def forget_the_forgotten() -> None:
    """Delete what earlier tests could not, for they were killed."""
    left = User.objects.filter(
        email__endswith=f"@{DOMAIN}", date_joined__lt=timezone.now() - FORGOTTEN
    )
    for owner in left:
        owner.delete()


def guest_of(room: Room, name: str) -> Guest:
    """Somebody without an account to whom the room's page was just shown."""
    cookie = secrets.token_urlsafe(24)
    entry = tickets.entry_for(room, None, secrets.token_hex(16), "guest")
    bind = tickets.bind_of({settings.GUEST_COOKIE_NAME: cookie})
    return Guest(
        link=room.link,
        name=name,
        cookie=f"{settings.GUEST_COOKIE_NAME}={cookie}",
        ticket=lambda: tickets.issue(entry, bind),
    )

"""Rooms of four in the database of the server under test, with a ticket for each place.

`python -m bench.signalling.places PEOPLE`, with that server's settings in the
environment, prints them as JSON. Each person is a guest with a cookie of their own, as
the page view would have known them.
"""

from __future__ import annotations

import json
import os
import secrets
import sys

import django

ROOM_PEOPLE = 4
OWNER = "bench@example.org"


def made(people: int) -> list[dict[str, str]]:
    """Places in new rooms; their tickets hold for a minute."""
    from django.conf import settings
    from django.http import HttpRequest

    from accounts.models import User
    from rooms.guests import Guest
    from rooms.models import Room
    from rooms.signalling import tickets

    owner = User.objects.filter(email=OWNER).first()
    if owner is None:
        owner = User.objects.create_user(OWNER, secrets.token_hex(16))
    count = people // ROOM_PEOPLE
    rooms = Room.objects.bulk_create(
        [Room(owner=owner, name="Friday kitchen table") for _ in range(count)]
    )
    places: list[dict[str, str]] = []
    for room in rooms:
        for _ in range(ROOM_PEOPLE):
            guest = Guest.of(HttpRequest())
            bind = tickets.bind_of({settings.GUEST_COOKIE_NAME: guest.cookie})
            entry = tickets.entry_for(room, None, guest.id, "guest")
            places.append(
                {
                    "link": room.link,
                    "ticket": tickets.issue(entry, bind),
                    "cookie": f"{settings.GUEST_COOKIE_NAME}={guest.cookie}",
                    "instance": secrets.token_hex(16),
                }
            )
    return places


def rates() -> dict[str, tuple[float, int]]:
    """What the server lets each socket send of each type: a second, and at once."""
    from rooms.signalling.protocol import TABLE

    return {about: (kind.rate, kind.burst) for about, kind in TABLE.items()}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference.settings")
    django.setup()
    answer = {"places": made(int(sys.argv[1])), "rates": rates()}
    sys.stdout.write(json.dumps(answer))

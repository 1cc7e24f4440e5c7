"""Who is there, by the pages, by the server's word, and by the copy in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.browser.person import Person
from tests.calls.stack import Stack

AGREE_SECONDS = 40.0
ROWS = """
import json
from rooms.models import Seat
print(json.dumps([seat.seat for seat in Seat.objects.live()]))
"""


def rows(site: Stack) -> list[str]:
    """The seats that the database vouches for now, in all rooms."""
    found: list[str] = json.loads(site.first.manage("shell", "-v", "0", "-c", ROWS))
    return sorted(found)


def tiles(person: Person) -> list[str]:
    """The seats that this page shows, its own among them."""
    found: list[str] = person.page.evaluate(
        """() => [...document.querySelectorAll('[data-part="tile"][data-seat]')].map(
          (tile) => tile.dataset.seat)"""
    )
    return sorted(found)


def agree(site: Stack, people: Sequence[Person]) -> None:
    """Wait until every page and the database know exactly these people."""
    for person in people:
        person.wait_until(
            lambda person=person: (  # type: ignore[misc]
                tiles(person) == sorted(each.seat for each in people)
            ),
            f"sees {len(people)} people and no ghost",
            AGREE_SECONDS,
        )
    there = sorted(person.seat for person in people)
    people[0].wait_until(
        lambda: rows(site) == there, f"is one of {len(people)} rows", AGREE_SECONDS
    )

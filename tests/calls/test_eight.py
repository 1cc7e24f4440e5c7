"""Eight people who press Join in the same second."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.calls import watch
from tests.calls.conftest import Callers
from tests.calls.gatherings import owner_of
from tests.calls.stack import Stack

pytestmark = pytest.mark.alone

NAMES = ("Mira", "Amara", "June", "Tariq", "Olu", "Wanjiru", "Ines", "Pavel")
SOON_MS = 1500
WITHIN_MS = 1000


def test_all_pairs_of_eight_who_join_at_once_connect(
    one_process: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
) -> None:
    room, come = owner_of(one_process).new_room(), callers(one_process)
    people = [come(name) for name in NAMES]
    for person in people:
        person.open(room)
        # Eight pictures at once are for machines with more cores.
        person.page.get_by_role("button", name="Turn camera off").click()
        person.page.get_by_label("Your name", exact=True).fill(person.name)
    start = watch.now() + SOON_MS
    for number, person in enumerate(people):
        person.page.evaluate(
            """([label, at]) => {
              const join = [...document.querySelectorAll("button")].find(
                (button) => button.textContent.trim() === label);
              setTimeout(() => join.click(), at - Date.now());
            }""",
            ["Join", start + number * WITHIN_MS / len(people)],
        )
    for person in people:
        person.is_in()
    for person in people:
        person.hears(len(people) - 1)
    last = max(max(watch.connected(person)) for person in people)
    tell(f"28 pairs of eight: the last connected {(last - start) / 1000:.1f} s after")
    assert len({person.seat for person in people}) == len(people)

"""Somebody's network goes, and another one comes, in the middle of a call."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest

from tests.browser.person import Person
from tests.network.client import Client
from tests.network.conftest import Callers
from tests.network.lab import Lab
from tests.network.paths import come, met

SCRIPT = (Path(__file__).parent / "roaming.js").read_text()
BACK_SECONDS = 6.0
# So long may a busy machine take in the short form, where it is no bound.
WAIT_SECONDS = 60.0
CALM_SECONDS = 1.0
TIMES = 12
AWAY = (r"WebSocket connection to .* failed", r"net::ERR_")
Tell = Callable[[str], None]


@dataclass
class Roamer:
    """Two in a call, one of whom changes networks."""

    lab: Lab
    client: Client
    people: tuple[Person, Person]

    def changes(self, change: Callable[[], None]) -> float:
        """Let it happen and return after how many seconds both voices came again.

        They count from the end of the change: that is when there is a network.
        """
        self.calm()
        begun = time.time()
        change()
        there = time.time()
        for person in self.people:
            person.wait_until(
                lambda person=person: gaps(person, begun),  # type: ignore[misc]
                "hears again",
                WAIT_SECONDS,
            )
        self.calm()
        ends = [end for person in self.people for _, end in gaps(person, begun)]
        return max(ends) - there

    def calm(self) -> None:
        """Both hear each other without a gap for a while."""
        for person in self.people:
            person.wait_until(
                lambda person=person: is_calm(person),  # type: ignore[misc]
                "hears evenly",
                WAIT_SECONDS,
            )


def gaps(person: Person, since: float) -> list[tuple[float, float]]:
    """When no voice came to this page, in seconds since 1970."""
    found: list[list[float]] = person.page.evaluate("() => roaming.gaps")
    return [(a / 1000, b / 1000) for a, b in found if b / 1000 > since]


def is_calm(person: Person) -> bool:
    now, heard = time.time(), person.page.evaluate("() => roaming.heardAt()") / 1000
    ends = [end for _, end in gaps(person, 0)]
    return now - heard < 0.5 and now - max([0.0, *ends]) > CALM_SECONDS


@pytest.fixture(params=["offers", "answers"])
def roamer(lab: Lab, callers: Callers, request: pytest.FixtureRequest) -> Roamer:
    """Mira roams; whoever comes last offers."""
    room = lab.site().new_room()
    client = lab.client("Mira", nat="cone")
    mira = callers.at(client)
    amara = callers.at(lab.client("Amara", nat="cone"))
    for person in (mira, amara):
        person.context.add_init_script(SCRIPT)
        for pattern in AWAY:
            person.excuse(pattern)
    first, last = (amara, mira) if request.param == "offers" else (mira, amara)
    come(first, room)
    met(first, last, come(last, room))
    return Roamer(lab, client, (mira, amara))


def note(tell: Tell, what: str, took: list[float], soak: bool) -> None:
    times = sorted(took)
    p95 = times[min(len(times) - 1, round(0.95 * len(times)))]
    tell(
        f"{what}: {len(times)} times, p50 {times[len(times) // 2]:.2f} s, "
        f"p95 {p95:.2f} s, most {times[-1]:.2f} s"
    )
    if soak:
        assert p95 <= BACK_SECONDS


def test_from_one_network_to_another(
    roamer: Roamer, tell: Tell, soak: bool, request: pytest.FixtureRequest
) -> None:
    homes = cycle([roamer.lab.home(), roamer.client.home])
    took = [
        roamer.changes(lambda: roamer.client.roam(next(homes)))
        for _ in range(TIMES if soak else 1)
    ]
    note(tell, request.node.name, took, soak)


@pytest.mark.parametrize("seconds", [8, 60])
def test_no_network_for_a_while(
    roamer: Roamer,
    tell: Tell,
    soak: bool,
    request: pytest.FixtureRequest,
    seconds: int,
) -> None:
    """The time counts from when there is one again, which is another one."""
    if seconds > 8 and not soak:
        seconds = 12
    homes = cycle([roamer.lab.home(), roamer.client.home])

    def away() -> None:
        roamer.client.leave()
        roamer.people[0].page.wait_for_timeout(seconds * 1000)
        roamer.client.enter(next(homes))

    took = [roamer.changes(away) for _ in range(TIMES if soak else 1)]
    note(tell, request.node.name, took, soak)

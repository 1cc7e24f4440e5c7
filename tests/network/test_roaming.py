"""Somebody's network goes, and another one comes, in the middle of a call."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path as File

import pytest
from playwright.sync_api import expect

from tests.browser.person import Person, meet
from tests.network.client import Client
from tests.network.conftest import Callers
from tests.network.internet import on_bridge
from tests.network.lab import Lab
from tests.network.paths import Path, come, met

SCRIPT = File(__file__).with_name("roaming.js").read_text()
BACK_SECONDS = 6.0
# So long may a busy machine take in the short form, where it is no bound.
WAIT_SECONDS = 60.0
TIMES = 12
# On the bridge, where no server and no home stands.
SPARE_PLACE = 99
AWAY = (r"WebSocket connection to .* failed", r"net::ERR_")
Tell = Callable[[str], None]


@dataclass
class Roamer:
    """Two in a call, one of whom changes networks."""

    lab: Lab
    client: Client
    people: tuple[Person, Person]
    slow: dict[str, list[str]] = field(default_factory=dict)

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
        if (took := max(ends) - there) > BACK_SECONDS:
            self.slow = {
                person.name: person.page.evaluate("() => roaming.log")
                for person in self.people
            }
        return took

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
    calm: bool = person.page.evaluate("() => roaming.isCalm()")
    return calm


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


def note(tell: Tell, what: str, roamer: Roamer, took: list[float], soak: bool) -> None:
    times = sorted(took)
    p95 = times[min(len(times) - 1, round(0.95 * len(times)))]
    tell(
        f"{what}: {len(times)} times, p50 {times[len(times) // 2]:.2f} s, "
        f"p95 {p95:.2f} s; {' '.join(f'{each:.1f}' for each in took)}"
    )
    if soak:
        assert p95 <= BACK_SECONDS, json.dumps(roamer.slow, indent=1)


def test_from_one_network_to_another(
    roamer: Roamer, tell: Tell, soak: bool, request: pytest.FixtureRequest
) -> None:
    homes = cycle([roamer.lab.home(), roamer.client.home])
    took = [
        roamer.changes(lambda: roamer.client.roam(next(homes)))
        for _ in range(TIMES if soak else 1)
    ]
    note(tell, request.node.name, roamer, took, soak)


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
    note(tell, request.node.name, roamer, took, soak)


def test_a_router_that_starts_anew(
    roamer: Roamer, tell: Tell, soak: bool, request: pytest.FixtureRequest
) -> None:
    """It is away for a moment, gets another address, and has forgotten who talked."""
    home = roamer.client.home
    addresses = cycle([on_bridge(SPARE_PLACE).v4, home.public.v4])
    now = home.public.v4

    def restarts() -> None:
        nonlocal now
        home.cut_all()
        roamer.people[0].page.wait_for_timeout(3000)
        before, now = now, next(addresses)
        home.router.ip(
            f"addr del {before}/25 dev wan",
            f"addr add {now}/25 dev wan",
            f"route replace default via {on_bridge(1).v4}",
        )
        home.mend()

    took = [roamer.changes(restarts) for _ in range(TIMES if soak else 1)]
    note(tell, request.node.name, roamer, took, soak)


def test_the_path_of_one_pair_is_cut(
    lab: Lab, callers: Callers, tell: Tell, soak: bool
) -> None:
    """They find another one, and the third notices nothing of it."""
    room = lab.site().new_room()
    clients = [lab.client(name) for name in ("Mira", "Amara", "June")]
    mira, amara, june = (callers.at(client) for client in clients)
    for person in (mira, amara, june):
        person.context.add_init_script(SCRIPT)
        come(person, room)
    meet(mira, amara, june)
    roamer = Roamer(lab, clients[0], (mira, amara))
    seats = {person.seat: person.name for person in (mira, amara, june)}
    before = [len(told(person, seats)) for person in (mira, amara, june)]
    took = roamer.changes(lambda: clients[0].cut(clients[1]))
    tell(f"the path of one pair is cut: {took:.2f} s, {path_kinds(mira)}")
    for name, log in roamer.slow.items():
        tell(f"{name}: " + "; ".join(log[-60:]))
    said = [
        told(person, seats)[count:]
        for person, count in zip((mira, amara, june), before, strict=True)
    ]
    assert not said[2], said
    assert {to for to, _ in said[0]} <= {"Amara"}, said
    assert {to for to, _ in said[1]} <= {"Mira"}, said
    expect(june.page.locator("[data-part=tile][data-lost]")).to_have_count(0)
    if soak:
        assert took <= BACK_SECONDS


def told(person: Person, seats: dict[str, str]) -> list[tuple[str, str]]:
    """To whom this page has said what, to begin a pair or to mend it."""
    return [
        (seats[frame.message["to"]], frame.type)
        for frame in person.frames
        if frame.sent and frame.type in ("offer", "answer", "restart")
    ]


def path_kinds(person: Person) -> list[str]:
    found = person.page.evaluate("() => paths.all()")
    return [Path(**each).kind for each in found]

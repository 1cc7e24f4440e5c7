"""What an honest page lets its person hear and see of somebody, and when it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.person import WAIT_SECONDS, Person

WITNESS = (Path(__file__).parent / "witness.js").read_text()

MICROPHONE, CAMERA, SCREEN, SCREEN_SOUND = range(4)
BEEP_MS = 1500
"""The browsers' own microphone beeps once a second."""
AUDIBLE = 0.01


def witness(person: Person) -> Person:
    """Before they come in: their page writes down what it plays and shows."""
    person.context.add_init_script(WITNESS)
    return person


def print_of(person: Person) -> str:
    """The certificate that the others know this page by."""
    return str(person.page.evaluate("() => witness.print()"))


def heard_and_seen(person: Person, print_: str) -> tuple[list[int], list[int]]:
    """The slots of that page that come out of this one's speakers and screen now."""
    lets: dict[str, list[int]] = person.page.evaluate(
        "(print) => witness.lets(print)", print_
    )
    return lets["heard"], lets["seen"]


def lets_through(person: Person, print_: str, slot: int) -> bool:
    heard, seen = heard_and_seen(person, print_)
    return slot in heard + seen


def is_silent(person: Person, print_: str, slot: int = MICROPHONE) -> bool:
    """Whether nothing of this slot reaches an ear for longer than a beep's pause."""
    peaks: dict[str, float] = person.page.evaluate(
        "([print, time]) => witness.loudest(print, time)", [print_, BEEP_MS]
    )
    return peaks.get(str(slot), 0.0) < AUDIBLE


def packets(person: Person, print_: str) -> list[int]:
    """How many packets of each slot of that page have come here."""
    found: list[int] = person.page.evaluate("(print) => witness.packets(print)", print_)
    return found


def everybody(
    people: Sequence[Person],
    fact: Callable[[Person], object],
    what: str,
    seconds: float = WAIT_SECONDS,
) -> None:
    """Wait until this is so for each of them."""
    for person in people:
        person.wait_until(partial(fact, person), what, seconds)


def still_sends(person: Person, print_: str, *slots: int) -> None:
    """Packets of these slots go on coming, whatever is made of them."""
    before = packets(person, print_)

    def come() -> bool:
        now = packets(person, print_)
        return all(now[slot] > before[slot] for slot in slots)

    person.wait_until(come, f"is sent slots {slots} all the same")


def clicked(button: Locator) -> float:
    """Press it; when its page heard of that, in seconds, by every page's clock."""
    expect(button).to_be_visible()
    at: float = button.evaluate(
        "(button) => { const at = Date.now(); button.click(); return at; }"
    )
    return at / 1000


@dataclass
class Awaited:
    """A fact that some pages look out for from now on, and when each saw it."""

    people: Sequence[Person]
    since: float

    def took(self) -> list[float]:
        """Seconds from the act to the fact, of each."""
        return [
            person.page.evaluate("() => awaited") / 1000 - self.since
            for person in self.people
        ]

    def acts(self, at: float | None = None) -> None:
        """Say that it is done now, or was at that time: from here time counts."""
        self.since = time.time() if at is None else at


def awaits(people: Sequence[Person], fact: str, *words: Any) -> Awaited:
    """From now on these pages look out for a fact of witness.js."""
    for person in people:
        person.page.evaluate(
            "([fact, ...words]) => { window.awaited = witness.when(fact, ...words); }",
            [fact, *words],
        )
    return Awaited(people, time.time())

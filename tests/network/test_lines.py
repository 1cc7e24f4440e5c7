"""Calls over lines that lose much or carry little."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.browser.person import Person
from tests.calls import watch
from tests.calls.trial import Call
from tests.network.client import Client
from tests.network.conftest import Callers
from tests.network.lab import Lab
from tests.network.ledger import Ledger
from tests.network.paths import come, met, sound

RATE = 48_000
SECONDS, SOAK_SECONDS = 5, 60
WORDS_PER_SECOND = 2
# Everything takes longer here, and the page itself comes over the same line.
WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class Line:
    """What becomes of the line of one of two people, both ways."""

    name: str
    spoil: Callable[[Client], None]

    def __str__(self) -> str:
        return self.name


def narrow(client: Client) -> None:
    client.uplink("300kbit")
    client.downlink("300kbit")


LINES = (
    # What the machine itself costs, for comparison.
    Line("nothing amiss", lambda client: None),
    Line("5% lost", lambda client: client.loss(0.05)),
    Line("20% lost", lambda client: client.loss(0.2)),
    Line("300 kbit/s", narrow),
)


@pytest.mark.parametrize("line", LINES, ids=str)
def test_two_meet_and_are_heard_and_read(
    lab: Lab, callers: Callers, ledger: Ledger, soak: bool, line: Line
) -> None:
    room = lab.site().new_room()
    clients = [lab.client(name) for name in ("Mira", "Amara")]
    mira, amara = both = [callers.at(client) for client in clients]
    for person in both:
        watch.install(person.context)
        person.page.set_default_timeout(WAIT_SECONDS * 1000)
    line.spoil(clients[0])
    come(mira, room)
    meeting = met(mira, amara, come(amara, room))
    call = Call(both)
    for person in both:
        person.press("Chat")
    call.write(WORDS_PER_SECOND)
    shares = [concealed(person, SOAK_SECONDS if soak else SECONDS) for person in both]
    written = call.was_read()
    call.is_whole()
    ledger.note_line(line.name, meeting, max(shares), written)


def concealed(person: Person, seconds: float) -> float:
    """The share of made-up sound in what came in while so much of it came in."""
    before = sound(person)
    person.wait_until(
        lambda: sound(person).received - before.received > seconds * RATE,
        f"hears {seconds} s",
        seconds + WAIT_SECONDS,
    )
    now = sound(person)
    return (now.concealed - before.concealed) / (now.received - before.received)

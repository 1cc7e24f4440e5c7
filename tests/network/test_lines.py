"""Calls over lines that lose much or carry little.

What is lost of sound is known only beside what the machine under the test misses by
itself: each call is heard once more when its line is whole again.
"""

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
# More of sound may be made up than on the line when it is whole: twice what the line
# loses, and this much besides. In a few seconds, one late moment is a large share.
MORE_MADE_UP, MORE_IN_SHORT = 0.1, 0.25
PACKETS = """async () => {
  const sum = { received: 0, lost: 0 };
  const up = probe.connections.filter((one) => one.connectionState === "connected");
  for (const report of await Promise.all(up.map((one) => one.getStats()))) {
    for (const part of report.values()) {
      if (part.type !== "inbound-rtp" || part.kind !== "audio") continue;
      sum.received += part.packetsReceived ?? 0;
      sum.lost += part.packetsLost ?? 0;
    }
  }
  return sum;
}"""


@dataclass(frozen=True)
class Line:
    """What becomes of the line of one of two people, both ways."""

    name: str
    spoil: Callable[[Client], None]
    # Of what goes through; a narrow line may lose something, and need not.
    loses: float = 0

    def __str__(self) -> str:
        return self.name


def narrow(client: Client) -> None:
    client.uplink("300kbit")
    client.downlink("300kbit")


LINES = (
    # What the machine itself costs, for comparison.
    Line("nothing amiss", lambda client: None),
    Line("5% lost", lambda client: client.loss(0.05), 0.05),
    Line("20% lost", lambda client: client.loss(0.2), 0.2),
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
    seconds = SOAK_SECONDS if soak else SECONDS
    before = [packets(person) for person in both]
    made_up = max(concealed(person, seconds) for person in both)
    lost = [packets(person) - then for person, then in zip(both, before, strict=True)]
    written = call.was_read()
    call.is_whole()
    ledger.note_line(line.name, meeting, made_up, written)
    heal(clients[0])
    whole = max(concealed(person, seconds) for person in both)
    ledger.tell(f"{line}: {lost} of sound; {whole:.1%} made up when it is whole again")
    more = MORE_MADE_UP + (0 if soak else MORE_IN_SHORT)
    assert made_up <= whole + 2 * line.loses + more
    for each in lost:
        assert each.share <= 2 * line.loses + more, each
        assert each.lost > 0 or not line.loses, "nothing was lost on a line that loses"


def heal(client: Client) -> None:
    client.loss(0)
    client.uplink("")
    client.downlink("")


@dataclass(frozen=True)
class Packets:
    """Of sound, as they came in."""

    received: int
    lost: int

    def __sub__(self, then: Packets) -> Packets:
        return Packets(self.received - then.received, self.lost - then.lost)

    def __repr__(self) -> str:
        return f"{self.lost} of {self.received + self.lost} packets lost"

    @property
    def share(self) -> float:
        """Of what was sent; all of it where nothing came."""
        return self.lost / (self.received + self.lost) if self.received > 0 else 1


def packets(person: Person) -> Packets:
    """Of all this page's connections that are up."""
    return Packets(**person.page.evaluate(PACKETS))


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

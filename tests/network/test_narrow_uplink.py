"""What a narrow line costs: pictures, and no sound.

Whoever has it is at a home of their own; the others share one with a wide line, and
one browser. Sound that never leaves that browser says what the machine under the test
had to give: where it has gaps too, nothing is known of the line, and that is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.browser.person import Facts, Person
from tests.calls import watch
from tests.network.client import Client
from tests.network.conftest import Callers
from tests.network.lab import Lab

Tell = Callable[[str], None]

# What the issue asks for.
MOST_GAP_MS = 200
MOST_CONCEALED = 0.02
# Pictures a second that make a video; in seconds beside much else, half of it.
LEAST_RATE = 5.0
# Sound within one browser has no longer gaps, on a machine that keeps up.
STEADY_MS = 100
# A picture that is worth sending, for the one with the narrow line.
LARGE = "window.smaller = { width: 640, height: 360, frameRate: 20 };"
PAIR_OF = """(tile) => {
  const [track] = tile.querySelector("video").srcObject.getVideoTracks();
  return probe.connections.findIndex(
    (one) => one.getTransceivers()[1]?.receiver.track === track,
  );
}"""
RECEIVED = """async (index) => {
  const [sound, picture] = await Promise.all(
    probe.connections[index].getTransceivers().slice(0, 2).map(async ({ receiver }) => {
      const parts = [...(await receiver.getStats()).values()];
      return parts.find(({ type }) => type === "inbound-rtp") ?? {};
    }),
  );
  return {
    samples: sound.totalSamplesReceived ?? 0,
    concealed: (sound.concealedSamples ?? 0) - (sound.silentConcealedSamples ?? 0),
    frames: picture.framesDecoded ?? 0,
    width: picture.frameWidth ?? 0,
  };
}"""


@dataclass(frozen=True)
class Heard:
    """What a listener had of one speaker in a window of time."""

    listener: str
    gap: float
    concealed: float
    # Pictures a second, in the whole window and in the last third of it.
    rate: float
    last_rate: float
    width: int

    def __str__(self) -> str:
        return (
            f"{self.listener}: gap {self.gap:.0f} ms, {self.concealed:.2%} made up,"
            f" {self.rate:.1f} pictures/s, {self.last_rate:.1f} in the last third,"
            f" the last {self.width} wide"
        )

    def sees(self, rate: float) -> bool:
        """Whether there was a video, and still is: not one that soon stood still."""
        return min(self.rate, self.last_rate) >= rate


class Ear:
    """Listens to one speaker at one listener's page, from now on."""

    def __init__(self, listener: Person, speaker: Person) -> None:
        self.listener = listener
        self.page: Page = listener.page
        tile = listener.tile(speaker.name)
        self.index: int = tile.evaluate(PAIR_OF)
        self.before = self.late = self.received()
        self.since = self.late_since = watch.now()

    def received(self) -> Facts:
        found: Facts = self.page.evaluate(RECEIVED, self.index)
        return found

    def begin_last_third(self) -> None:
        self.late, self.late_since = self.received(), watch.now()

    def heard(self) -> Heard:
        now, ends = self.received(), watch.now()
        rate, last_rate = (
            (now["frames"] - then["frames"]) * 1000 / (ends - since)
            for then, since in (
                (self.before, self.since),
                (self.late, self.late_since),
            )
        )
        grown = {name: now[name] - self.before[name] for name in now}
        streams = self.page.evaluate(
            "([from, to]) => watch.gaps(from, to)", [self.since, watch.now()]
        )
        name = f"{self.index} microphone"
        (gap,) = (stream["gap"] for stream in streams if stream["name"] == name)
        assert grown["samples"] > 0, f"{self.listener.name} plays nothing"
        share = grown["concealed"] / grown["samples"]
        return Heard(self.listener.name, gap, share, rate, last_rate, int(now["width"]))


@pytest.fixture
def comes(callers: Callers) -> Callable[..., Person]:
    def come(client: Client, name: str, room: str, *, large: bool = False) -> Person:
        person = callers.at(client)
        person.name = name
        watch.install(person.context)
        if large:
            person.context.add_init_script(LARGE)
        return person.join(room)

    return come


def quiet(person: Person) -> None:
    """Listens, and costs the machine nothing more."""
    person.press("Mute")
    person.press("Turn camera off")


def wait(person: Person, seconds: float) -> None:
    """Time in which the pages' events are let in."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        person.page.wait_for_timeout(100)


def listen(mira: Person, ears: list[Ear], seconds: float) -> None:
    """So long, with the last third known apart."""
    wait(mira, seconds * 2 / 3)
    for ear in ears:
        ear.begin_last_third()
    wait(mira, seconds / 3)


def shown(all_heard: list[Heard]) -> str:
    return "\n".join(f"  {each}" for each in all_heard)


def test_sound_has_no_gap_while_the_line_narrows_to_300_kbit(
    lab: Lab, comes: Callable[..., Person], soak: bool, tell: Tell
) -> None:
    room = lab.site().new_room()
    narrow, wide = lab.client("narrow"), lab.client("wide")
    mira = comes(narrow, "Mira", room, large=True)
    amara, tomas = (comes(wide, name, room) for name in ("Amara", "Tomas"))
    for person in (mira, amara, tomas):
        person.meets(2)
    wait(mira, 20 if soak else 6)
    ears = [Ear(person, mira) for person in (amara, tomas)]
    beside = Ear(tomas, amara)
    narrow.uplink("300kbit")
    listen(mira, ears, 90 if soak else 12)
    machine, found = beside.heard(), [ear.heard() for ear in ears]
    tell(
        f"uplink narrows to 300 kbit/s in a call of three:\n{shown(found)}\n"
        f"  beside it, within one browser: gap {machine.gap:.0f} ms"
    )
    for each in found:
        if soak:
            assert machine.gap <= STEADY_MS, "void: the machine was too busy"
            assert each.gap <= MOST_GAP_MS, each
        assert each.gap <= MOST_GAP_MS + 2 * machine.gap, each
        assert each.sees(LEAST_RATE if soak else LEAST_RATE / 2), each


def test_who_speaks_is_heard_and_seen_over_1_mbit_in_a_call_of_six(
    lab: Lab, comes: Callable[..., Person], soak: bool, tell: Tell
) -> None:
    """Of six in the full form, of four and with more room in the short one."""
    room = lab.site().new_room()
    narrow, wide = lab.client("narrow"), lab.client("wide")
    narrow.uplink("1mbit")
    listeners = 5 if soak else 3
    mira = comes(narrow, "Mira", room, large=True)
    others = [
        comes(wide, name, room)
        for name in ("Amara", "Tomas", "Noor", "Kenji", "June")[:listeners]
    ]
    mira.meets(listeners)
    for person in others[1:]:
        quiet(person)
    wait(mira, 20 if soak else 6)
    ears = [Ear(person, mira) for person in others]
    listen(mira, ears, 120 if soak else 10)
    found = [ear.heard() for ear in ears]
    tell(f"1 Mbit/s up in a call of {listeners + 1}:\n{shown(found)}")
    for each in found:
        assert each.concealed < (MOST_CONCEALED if soak else 0.1), each
        assert each.sees(LEAST_RATE if soak else LEAST_RATE / 2), each

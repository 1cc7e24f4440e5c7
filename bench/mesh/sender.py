"""What the one measured browser sends, read where it counts: in its own statistics."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from bench import machine
from tests.servers import NotYet

from .camera import RATE
from .crowd import Crowd
from .sides import Meeting

SCRIPT = (Path(__file__).parent / "watch.js").read_text()
WINDOW = {"width": 1280, "height": 800}
STEP_MS = 1000
STEADY_STEPS = 4
"""So many looks in a row must agree before a sample begins."""
HELD_STEPS = 12
STEADY = 0.1
RAMP_SECONDS = 45.0
SAMPLE_STEPS = 8


@dataclass(frozen=True)
class Camera:
    width: int
    height: int
    rate: int = RATE

    def __str__(self) -> str:
        return f"{self.width}\u00d7{self.height}"


@dataclass(frozen=True)
class Stream:
    """One pair's video during a sample: sizes of its end, rates per second."""

    width: int
    height: int
    pictures: float
    pixels: float
    bits: float
    encoding: float
    """Seconds of encode time per second."""
    limits: frozenset[str]


@dataclass(frozen=True)
class Sample:
    """Shares of CPU are in cores, but for `machine`: of all of it, 0 to 1."""

    streams: tuple[Stream, ...]
    received: tuple[float, ...]
    """Pictures a second at each viewer."""
    machine: float
    others: float
    browser: float
    viewers: float
    ramp: float
    """Seconds until what is sent was steady; at most RAMP_SECONDS."""
    steady: bool

    @property
    def pixels(self) -> float:
        return sum(stream.pixels for stream in self.streams)

    @property
    def bits(self) -> float:
        return sum(stream.bits for stream in self.streams)

    @property
    def encoding(self) -> float:
        return sum(stream.encoding for stream in self.streams)

    @property
    def limits(self) -> frozenset[str]:
        return frozenset().union(*(stream.limits for stream in self.streams))


@dataclass(frozen=True)
class Look:
    """At one pair at one moment; `target` in bits a second."""

    width: int
    height: int
    target: float
    limited: bool
    """By what the estimator found so far."""


class Sender:
    """A page that sends to a crowd."""

    def __init__(self, page: Page, crowd: Crowd, viewers: int, browser: int) -> None:
        self.page = page
        self.crowd = crowd
        self.viewers = viewers
        self.browser = browser
        """The pid of its browser."""

    def connected(self) -> None:
        """Wait until every viewer has its connection."""
        end = time.monotonic() + RAMP_SECONDS
        while True:
            facts = self.crowd.facts()
            up = sum(one["connected"] for one in facts)
            if up == self.viewers and len(self.look()["pairs"]) == self.viewers:
                return
            if time.monotonic() > end:
                raise NotYet(f"{up} of {self.viewers} viewers connected")
            self.page.wait_for_timeout(100)

    def grid(self) -> list[dict[str, int]]:
        """What this page, laid out as each viewer's would be, asks of the others."""
        found: list[dict[str, int]] = self.page.evaluate("() => bench.asked()")
        return found

    def look(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("() => bench.sending()")
        return found

    def steady(self) -> tuple[float, bool]:
        """Wait until sizes and target rates stay what they are; how long it took."""
        began = time.monotonic()
        looks: list[list[Look]] = []
        while (passed := time.monotonic() - began) < RAMP_SECONDS:
            pairs = self.look()["pairs"]
            looks.append(
                [
                    Look(
                        one["width"],
                        one["height"],
                        one["target"],
                        "bandwidth" in one["limits"],
                    )
                    for one in pairs
                ]
            )
            if is_steady(looks):
                return passed, True
            self.page.wait_for_timeout(STEP_MS)
        return passed, False

    def sample(self) -> Sample:
        """Wait for the estimator, then measure."""
        ramp, steady = self.steady()
        looks, views = [self.look()], [self.crowd.facts()]
        others, busy, began = machine.Others(), machine.Busy(), time.monotonic()
        spent = [machine.tree_seconds(pid) for pid in (self.browser, self.crowd.pid)]
        for _ in range(SAMPLE_STEPS):
            self.page.wait_for_timeout(STEP_MS)
            looks.append(self.look())
        views.append(self.crowd.facts())
        passed = time.monotonic() - began
        browser, viewers = (
            (machine.tree_seconds(pid) - before) / passed
            for pid, before in zip((self.browser, self.crowd.pid), spent, strict=True)
        )
        return Sample(
            streams=tuple(streams(looks)),
            received=tuple(received(views[0], views[1], passed)),
            machine=busy.share(),
            others=others.share(),
            browser=browser,
            viewers=viewers,
            ramp=ramp,
            steady=steady,
        )


def is_steady(looks: Sequence[Sequence[Look]]) -> bool:
    """Whether the last looks at all pairs agree.

    A pair that sends nothing is steady. Where the estimator still holds one back, which
    may be on its way up, more looks have to agree.
    """
    held = any(one.limited for one in looks[-1])
    steps = HELD_STEPS if held else STEADY_STEPS
    if len(looks) < steps:
        return False
    for pair in zip(*looks[-steps:], strict=False):
        targets = [one.target for one in pair]
        if len({(one.width, one.height) for one in pair}) > 1:
            return False
        if max(targets) - min(targets) > STEADY * max(targets):
            return False
    return True


def streams(looks: Sequence[dict[str, Any]]) -> Iterator[Stream]:
    """Pixels are summed look by look, with the size at the end of each step."""
    passed = (looks[-1]["at"] - looks[0]["at"]) / 1000
    for number, last in enumerate(looks[-1]["pairs"]):
        own = [look["pairs"][number] for look in looks]
        first = own[0]
        pixels = sum(
            (after["frames"] - before["frames"]) * after["width"] * after["height"]
            for before, after in pairwise(own)
        )
        yield Stream(
            width=last["width"],
            height=last["height"],
            pictures=(last["frames"] - first["frames"]) / passed,
            pixels=pixels / passed,
            bits=8 * (last["bytes"] - first["bytes"]) / passed,
            encoding=(last["encoding"] - first["encoding"]) / passed,
            limits=frozenset(limit for one in own for limit in one["limits"]),
        )


def received(
    before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]], passed: float
) -> Iterator[float]:
    """Complete pictures of the camera a second, by viewer."""
    for first, last in zip(before, after, strict=True):
        yield (pictures(last) - pictures(first)) / passed


def pictures(facts: dict[str, Any]) -> int:
    return sum(slot["pictures"] for slot in facts["slots"])


@contextlib.contextmanager
def sending(
    browser: Browser,
    pid: int,
    meeting: Meeting,
    crowd: Crowd,
    viewers: int,
    camera: Camera,
) -> Iterator[Sender]:
    """So many viewers are in, and a page that sends to all of them."""
    meeting.gather(crowd, viewers)
    wanted = {
        "width": camera.width,
        "height": camera.height,
        "frameRate": camera.rate,
    }
    context = browser.new_context(
        viewport=WINDOW,  # type: ignore[arg-type]  # a typed dict of these
    )
    try:
        context.add_init_script(SCRIPT.replace("__CAMERA__", json.dumps(wanted)))
        page = context.new_page()
        meeting.send(page)
        sender = Sender(page, crowd, viewers, pid)
        sender.connected()
        yield sender
    finally:
        context.close()
        crowd.leave()

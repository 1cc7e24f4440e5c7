"""One measurement each: the same steps on either side."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from bench.machine import Others
from bench.sides import Product, Side

SCRIPT = (Path(__file__).parent / "stopwatch.js").read_text()
LARGE = {"width": 640, "height": 360, "frameRate": 20}
SMALL = {"width": 320, "height": 180, "frameRate": 20}
WINDOW = {"width": 960, "height": 600}
# The others sit at machines of their own: theirs must not paint much on this one, which
# has no graphics card. The same on both sides.
ELSEWHERE = {"width": 320, "height": 240}
# A person takes a breath before the click; pages may use that time.
BREATH_MS = 500
# Said to keep a socket or a seat, not to introduce a pair.
NOT_SIGNALS = ("ping", "hello", "join")
# As many signals may introduce a pair.
MOST_SIGNALS = 6


@dataclass(frozen=True)
class Wait:
    """How long somebody waited, and how much else the machine had to do meanwhile."""

    ms: float
    others: float


@dataclass(frozen=True)
class Signals:
    """What two clients sent to introduce themselves."""

    messages: int
    bytes: int


def saw(page: Page, count: int, since: float, own: bool = False) -> float:
    found: float = page.evaluate(
        "([count, since, own]) => stopwatch.saw(count, since, own)", [count, since, own]
    )
    return found


def later(newcomer: Page, others: list[Page], since: float) -> float:
    """When everybody had seen the newcomer, and the newcomer everybody."""
    return max(
        saw(newcomer, len(others), since), *(saw(page, 1, since) for page in others)
    )


class Gathering:
    """Browser contexts of one sample, all asking for the same picture."""

    def __init__(self, browser: Browser, camera: dict[str, int]) -> None:
        self.browser = browser
        self.script = SCRIPT.replace("__CAMERA__", json.dumps(camera))

    def page(self, window: dict[str, int] = WINDOW) -> Page:
        context = self.browser.new_context(
            viewport=window,  # type: ignore[arg-type]  # a typed dict of these
        )
        context.add_init_script(self.script)
        return context.new_page()

    def members(
        self, side: Side, count: int, window: dict[str, int] = WINDOW
    ) -> list[Page]:
        """So many people in a call, each of whom sees all others."""
        inside: list[Page] = []
        for number in range(count):
            page = self.page(window)
            side.enter(page, number)
            saw(page, 1, 0, own=True)
            if inside:
                later(page, inside, 0)
            inside.append(page)
        for page in inside:
            saw(page, count - 1, 0)
        return inside

    def close(self) -> None:
        for context in self.browser.contexts:
            context.close()


@contextlib.contextmanager
def gathering(
    browser: Browser, side: Side, camera: dict[str, int]
) -> Iterator[Gathering]:
    if isinstance(side, Product):
        side.fresh()
    made = Gathering(browser, camera)
    try:
        yield made
    finally:
        made.close()


def click(browser: Browser, side: Side, people: int, camera: dict[str, int]) -> Wait:
    """Click on "Join" of the last of so many, camera open, until all see each other."""
    with gathering(browser, side, camera) as made:
        inside = made.members(side, people - 1, ELSEWHERE)
        newcomer = made.page()
        side.door(newcomer, people)
        saw(newcomer, 1, 0, own=True)
        newcomer.wait_for_timeout(BREATH_MS)
        others = Others()
        side.press(newcomer)
        pressed: float = newcomer.evaluate("() => stopwatch.pressed")
        end = later(newcomer, inside, pressed)
        return Wait(end - pressed, others.share())


def reload(browser: Browser, side: Side) -> Wait:
    """A reload in a call of two, from the navigation until both see each other."""
    with gathering(browser, side, LARGE) as made:
        stays, goes = made.members(side, 2)
        goes.wait_for_timeout(BREATH_MS)
        others = Others()
        goes.reload(wait_until="commit")
        began: float = goes.evaluate("() => stopwatch.began")
        return Wait(later(goes, [stays], began) - began, others.share())


def signals(browser: Browser, side: Side) -> Signals:
    """What both clients of a pair send after the welcome, until all is said."""
    sent: list[str] = []
    with gathering(browser, side, LARGE) as made:
        (member,) = made.members(side, 1)
        newcomer = made.page()
        newcomer.on(
            "websocket",
            lambda socket: socket.on("framesent", lambda text: sent.append(str(text))),
        )
        # The member's socket opened before anybody listened: start anew, listening.
        member.on(
            "websocket",
            lambda socket: socket.on("framesent", lambda text: sent.append(str(text))),
        )
        member.reload()
        saw(member, 1, 0, own=True)
        side.door(newcomer, 2)
        saw(newcomer, 1, 0, own=True)
        newcomer.wait_for_timeout(BREATH_MS)
        before = len(sent)
        side.press(newcomer)
        later(newcomer, [member], 0)
        for page in (newcomer, member):
            page.evaluate("() => stopwatch.quiet()")
        newcomer.wait_for_timeout(BREATH_MS)
        counted = [
            text
            for text in sent[before:]
            if json.loads(text)["type"] not in NOT_SIGNALS
        ]
    return Signals(len(counted), sum(len(text.encode()) for text in counted))

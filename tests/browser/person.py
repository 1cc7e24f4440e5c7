"""One person at one browser, who sees and presses what has a name."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect
from playwright.sync_api import Error as BrowserError

from tests.servers import NotYet

WAIT_SECONDS = 20.0
POLL_MS = 40
SLOTS = ("audio", "video", "video", "audio")
Facts = dict[str, Any]


@dataclass
class Frame:
    """One WebSocket message as it went over the wire."""

    sent: bool
    message: Facts
    size: int

    @property
    def type(self) -> str:
        return str(self.message.get("type"))


@dataclass
class Person:
    """A browser context with one page: cookies, camera and name of one person."""

    context: BrowserContext
    page: Page
    name: str
    url: str
    frames: list[Frame] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    excused: list[str] = field(default_factory=list)
    room: str = ""

    def __post_init__(self) -> None:
        self.page.on("websocket", self._listen)
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on(
            "console",
            lambda said: (
                self.faults.append(said.text) if said.type == "error" else None
            ),
        )

    def _listen(self, socket: Any) -> None:
        def keep(sent: bool, payload: str | bytes) -> None:
            text = payload if isinstance(payload, str) else payload.decode()
            self.frames.append(Frame(sent, json.loads(text), len(text.encode())))

        socket.on("framesent", lambda payload: keep(True, payload))
        socket.on("framereceived", lambda payload: keep(False, payload))

    def excuse(self, pattern: str) -> None:
        """Console errors like this are what the test provokes."""
        self.excused.append(pattern)

    def unexcused(self) -> list[str]:
        return [
            fault
            for fault in self.faults
            if not any(re.search(pattern, fault) for pattern in self.excused)
        ]

    def close(self) -> None:
        """Close the tab as its owner does."""
        self.page.close()

    def second_tab(self, name: str) -> Person:
        """Another page of the same browser profile: the same cookies."""
        return Person(self.context, self.context.new_page(), name, self.url)

    # Waiting

    def wait_until(
        self, fact: Callable[[], object], what: str, seconds: float = WAIT_SECONDS
    ) -> None:
        """Return when `fact` is true, letting the browser's events in meanwhile."""
        end = time.monotonic() + seconds
        while not fact():
            if time.monotonic() > end:
                faults = "\n".join(self.unexcused())
                raise NotYet(f"{self.name} {what}: not within {seconds:g} s\n{faults}")
            self.page.wait_for_timeout(POLL_MS)

    # Doors

    def goto(self, path: str) -> None:
        self.page.goto(self.url + path)

    def open(self, link: str) -> None:
        """Open the call page, up to where the server has answered."""
        self.room = link
        self.goto(link)
        self.wait_until(lambda: self.got("door"), "stands at the door")

    @property
    def join_button(self) -> Locator:
        return self.page.get_by_role("button", name="Join", exact=True)

    def press_join(self) -> None:
        """Give the name, where it is asked for, and press Join."""
        field = self.page.get_by_label("Your name", exact=True)
        expect(self.join_button).to_be_enabled()
        if field.input_value() != self.name:
            field.fill(self.name)
        self.join_button.click()

    def join(self, link: str | None = None) -> Person:
        """Come in, up to where the toolbar of the call is there."""
        if link is not None:
            self.open(link)
        self.press_join()
        self.is_in()
        return self

    def is_in(self) -> None:
        expect(self.button("Leave")).to_be_visible(timeout=WAIT_SECONDS * 1000)

    # The call

    @property
    def toolbar(self) -> Locator:
        return self.page.get_by_role("toolbar")

    def button(self, name: str) -> Locator:
        """A button of the toolbar; a count may follow its name."""
        return self.toolbar.get_by_role("button", name=re.compile(rf"^{name}\b"))

    def press(self, name: str) -> None:
        self.button(name).click()

    @property
    def tiles(self) -> Locator:
        return self.page.locator('[data-part="tile"][data-seat]')

    def tile(self, name: str) -> Locator:
        return self.tiles.filter(has_text=name)

    @property
    def own_tile(self) -> Locator:
        return self.page.locator('[data-part="tile"][data-own]')

    @property
    def screens(self) -> Locator:
        return self.page.locator('[data-part="screen"]')

    @property
    def screen(self) -> Locator:
        return self.screens.first

    @property
    def written(self) -> Locator:
        """The texts of the chat, in order."""
        return self.page.locator('[data-part="log"] [data-part="text"]')

    def write(self, text: str) -> None:
        """Send a message in the open chat."""
        self.page.get_by_role("textbox", name="Message").fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()

    @property
    def seat(self) -> str:
        """The seat that the newest welcome gave."""
        return str(self.last("welcome").message["seat"])

    # What went over the socket

    def got(self, type_: str) -> list[Frame]:
        return [f for f in self.frames if not f.sent and f.type == type_]

    def sent(self, type_: str) -> list[Frame]:
        return [f for f in self.frames if f.sent and f.type == type_]

    def last(self, type_: str) -> Frame:
        return self.got(type_)[-1]

    def wait_for(self, type_: str, count: int = 1, or_else: str = "") -> Frame:
        """The newest message of a type, once so many of it (or another) have come."""

        def come() -> list[Frame]:
            return self.got(type_)[count - 1 :] or self.got(or_else)

        self.wait_until(come, f"is sent {type_}")
        return come()[-1]

    # What came over the mesh

    def pairs(self) -> list[Facts]:
        """The connections that are up, and what has arrived in each slot."""
        try:
            found: list[Facts] = self.page.evaluate("() => probe.pairs()")
        except BrowserError as fault:
            if "navigat" in str(fault) or "destroyed" in str(fault):
                return []
            raise
        return found

    def meets(
        self,
        others: int,
        *,
        sound: bool = True,
        picture: bool = True,
        seconds: float = 40,
    ) -> list[Facts]:
        """Wait until pictures and sound of exactly so many people are coming in.

        Pictures count as coming in when they grow from now on, sound when the jitter
        buffer hands it out and it has held energy.
        """
        before: dict[int, Facts] = {}
        now: list[Facts] = []

        def all_decode() -> bool:
            nonlocal now
            now = self.pairs()
            for pair in now:
                before.setdefault(pair["index"], pair)
            return len(now) == others and all(
                (not picture or sees(before[pair["index"]], pair))
                and (not sound or hears(before[pair["index"]], pair))
                for pair in now
            )

        try:
            self.wait_until(all_decode, f"meets {others}", seconds)
        except NotYet as fault:
            states = self.connections()
            raise NotYet(f"{fault}\n{states}\n{json.dumps(now, indent=1)}") from None
        for pair in now:
            assert_four_slots(pair)
        return now

    def hears(self, others: int) -> None:
        """Sound of so many people comes in; pictures may stay out."""
        self.meets(others, picture=False)

    def connections(self) -> list[str]:
        """The state of every RTCPeerConnection this page has made."""
        found: list[str] = self.page.evaluate(
            "() => probe.connections.map((one) => one.connectionState)"
        )
        return found

    def more_connections(self, than: int) -> None:
        self.wait_until(lambda: len(self.connections()) > than, "builds anew")

    def frames_grow(self, slot: int = 1) -> None:
        """Every pair decodes more pictures in this slot than it has by now."""
        before = {pair["index"]: pair for pair in self.pairs()}
        self.wait_until(
            lambda: all(
                pair["slots"][slot]["frames"]
                > before.get(pair["index"], pair)["slots"][slot]["frames"]
                for pair in self.pairs()
            ),
            f"decodes more pictures in slot {slot}",
        )

    def until_picture(self) -> None:
        """Wait until some video on the page plays."""
        self.wait_until(
            lambda: self.page.evaluate(
                """() => [...document.querySelectorAll("video")].some(
                  (video) => !video.paused && video.readyState > 2)"""
            ),
            "has a picture",
        )

    def tracks(self, kind: str) -> list[Facts]:
        """What this page opened on its own devices, of one kind, in order."""
        found: list[Facts] = self.page.evaluate("() => probe.tracks()")
        return [track for track in found if track["kind"] == kind]


def sees(before: Facts, now: Facts) -> bool:
    frames = [pair["slots"][1]["frames"] for pair in (before, now)]
    return bool(frames[1] > frames[0])


def hears(before: Facts, now: Facts) -> bool:
    emitted = [pair["slots"][0]["emitted"] for pair in (before, now)]
    return bool(emitted[1] > emitted[0] and now["slots"][0]["energy"] > 0)


def assert_four_slots(pair: Facts) -> None:
    """Microphone, camera, screen, screen sound: no more, and open both ways."""
    assert tuple(slot["kind"] for slot in pair["slots"]) == SLOTS
    for slot in pair["slots"]:
        assert slot["mid"] is not None
        assert (slot["direction"], slot["current"]) == ("sendrecv", "sendrecv")


def meet(*people: Person) -> None:
    """Everybody decodes everybody, both ways."""
    for person in people:
        person.meets(len(people) - 1)

"""By which way two pages are connected, as the browser says."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from playwright.sync_api import BrowserContext

from tests.browser.person import Person, meet
from tests.servers import NotYet

SCRIPT = File(__file__).with_name("paths.js").read_text()


@dataclass(frozen=True)
class Path:
    """The candidate pair in use: of each end host, srflx, prflx or relay."""

    local: str
    remote: str
    # udp or tcp; how the own TURN server is reached, if it is: udp, tcp or tls.
    protocol: str
    relay_protocol: str
    # Of the own end's address; "" where the browser keeps it to itself.
    address: str
    remote_address: str

    @property
    def kind(self) -> str:
        """As the table has it: `srflx/udp`, `relay/tls`."""
        return f"{self.local}/{self.relay_protocol or self.protocol}"

    @property
    def is_relayed(self) -> bool:
        """By either end's relay: each end may send by the other's."""
        return "relay" in (self.local, self.remote)

    @property
    def family(self) -> int:
        return 6 if ":" in self.address else 4


def install(context: BrowserContext) -> None:
    """Let the pages of this context say how they are connected; for after the probe."""
    context.add_init_script(SCRIPT)


def path(person: Person) -> Path:
    """How this page's one pair is connected."""
    (found,) = person.page.evaluate("() => paths.all()")
    return Path(**found)


def connected_at(person: Person) -> float:
    """When its newest connection was established, in seconds since 1970."""
    times: list[float] = person.page.evaluate("() => paths.connected")
    return times[-1] / 1000


@dataclass(frozen=True)
class Sound:
    """Samples that came in so far, and how many of them were made up for lost ones."""

    received: int
    concealed: int


def sound(person: Person) -> Sound:
    """Of all this page's connections that are up."""
    return Sound(**person.page.evaluate("() => paths.sound()"))


def candidates(person: Person) -> list[dict[str, Any]]:
    """What the page has found and been told of."""
    found: list[dict[str, Any]] = person.page.evaluate("() => paths.candidates()")
    return found


@dataclass(frozen=True)
class Meeting:
    """Two people who see and hear each other, and how that came about."""

    # From the click of who came last until both ends were connected.
    seconds: float
    paths: tuple[Path, Path]

    @property
    def kind(self) -> str:
        return ", ".join(path.kind for path in self.paths)


def met(first: Person, second: Person, clicked: float) -> Meeting:
    """Wait until both decode each other's picture and sound.

    `clicked` is when the later of them asked for the seat, in seconds since 1970.
    """
    try:
        meet(first, second)
    except NotYet as fault:
        found = {each.name: candidates(each) for each in (first, second)}
        raise NotYet(f"{fault}\n{json.dumps(found, indent=1)}") from None
    until = max(connected_at(first), connected_at(second))
    return Meeting(until - clicked, (path(first), path(second)))


def come(person: Person, room: str) -> float:
    """Join at the door; returns the second of the click."""
    person.open(room)
    clicked = time.time()
    person.press_join()
    person.is_in()
    return clicked

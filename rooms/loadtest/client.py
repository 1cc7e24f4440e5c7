"""Somebody in a call as the server sees them: a page's way to it, without a page.

As docs/protocol.md says of clients: hello, join, pings that say what was heard, and
back again with the resume token when the socket goes, for as long as it may.
"""

import asyncio
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from ..signalling.protocol import VERSION, Close
from .line import LOST, Line, Server

Frame = dict[str, Any]

PING_SECONDS = 5.0
SILENCE_SECONDS = 10.0
PING_CHARACTERS = 64 * 1024
"""After so many an extra ping tells the server that they were heard."""

BACKOFF_LEAST_SECONDS = 0.5
BACKOFF_MOST_SECONDS = 8.0

FINAL = frozenset(
    {
        Close.ABUSE,
        Close.REVOKED,
        Close.UNKNOWN_ROOM,
        Close.MOVED,
        Close.ROOM_DELETED,
        Close.ENDED,
        Close.REMOVED,
        Close.BAD_PROTOCOL,
    }
)
"""Close codes after which a client does not come back."""

SLOTS: Frame = {
    "microphone": "on",
    "camera": "on",
    "screen": "off",
    "screenAudio": "off",
}


@dataclass(frozen=True)
class Guest:
    """A browser that was shown the page of a room.

    `cookie` is the header it sends; `ticket` makes a fresh ticket for the same seat, as
    the page does when it is asked again.
    """

    link: str
    name: str
    cookie: str
    ticket: Callable[[], str]


class Watch:
    """What a client tells of itself; a subclass says what becomes of it.

    Called at once, in the order things happen, from within the loop.
    """

    def opened(self, client: "Client") -> None:
        """A socket is open; nothing was said on it yet."""

    def said(self, client: "Client", message: Frame) -> None:
        """A message has left."""

    def heard(self, client: "Client", frame: Frame) -> None:
        """Any frame, once the client itself has taken note of it."""

    def closed(self, client: "Client", code: int) -> None:
        """The socket is no more; the client comes back unless `over` is set."""


class Client:
    """One person, served by one socket after the other.

    `start()` opens the first; then it keeps itself in the call until `leave()`,
    `close()`, `vanish()`, or a close code that is final.
    """

    def __init__(
        self, server: Server, guest: Guest, watch: Watch | None = None
    ) -> None:
        self.server = server
        self.guest = guest
        self.watch = watch or Watch()
        self.instance = secrets.token_urlsafe(6)
        self.welcome: Frame = {}
        self.people: dict[str, Frame] = {}
        """The others in the call by seat, as `welcome` and what followed said."""
        self.version = 1
        self.slots: Frame = dict(SLOTS)
        self.sockets = 0
        """How many were tried."""
        self.opened = 0
        """How many were opened."""
        self.inside = asyncio.Event()
        """Set while a socket serves the seat."""
        self.over = asyncio.Event()
        """Set when no further socket will be tried."""
        self.offline = asyncio.Event()
        """Set while there is neither a socket nor an attempt to open one."""
        self.offline.set()
        self.code: int | None = None
        """How the last socket ended."""
        self.refused_with: int | None = None
        """The status with which the last handshake was refused, if it was."""
        self._line: Line | None = None
        self._resume = ""
        self._fresh = False
        self._failures = 0
        self._told_to_wait: float | None = None
        self._heard = 0
        self._unsaid = 0
        self._heard_at = 0.0
        self._ping_due: asyncio.TimerHandle | None = None
        self._retry_due: asyncio.TimerHandle | None = None

    @property
    def seat(self) -> str:
        return str(self.welcome.get("seat", ""))

    @property
    def since(self) -> int:
        return int(self.welcome.get("since", 0))

    def start(self) -> None:
        """Open a socket now, also where one was waited for."""
        if self._line is not None or self.over.is_set():
            return
        self._stop(self._retry_due)
        self.sockets += 1
        self.offline.clear()
        self._heard_at = self._now()
        self._line = Line(self.server, self.guest.link, self.guest.cookie, self)
        self._line.open()
        self._ping_later()

    @property
    def connected(self) -> bool:
        """Whether there is a socket, or an attempt to open one."""
        return not self.offline.is_set()

    async def come_in(self, seconds: float) -> None:
        """Wait until the seat is served; TimeoutError says that it was not in time."""
        async with asyncio.timeout(seconds):
            await self.inside.wait()

    def say(self, **message: Any) -> bool:
        """Send a message; false where it is lost, for no socket is open."""
        text = msgspec.json.encode(message).decode()
        if self._line is None or not self._line.say(text):
            return False
        self.watch.said(self, message)
        return True

    def show(self, **slots: str) -> bool:
        """Change what slots carry, and say so."""
        self.slots |= slots
        self.version += 1
        return self.say(type="state", version=self.version, slots=self.slots)

    def leave(self) -> None:
        """Give up the seat and go."""
        self.say(type="leave")
        self.close(1000)

    def close(self, code: int = 1001) -> None:
        """As a tab that is closed; the code may say something else."""
        self._finish()
        if self._line is not None:
            self._line.close(code)

    def vanish(self) -> None:
        """As a machine that is switched off: no word, and no return."""
        self._finish()
        self.lose()

    def lose(self) -> None:
        """Lose the socket as a network does: no word, and back at once."""
        if self._line is not None:
            self._line.cut()

    # What a line tells

    def line_opened(self, line: Line) -> None:
        self.opened += 1
        self._heard = self._unsaid = 0
        self._heard_at = self._now()
        self.watch.opened(self)
        token = (
            {"resume": self._resume}
            if self._resume
            else {"ticket": self.guest.ticket()}
        )
        self.say(type="hello", protocol=VERSION, instance=self.instance, **token)
        if self.welcome:
            self._join()

    def line_heard(self, line: Line, text: str) -> None:
        self._heard += 1
        self._unsaid += len(text)
        self._heard_at = self._now()
        frame: Frame = msgspec.json.decode(text)
        self._note(frame)
        self.watch.heard(self, frame)
        if self._unsaid >= PING_CHARACTERS or frame["type"] == "resync":
            self._ping()

    def line_lost(self, line: Line, code: int) -> None:
        self._line = None
        self.offline.set()
        self.inside.clear()
        self._stop(self._ping_due)
        self.code, self.refused_with = code, line.refused_with
        if code == Close.TICKET_REFUSED and not self._fresh:
            # Once, as a page asks for another ticket.
            self._resume, self._fresh = "", True
        elif code in FINAL or code == Close.TICKET_REFUSED:
            self._finish()
        self.watch.closed(self, code)
        if not self.over.is_set():
            self._retry_due = self._later(self._pause(), self.start)

    def _note(self, frame: Frame) -> None:
        match frame["type"]:
            case "door":
                self._failures = 0
                if not self.welcome:
                    self._join()
            case "welcome":
                self._failures, self._fresh = 0, False
                self.welcome, self._resume = frame, frame["resume"]
                others = {person["seat"]: person for person in frame["people"]}
                self.people = (self.people if frame["partial"] else {}) | others
                self.inside.set()
            case "peer-joined":
                self.people[frame["person"]["seat"]] = frame["person"]
            case "peer-left" | "peer-revoked":
                self.people.pop(frame["seat"], None)
            case "restarting":
                self._told_to_wait = frame["after"] / 1000

    def _join(self) -> None:
        self.say(
            type="join", name=self.guest.name, version=self.version, slots=self.slots
        )

    def _ping(self) -> None:
        self._unsaid = 0
        self.say(type="ping", heard=self._heard)

    def _ping_later(self) -> None:
        self._stop(self._ping_due)
        self._ping_due = self._later(PING_SECONDS, self._look)

    def _look(self) -> None:
        """Every few seconds: say what was heard, or see that nothing is."""
        self._ping_later()
        if self._now() - self._heard_at >= SILENCE_SECONDS:
            self.lose()
        else:
            self._ping()

    def _pause(self) -> float:
        """Seconds until the next attempt: as told, or none, or longer and longer."""
        told, self._told_to_wait = self._told_to_wait, None
        if told is not None:
            return told
        failures, self._failures = self._failures, self._failures + 1
        if failures == 0:
            return 0.0
        most = min(
            BACKOFF_MOST_SECONDS, BACKOFF_LEAST_SECONDS * 2.0 ** min(failures, 10)
        )
        return max(BACKOFF_LEAST_SECONDS, random.uniform(0, most))  # noqa: S311

    def _finish(self) -> None:
        self.over.set()
        self._stop(self._retry_due)
        self._stop(self._ping_due)

    def _later(self, seconds: float, act: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, act)

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


__all__ = ["LOST", "Client", "Frame", "Guest", "Server", "Watch"]

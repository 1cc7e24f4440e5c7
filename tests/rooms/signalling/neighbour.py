"""The room next door: two people of a real server who go on relaying, whatever happens.

    with Neighbour(server) as neighbour:
        ...  # the fault
        neighbour.goes_on()
    neighbour.verify(soak)

They run in a thread of their own, in the middle of a call: each sends the other
numbered candidates, and notes when which of them came. Real clients, which ping, resume
and come back by themselves.
"""

import asyncio
import http.cookiejar
import json
import re
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from rooms.loadtest.client import Client, Frame, Guest, Watch
from rooms.loadtest.line import Server
from tests.servers import Parley, wait_until

SECONDS = 15.0
EVERY_SECONDS = 0.025
"""Between two messages of one person: below the rate that `candidates` may have."""

ON_SECONDS = 30.0
"""For `goes_on`: hello and join again, should the fault have cost the sockets."""

P99_SECONDS = 0.25

_MAKE_ROOMS = """
from accounts.models import User
from rooms.models import Room
owner = User.objects.filter(email="owner@example.org").first()
owner = owner or User.objects.create_user("owner@example.org", "seven green apples")
for name in {names!r}:
    print(Room.objects.make(owner=owner, name=name, access="anyone", **{fields!r}).url)
"""


def rooms_on(server: Parley, *names: str, **fields: object) -> list[str]:
    """Make rooms there; their addresses. `fields` are columns of their rows."""
    code = _MAKE_ROOMS.format(names=names, fields=fields)
    made = server.manage("shell", "-v", "0", "-c", code).strip().splitlines()
    return made[-len(names) :]


def room_on(server: Parley, name: str = "Friday", **fields: object) -> str:
    return rooms_on(server, name, **fields)[0]


def guest_of(server: Parley, room: str, name: str) -> Guest:
    """A browser that has opened the room's page, without its script."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def page() -> Frame:
        with browser.open(room, timeout=SECONDS) as answer:
            data = re.search(rb'id="call-data"[^>]*>(.*?)</script>', answer.read())
        assert data is not None
        shown: Frame = json.loads(data[1])
        return shown

    first = [page()]
    link = first[0]["socket"].strip("/").split("/")[-1]
    return Guest(
        link,
        name,
        "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar),
        lambda: str((first.pop() if first else page())["ticket"]),
    )


def address_of(server: Parley) -> Server:
    return Server(f"http://127.0.0.1:{server.port}", server.url)


@dataclass(frozen=True)
class Relayed:
    """What became of the messages so far, in seconds where it is time."""

    sent: int
    arrived: int
    lost: int
    doubled: int
    disordered: int
    p50: float
    p99: float
    worst: float

    def __str__(self) -> str:
        return (
            f"{self.sent} sent, {self.lost} lost, {self.doubled} doubled, "
            f"{self.disordered} disordered; p50 {self.p50 * 1000:.1f} ms, "
            f"p99 {self.p99 * 1000:.1f} ms, worst {self.worst * 1000:.1f} ms"
        )


class Neighbour(Watch):
    """Two people who relay from the time it is entered until it is left.

    Leaving waits until all that was sent has come, or SECONDS; what is missing then
    counts as lost. Whatever failed in its thread is raised where it is left.
    """

    def __init__(
        self, server: Parley, room: str = "", *, other: Parley | None = None
    ) -> None:
        """`other`: the process of the second person, where they are many."""
        self.room = room or room_on(server, "Next door")
        guests = [guest_of(server, self.room, name) for name in ("Amara", "Mira")]
        homes = [address_of(server), address_of(other or server)]
        self.people = [
            Client(home, guest, self) for home, guest in zip(homes, guests, strict=True)
        ]
        self.errors: list[Frame] = []
        self.closes: list[int] = []
        self._sent: list[dict[int, float]] = [{}, {}]
        self._took: list[float] = []
        self._last = [-1, -1]
        self._doubled = self._disordered = 0
        self._inside = threading.Event()
        self._enough = threading.Event()
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._live, name="next door")

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            wait_until(lambda: self._inside.is_set() or self._fault, "next door")
            self.goes_on()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        if self._fault is not None:
            raise self._fault

    @property
    def so_far(self) -> Relayed:
        took = sorted(self._took)
        sent = sum(map(len, self._sent)) + len(took)
        return Relayed(
            sent=sent,
            arrived=len(took),
            lost=sent - len(took),
            doubled=self._doubled,
            disordered=self._disordered,
            p50=_at(took, 0.5),
            p99=_at(took, 0.99),
            worst=_at(took, 1.0),
        )

    def goes_on(self, messages: int = 20) -> None:
        """Wait until so many further messages have come."""
        until = len(self._took) + messages
        wait_until(
            lambda: len(self._took) >= until or self._fault,
            "the room next door goes on",
            ON_SECONDS,
        )

    def verify(self, soak: bool, *, lost: int = 0) -> Relayed:
        """All came, once and in order; with `soak` fast enough as well.

        `lost`: so many may have been under way when their process was killed.
        """
        told = self.so_far
        print(f"next door: {told}")  # noqa: T201
        assert told.sent > 0
        assert told.lost <= lost, told
        assert (told.doubled, told.disordered) == (0, 0), told
        assert self.errors == []
        if soak:
            assert told.p99 < P99_SECONDS, told
        return told

    # In its own thread

    def heard(self, client: Client, frame: Frame) -> None:
        if frame["type"] == "error":
            self.errors.append(frame)
        elif frame["type"] == "peer-candidates":
            self._arrived(1 - self.people.index(client), frame["number"])

    def closed(self, client: Client, code: int) -> None:
        self.closes.append(code)

    def _arrived(self, sender: int, number: int) -> None:
        sent = self._sent[sender].pop(number, None)
        if sent is None:
            self._doubled += 1
            return
        self._took.append(time.monotonic() - sent)
        self._disordered += number < self._last[sender]
        self._last[sender] = number

    def _live(self) -> None:
        try:
            asyncio.run(self._relay())
        except BaseException as fault:
            self._fault = fault

    async def _relay(self) -> None:
        for client in self.people:
            client.start()
            await client.come_in(SECONDS)
        await _until(lambda: all(client.people for client in self.people))
        self._inside.set()
        number = 0
        while not self._enough.is_set():
            for sender in (0, 1):
                self._send(sender, number)
            number += 1
            await asyncio.sleep(EVERY_SECONDS)
        await _until(lambda: not any(self._sent))
        for client in self.people:
            client.leave()
        await _until(lambda: not any(client.connected for client in self.people))

    def _send(self, sender: int, number: int) -> None:
        client, other = self.people[sender], self.people[1 - sender]
        # Who is on the way back has nothing to say meanwhile, and is not spoken to.
        if not (client.inside.is_set() and other.inside.is_set()):
            return
        self._sent[sender][number] = time.monotonic()
        line = "candidate:1 1 udp 2113937151 192.0.2.1 50000 typ host generation 0"
        one = {"candidate": line, "sdpMid": "0", "usernameFragment": "aB3d"}
        if not client.say(
            type="candidates", to=other.seat, epoch=1, number=number, candidates=[one]
        ):
            del self._sent[sender][number]

    def _end(self) -> None:
        self._enough.set()
        self._thread.join()


async def _until(fact: Callable[[], bool]) -> None:
    """Return when it is true, or when SECONDS are over."""
    for _ in range(int(SECONDS / EVERY_SECONDS)):
        if fact():
            return
        await asyncio.sleep(EVERY_SECONDS)


def _at(took: list[float], share: float) -> float:
    """The value that so great a share does not exceed; 0 of none."""
    return took[min(int(len(took) * share), len(took) - 1)] if took else 0.0

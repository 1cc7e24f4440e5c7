"""People at the real application's sockets, without a network and without waiting.

A `Meeting` holds the sockets of one test; `Caller` is one person's. Nothing sleeps:
time is a number that the test moves, and that nothing more was said is known from the
answer to a ping, since every socket's frames keep their order.
"""

import json
import secrets
from typing import Any, Self, TypeVar
from unittest import mock

from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import TestCase

from accounts.models import User
from conference.asgi import application
from rooms import access
from rooms.models import Room
from rooms.signalling import lifecycle, tickets
from rooms.signalling.protocol import VERSION
from rooms.signalling.seats import Clock
from rooms.visitors import Visitor
from tests.factories import make_room, make_user

Frame = dict[str, Any]
SomeSocket = TypeVar("SomeSocket", bound="Socket")

ORIGIN = settings.SITE_ORIGINS[0]
SLOTS = {"microphone": "on", "camera": "on", "screen": "off", "screenAudio": "off"}
SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
SECONDS = 10
"""After so long an answer that should come is taken to be missing."""


class Time:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.since_1970 = 1_795_000_000.0
        self.clock = Clock(lambda: self.seconds, lambda: self.since_1970)

    def pass_by(self, seconds: float) -> None:
        self.seconds += seconds
        self.since_1970 += seconds


class Closed(Exception):
    """The server closed the socket."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Socket:
    """A browser's socket; remembers every frame it got."""

    def __init__(self, path: str, cookies: dict[str, str] | None = None) -> None:
        headers = [(b"origin", ORIGIN.encode())]
        if cookies:
            jar = "; ".join(f"{name}={value}" for name, value in cookies.items())
            headers.append((b"cookie", jar.encode()))
        self.frames: list[Frame] = []
        self.is_open = False
        self.has_gone = False
        self.wire = WebsocketCommunicator(application, path, headers)

    async def open(self) -> Self:
        accepted, _ = await self.wire.connect(timeout=SECONDS)
        assert accepted
        self.is_open = True
        return self

    async def say_raw(self, text: str | None = None, data: bytes | None = None) -> None:
        event: Frame = {"type": "websocket.receive"}
        event |= {"text": text} if text is not None else {"bytes": data}
        await self.wire.send_input(event)

    async def say(self, **message: Any) -> None:
        await self.say_raw(json.dumps(message, ensure_ascii=False))

    async def next(self) -> Frame:
        """The next frame; raises Closed when there is none any more."""
        return self.took(await self.wire.receive_output(timeout=SECONDS))

    def took(self, event: Frame) -> Frame:
        """Note what came over the wire, and read it."""
        if event["type"] == "websocket.close":
            self.is_open = False
            raise Closed(event["code"])
        frame: Frame = json.loads(event["text"])
        self.frames.append(frame)
        return frame

    async def hears(self, kind: str) -> Frame:
        """The next frame, which has to be of this type."""
        frame = await self.next()
        assert frame["type"] == kind, frame
        return frame

    async def refused(self, code: str) -> Frame:
        frame = await self.hears("error")
        assert frame["code"] == code, frame
        return frame

    async def rest(self) -> list[Frame]:
        """Everything said to this socket up to now."""
        await self.say(type="ping", heard=len(self.frames))
        frames: list[Frame] = []
        while (frame := await self.next())["type"] != "pong":
            frames.append(frame)
        return frames

    async def silent(self) -> None:
        assert await self.rest() == []

    async def hears_only(self, *kinds: str) -> None:
        """Nothing was said but these, in this order."""
        heard = [frame["type"] for frame in await self.rest()]
        assert heard == [*kinds], heard

    async def closed(self) -> int:
        """The code with which the server closes now."""
        try:
            frame = await self.next()
        except Closed as end:
            return end.code
        raise AssertionError(f"not closed, but: {frame}")

    async def go(self, code: int = 1001) -> None:
        """The browser is gone; what the application raised, if it did, is raised."""
        self.is_open = False
        self.has_gone = True
        await self.wire.disconnect(code, timeout=SECONDS)


class Caller(Socket):
    """Somebody with a ticket."""

    def __init__(
        self,
        entry: tickets.Entry,
        name: str,
        cookies: dict[str, str],
        token: dict[str, str] | None = None,
        instance: str | None = None,
    ) -> None:
        super().__init__(f"/ws/rooms/{entry.link}/", cookies)
        self.entry = entry
        self.name = name
        self.cookies = cookies
        self.token = token or {
            "ticket": tickets.issue(entry, tickets.bind_of(cookies)),
        }
        self.instance = instance or secrets.token_urlsafe(6)
        self.welcome: Frame = {}

    @property
    def seat(self) -> str:
        return str(self.welcome["seat"])

    async def hello(self) -> Frame:
        """Say hello and be shown the door."""
        await self.say(
            type="hello", protocol=VERSION, instance=self.instance, **self.token
        )
        return await self.hears("door")

    async def ask(self, **fields: Any) -> None:
        """Click on "Join"."""
        message = {"type": "join", "name": self.name, "version": 1, "slots": SLOTS}
        await self.say(**(message | fields))

    async def join(self, **fields: Any) -> Self:
        await self.ask(**fields)
        return await self.is_welcome()

    async def is_welcome(self) -> Self:
        self.welcome = await self.hears("welcome")
        return self

    def again(self, *, same_page: bool) -> "Caller":
        """The same person's next socket: of the same page, or of the page reloaded."""
        return Caller(
            self.entry,
            self.name,
            self.cookies,
            {"resume": self.welcome["resume"]},
            self.instance if same_page else None,
        )


class Meeting:
    """The sockets of one test in one or several rooms; ends them all."""

    def __init__(self) -> None:
        self.time = Time()
        self.sockets: list[Socket] = []
        self._clock = lifecycle.hub.clock
        # As Django's own test client: the connection holds the test's transaction.
        self._keep = mock.patch("channels.db.close_old_connections")

    async def __aenter__(self) -> Self:
        lifecycle.hub.clock = self.time.clock
        self._keep.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        # A server tells of the end of those as well that the application closed.
        for socket in self.sockets:
            if not socket.has_gone:
                await socket.go()
        await lifecycle.stop()
        lifecycle.hub.clock = self._clock
        self._keep.stop()

    async def opened(self, socket: SomeSocket) -> SomeSocket:
        self.sockets.append(socket)
        await socket.open()
        return socket

    async def caller(
        self,
        room: Room,
        name: str = "Mira",
        user: User | None = None,
        guest: str = "",
    ) -> Caller:
        """Somebody with an open socket who has not said anything yet."""
        guest = guest or secrets.token_hex(8)
        role = await sync_to_async(access.role_in)(room, user)
        invited = await sync_to_async(access.is_invited)(room, Visitor(user, guest))
        entry = await sync_to_async(tickets.entry_for)(
            room, user, guest, role, invited=invited
        )
        cookies = {"parley_guest": guest}
        return await self.opened(Caller(entry, name, cookies))

    async def at_door(
        self,
        room: Room,
        name: str = "Mira",
        user: User | None = None,
        guest: str = "",
    ) -> Caller:
        caller = await self.caller(room, name, user, guest)
        await caller.hello()
        return caller

    async def joined(
        self,
        room: Room,
        name: str = "Mira",
        user: User | None = None,
        guest: str = "",
    ) -> Caller:
        """Somebody in the call. Those who were there have heard of it afterwards."""
        caller = await self.at_door(room, name, user, guest)
        return await caller.join()

    async def back(self, caller: Caller, *, same_page: bool) -> Caller:
        """The person's next socket, at the door."""
        again = await self.opened(caller.again(same_page=same_page))
        await again.hello()
        return again

    async def some_time(self, seconds: float) -> None:
        """Let so much time pass in a process that runs, and what is due happen."""
        while seconds > 0:
            self.time.pass_by(min(seconds, 1.0))
            lifecycle.hub.tick()
            seconds -= 1.0


async def quiet(*sockets: Socket) -> None:
    """Hear out what was said so far."""
    for socket in sockets:
        await socket.rest()


class CallTestCase(TestCase):
    """Three rooms: one for two people, one next door, one that is large."""

    owner: User
    room: Room
    other_room: Room
    big_room: Room

    @classmethod
    def setUpTestData(cls) -> None:
        cls.owner = make_user("Amara Osei")
        cls.room = make_room(cls.owner, people_limit=2)
        cls.other_room = make_room(cls.owner, "Next door")
        cls.big_room = make_room(cls.owner, "Big table", people_limit=8)

"""Two people meet through real servers: page, ticket, socket, farewell, return."""

import http.cookiejar
import json
import re
import signal
import sqlite3
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from functools import partial
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.asgi_servers import COMMANDS, other_server
from tests.servers import Parley, parley_server, wait_until

from .neighbour import room_on

SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
SLOTS = {"microphone": "on", "camera": "on", "screen": "off", "screenAudio": "off"}
SECONDS = 10
SERVERS: dict[str, Callable[[], AbstractContextManager[Parley]]] = {
    "daphne": parley_server,
    "daphne, the long way": partial(parley_server, FAST_SOCKETS="False"),
    **{command: partial(other_server, command) for command in COMMANDS},
}


class Visitor:
    """A browser that has opened a call's page, without its script."""

    def __init__(
        self, server: Parley, room: str, name: str, sockets: ExitStack
    ) -> None:
        jar = http.cookiejar.CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        with browser.open(room, timeout=SECONDS) as page:
            data = re.search(rb'id="call-data"[^>]*>(.*?)</script>', page.read())
        assert data is not None
        self.page: dict[str, Any] = json.loads(data[1])
        self.name = name
        self.instance = f"page-{name}"
        self.server = server
        self.cookies = "; ".join(f"{one.name}={one.value}" for one in jar)
        self.sockets = sockets
        self.socket = self.connected()

    def connected(self) -> ClientConnection:
        server = self.server
        return self.sockets.enter_context(
            connect(
                f"ws://localhost:{server.port}{self.page['socket']}",
                origin=Origin(server.url),
                additional_headers={"Cookie": self.cookies},
            )
        )

    def say(self, **message: Any) -> None:
        self.socket.send(json.dumps(message))

    def hears(self, kind: str) -> dict[str, Any]:
        """The next message of this type, whatever comes before it."""
        while True:
            message: dict[str, Any] = json.loads(self.socket.recv(SECONDS))
            assert message["type"] != "error", message
            if message["type"] == kind:
                return message

    def join(self, **token: str) -> dict[str, Any]:
        token = token or {"ticket": self.page["ticket"]}
        protocol = self.page["protocol"]
        self.say(type="hello", instance=self.instance, protocol=protocol, **token)
        self.hears("door")
        self.say(type="join", name=self.name, version=1, slots=SLOTS)
        return self.hears("welcome")

    def comes_back(self, welcome: dict[str, Any]) -> dict[str, Any]:
        """The same page, on a new socket."""
        self.socket = self.connected()
        return self.join(resume=welcome["resume"])

    def closed(self) -> int | None:
        try:
            while True:
                self.socket.recv(SECONDS)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else None


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Parley]:
    with SERVERS[request.param]() as started:
        yield started


@pytest.fixture
def visit(server: Parley) -> Iterator[Callable[[str], Visitor]]:
    """Opens the page of one room, of this test alone."""
    room = room_on(server)
    with ExitStack() as sockets:
        yield lambda name: Visitor(server, room, name, sockets)


def test_an_end_is_told_leaves_no_seats_and_takes_no_place(
    server: Parley, visit: Callable[[str], Visitor]
) -> None:
    def seats() -> int:
        with sqlite3.connect(server.folder / "parley.sqlite3") as database:
            (count,) = database.execute("SELECT count(*) FROM rooms_seat").fetchone()
        database.close()
        return int(count)

    inside = visit("Amara")
    before = inside.join()
    door = visit("Mira")
    wait_until(lambda: seats() == 1, "the seat is copied")
    server.end(signal.SIGTERM)
    assert inside.hears("restarting")["after"] < 10_000
    assert inside.closed() == 1012
    assert door.closed() == 1012
    # Everybody has left, and not been cut off: only then rows go.
    assert seats() == 0
    assert "Traceback" not in server.words()
    assert "Error" not in server.words()

    server.start()
    after = inside.comes_back(before)
    assert (after["seat"], after["since"]) == (before["seat"], before["since"])


def test_people_meet_and_part(server: Parley, visit: Callable[[str], Visitor]) -> None:
    amara = visit("Amara")
    seat = amara.join()["seat"]
    mira = visit("Mira")
    welcome = mira.join()
    assert [person["seat"] for person in welcome["people"]] == [seat]
    assert amara.hears("peer-joined")["person"]["seat"] == welcome["seat"]

    mira.say(type="offer", to=seat, epoch=1, number=0, sdp=SDP)
    offer = amara.hears("peer-offer")
    assert (offer["from"], offer["sdp"]) == (welcome["seat"], SDP)

    # Frames over the server's limit end their sender's socket and no other.
    mira.socket.send(" " * 70_000)
    assert mira.closed() == 1009
    again = visit("Tomas")
    third = again.join()["seat"]
    assert amara.hears("peer-joined")["person"]["seat"] == third
    again.socket.close(1001)
    assert amara.hears("peer-left") == {
        "type": "peer-left",
        "seat": third,
        "reason": "closed",
    }
    assert "Traceback" not in server.words()

"""What a real server writes while people talk and others attack: by room and seat, and
without anything that opens a door, shows media or leads to somebody's house."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from rooms.loadtest.client import Client, Frame, Watch
from rooms.loadtest.ledger import Ledger
from rooms.loadtest.talk import Talk
from rooms.signalling.protocol import Close
from tests.rooms.signalling.neighbour import address_of, guest_of, room_on
from tests.servers import Parley, folder_for

SECONDS = 40
# Nobody's (RFC 5737, RFC 3849); a proxy of ours says that people come from there.
FAR = ("203.0.113.77", "2001:db8:12:34:56:78:9a:bc")
PASSWORD = "what they typed"  # noqa: S105 # opens nothing
BANNER = re.compile(r"^$|^  |^Parley ")
"""What `serve` prints before it listens; no line of the log begins so."""


@pytest.fixture(scope="module", params=["json", "text"])
def server(request: pytest.FixtureRequest) -> Iterator[Parley]:
    """One that says as much as it can."""
    with folder_for("logs") as folder:
        server = Parley(
            folder, LOG_FORMAT=request.param, LOG_LEVEL="DEBUG", TRUSTED_PROXIES="1"
        )
        server.prepare()
        try:
            yield server.start()
        finally:
            server.end()


class Overheard(Watch):
    """Everything that must not be written down."""

    def __init__(self) -> None:
        self.talk = Talk(Ledger())
        self.secrets: set[str] = set()

    def said(self, client: Client, message: Frame) -> None:
        for name in ("ticket", "resume"):
            if name in message:
                self.secrets |= parts(message[name])

    def heard(self, client: Client, frame: Frame) -> None:
        self.talk.heard(client, frame)
        if frame["type"] == "welcome":
            self.secrets |= parts(frame["resume"])


def parts(token: str) -> set[str]:
    """The token, and what of it would still be too much."""
    return {token, *(part for part in token.split(":") if len(part) > 20)}


def attack(server: Parley, link: str) -> None:
    """What strangers send to pages; each is refused, and each may be logged."""
    key = urllib.parse.quote("AAAA:1xUMSu:" + "B" * 43)
    for path, data in (
        (f"/r/{link}/nothing/", None),
        (f"/ws/rooms/{link}/", None),
        (f"/r/{link}/?ticket={key}", None),
        (f"/mail/stop/{key}/", None),
        ("/accounts/login/", b"login=a&password=" + PASSWORD.encode()),
    ):
        for far in FAR:
            request = urllib.request.Request(
                f"{server.url}{path}", data, {"X-Forwarded-For": far}
            )
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(request, timeout=SECONDS).close()


def test_what_a_server_writes(server: Parley) -> None:
    room = room_on(server, "Friday")
    link = room.rstrip("/").rpartition("/")[2]
    overheard = Overheard()
    guests = [guest_of(server, room, f"Person {n}") for n in range(3)]
    abuser = Client(address_of(server), guests[2], overheard)

    async def story() -> None:
        people = [Client(address_of(server), each, overheard) for each in guests[:2]]
        async with asyncio.timeout(SECONDS):
            for client in [*people, abuser]:
                client.start()
                await client.inside.wait()
            while not overheard.talk.settled:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            # Somebody whose token is of another browser, and somebody who only shouts.
            stolen = guest_of(server, room, "Thief")
            thief = Client(address_of(server), stolen, overheard)
            thief._resume = str(people[0].welcome["resume"])
            thief.start()
            await thief.inside.wait()
            while not abuser.over.is_set():
                abuser.say(type="offer", to=people[0].seat, sdp="v=0\r\no=- 1 2 IN IP4")
                await asyncio.sleep(0)
            for client in [*people, thief]:
                client.leave()
                await client.offline.wait()

    asyncio.run(story())
    assert abuser.code == Close.ABUSE
    attack(server, link)
    server.end()
    said = server.words()
    server.start()

    forbidden = {
        *(link, PASSWORD, "candidate:", "typ host", "a=rtpmap", "IN IP4"),
        *(cookie for guest in guests for cookie in guest.cookie.split("=")[1:]),
        *("B" * 43, "Person 1"),
        *overheard.secrets,
    }
    assert len(forbidden) > 12
    lines = said.splitlines()
    assert not [line for line in lines if any(each in line for each in forbidden)]
    lines = [line for line in said.splitlines() if not BANNER.match(line)]
    watched = [line for line in lines if "accounts.watch" in line]
    for far in FAR:
        assert far not in "".join(set(lines) - set(watched))
    assert_says_of_whom(server, lines, abuser.seat)


def assert_says_of_whom(server: Parley, lines: list[str], seat: str) -> None:
    """The line of the abuser names room and seat, as fields where there are fields."""
    if server.env["LOG_FORMAT"] == "text":
        [line] = [line for line in lines if "Closed for abuse" in line]
        assert re.search(rf"\(room \d+, seat {re.escape(seat)}\)$", line)
        return
    assert not [line for line in lines if not line.startswith("{")]
    told = [json.loads(line) for line in lines]
    for each in told:
        assert {"time", "level", "logger", "message"} <= each.keys()
        assert each.keys() <= {
            *("time", "level", "logger", "message", "traceback", "room", "seat")
        }
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000", each["time"])
    [closed] = [each for each in told if each["message"] == "Closed for abuse"]
    assert closed["seat"] == seat
    assert isinstance(closed["room"], int)
    assert closed["logger"] == "rooms.signalling.consumer"

"""F14: where a server lets us wait for a slow reader, nobody else waits with it."""

import sys
from collections.abc import Iterator

import pytest

from rooms.signalling.backlog import BACKLOG_CHARACTERS
from tests.rooms.signalling.neighbour import Neighbour, rooms_on
from tests.servers import Parley, folder_for

from .rough import Rough, memory_of
from .test_f04_readers_that_stop import BUFFER, SPARE, Flood

SITE = "conference.asgi:application"
SERVERS = {
    "uvicorn": [
        *("-m", "uvicorn", SITE, "--host", "127.0.0.1", "--ws-max-size", "65536"),
        *("--ws-per-message-deflate", "false"),
    ],
    "granian": ["-m", "granian", SITE, "--host", "127.0.0.1", "--interface", "asgi"],
}


@pytest.fixture(scope="module", params=SERVERS)
def other(request: pytest.FixtureRequest) -> Iterator[Parley]:
    """The site, served by another server than its own."""
    with folder_for("other") as folder:
        server = Parley(folder)
        server.process.command = [
            *(sys.executable, *SERVERS[request.param]),
            *("--port", str(server.port)),
        ]
        server.prepare()
        try:
            yield server.start()
        finally:
            server.end()


def test_nobody_waits_for_a_reader_that_stops(other: Parley, soak: bool) -> None:
    room, next_door = rooms_on(other, "Fault", "Next door", people_limit=16)
    with (
        Neighbour(other, next_door) as neighbour,
        Flood(other, room, 2, 10 if soak else 1) as flood,
        Rough(other, room, "Prompt") as prompt,
        Rough(other, room, "Stopped", buffer=BUFFER) as stopped,
    ):
        prompt.join()
        stopped.join()
        before = memory_of(other)
        stopped.stop_reading()
        # `pour` returns when the senders' own pings have been answered.
        flood.pour(stopped)
        grown = memory_of(other) - before
        assert flood.characters > 8 * BACKLOG_CHARACTERS
        assert grown < min(SPARE, flood.characters / 2)
        sender = flood.senders[0]
        while sender.hears("peer-away")["seat"] != stopped.seat:
            pass
        sender.say(type="restart", to=prompt.seat, epoch=1, kind="ice")
        assert prompt.hears("peer-restart")["from"] == sender.seat
        neighbour.goes_on()
    neighbour.verify(soak)

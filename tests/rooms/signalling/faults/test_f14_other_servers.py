"""F14: where a server lets us wait for a slow reader, nobody else waits with it."""

from collections.abc import Iterator

import pytest

from rooms.signalling.backlog import BACKLOG_CHARACTERS
from tests.asgi_servers import COMMANDS, other_server
from tests.rooms.signalling.neighbour import Neighbour, rooms_on
from tests.servers import Parley

from .rough import Rough, memory_of
from .test_f04_readers_that_stop import BUFFER, SPARE, Flood


@pytest.fixture(scope="module", params=COMMANDS)
def other(request: pytest.FixtureRequest) -> Iterator[Parley]:
    """The site under another server than its own, started as documented."""
    with other_server(request.param) as server:
        yield server


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
        flood.hears_away(stopped.seat)
        sender = flood.senders[0]
        sender.say(type="restart", to=prompt.seat, epoch=1, kind="ice")
        assert prompt.hears("peer-restart")["from"] == sender.seat
        neighbour.goes_on()
    neighbour.verify(soak)

"""The room next door notices what it is there to notice."""

import signal

import pytest

from tests.servers import parley_server

from .neighbour import Neighbour


def test_it_relays_until_it_is_left() -> None:
    with parley_server() as server:
        with Neighbour(server) as neighbour:
            neighbour.goes_on(50)
        told = neighbour.verify(soak=False)
        assert told.arrived == told.sent >= 70
        assert neighbour.closes == [1000, 1000]
        assert 0 < told.p50 <= told.p99 <= told.worst


def test_it_comes_back_when_its_server_does_and_misses_what_was_lost() -> None:
    with parley_server() as server, Neighbour(server) as neighbour:
        seats = [client.seat for client in neighbour.people]
        server.end(signal.SIGKILL)
        server.start()
        neighbour.goes_on()
        assert [client.seat for client in neighbour.people] == seats
        # It counts, and does not believe.
        neighbour._arrived(0, -7)
        with pytest.raises(AssertionError):
            neighbour.verify(soak=False, lost=10_000)

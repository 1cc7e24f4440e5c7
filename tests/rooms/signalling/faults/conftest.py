"""One real server for the faults of one worker, and a room next door for each test."""

from collections.abc import Iterator

import pytest

from tests.rooms.signalling.neighbour import Neighbour, rooms_on
from tests.servers import Parley, parley_server

ROOMS = 60


@pytest.fixture(scope="session")
def server() -> Iterator[Parley]:
    with parley_server() as started:
        yield started
        assert "Traceback" not in started.words()


@pytest.fixture(scope="session")
def rooms(server: Parley) -> Iterator[str]:
    """As many rooms as tests may want, for 16 people each."""
    names = [f"Room {number}" for number in range(ROOMS)]
    return iter(rooms_on(server, *names, people_limit=16))


@pytest.fixture
def room(rooms: Iterator[str]) -> str:
    """The room where things go wrong, of this test alone."""
    return next(rooms)


@pytest.fixture
def neighbour(server: Parley, rooms: Iterator[str], soak: bool) -> Iterator[Neighbour]:
    """They relay throughout the test; it fails if they noticed anything."""
    with Neighbour(server, next(rooms)) as neighbour:
        yield neighbour
        neighbour.goes_on()
    neighbour.verify(soak)

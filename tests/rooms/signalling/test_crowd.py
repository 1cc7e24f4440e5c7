"""When each room of a process that ends is told to go, and to come back."""

import asyncio
import json
from collections.abc import Iterator
from unittest import mock

import pytest

from rooms.signalling.crowd import (
    JITTER_MS,
    MOVE_SECONDS,
    MOVES_A_SECOND,
    RETURN_MS,
    Crowd,
)


class Somebody:
    """A socket that notes what it was told."""

    def __init__(self, times: list[float]) -> None:
        self.times = times
        self.after: list[int] = []
        self.moment = 0.0
        self.code = 0

    def post(self, frame: str) -> None:
        message = json.loads(frame)
        assert message["type"] == "restarting"
        self.after.append(message["after"])
        self.moment = sum(self.times)

    def close(self, code: int) -> None:
        assert self.after, "told before it is closed"
        self.code = code


@pytest.fixture
def slept() -> Iterator[list[float]]:
    """How long the crowd has slept between rooms; nobody really does."""
    times: list[float] = []

    async def sleep(seconds: float) -> None:
        times.append(seconds)

    clock = mock.Mock(time=lambda: sum(times))
    with (
        mock.patch("rooms.signalling.crowd.asyncio.sleep", sleep),
        mock.patch(
            "rooms.signalling.crowd.asyncio.get_running_loop", return_value=clock
        ),
    ):
        yield times


def filled(
    times: list[float], rooms: int, people: int = 4
) -> tuple[Crowd, dict[str, list[Somebody]]]:
    crowd = Crowd()
    inside = {
        f"room-{number}": [Somebody(times) for _ in range(people)]
        for number in range(rooms)
    }
    for room, sockets in inside.items():
        for each in sockets:
            crowd.arrive(each, room)
    assert len(crowd) == rooms * people
    return crowd, inside


def test_each_room_has_one_moment(slept: list[float]) -> None:
    crowd, inside = filled(slept, 10)
    asyncio.run(crowd.move(60))
    moments = []
    for sockets in inside.values():
        assert {each.code for each in sockets} == {1012}
        assert all(0 <= each.after[0] < JITTER_MS for each in sockets)
        (moment,) = {each.moment for each in sockets}
        moments.append(moment)
    assert sorted(moments) == pytest.approx([MOVE_SECONDS * n / 10 for n in range(10)])


def test_people_of_one_room_do_not_come_back_in_one_moment(slept: list[float]) -> None:
    crowd, inside = filled(slept, 1, people=16)
    asyncio.run(crowd.move(60))
    assert len({each.after[0] for each in inside["room-0"]}) > 1


def test_many_are_spread_over_longer(slept: list[float]) -> None:
    crowd, inside = filled(slept, 750)
    asyncio.run(crowd.move(60))
    wanted = 3000 / MOVES_A_SECOND
    last = max(sockets[0].moment for sockets in inside.values())
    assert last == pytest.approx(wanted, rel=0.01)


def test_nothing_lasts_longer_than_it_may(slept: list[float]) -> None:
    crowd, inside = filled(slept, 750)
    asyncio.run(crowd.move(2))
    assert max(sockets[0].moment for sockets in inside.values()) <= 2


def test_a_process_that_ends_now_tells_the_moments_instead(slept: list[float]) -> None:
    crowd, inside = filled(slept, 750)
    crowd.disperse(8)
    assert slept == []
    spread = []
    for sockets in inside.values():
        after = [each.after[0] for each in sockets]
        assert max(after) - min(after) < JITTER_MS
        assert {each.code for each in sockets} == {1012}
        spread.append(min(after))
    assert min(spread) >= RETURN_MS
    assert RETURN_MS + 7_000 < max(spread) < RETURN_MS + 8_000 + JITTER_MS


def test_a_small_site_comes_back_at_once(slept: list[float]) -> None:
    crowd, inside = filled(slept, 3)
    crowd.disperse(8)
    for sockets in inside.values():
        assert max(each.after[0] for each in sockets) < RETURN_MS + 2 * JITTER_MS


def test_who_comes_while_all_leave_is_sent_on(slept: list[float]) -> None:
    crowd, _ = filled(slept, 1)
    asyncio.run(crowd.move(60))
    late = [Somebody(slept) for _ in range(50)]
    for each in late:
        crowd.arrive(each, "room-9")
        assert each.code == 1012
    # A proxy may lead them here again and again: not many times a second.
    after = [each.after[0] for each in late]
    assert 1000 <= min(after) < max(after) < 3000
    assert max(after) - min(after) > 500


def test_it_says_when_the_last_has_gone() -> None:
    crowd, inside = filled([], 2, people=1)

    async def watched() -> bool:
        waiting = asyncio.create_task(crowd.emptied(60))
        for room, sockets in inside.items():
            await asyncio.sleep(0)
            assert not waiting.done()
            crowd.depart(sockets[0], room)
        return await waiting

    assert asyncio.run(watched())
    assert len(crowd) == 0
    assert asyncio.run(crowd.emptied(60))


def test_it_does_not_wait_for_ever() -> None:
    crowd, _ = filled([], 1, people=1)
    assert not asyncio.run(crowd.emptied(0.01))


def test_who_never_arrived_may_depart() -> None:
    crowd = Crowd()
    crowd.depart(Somebody([]), "room-0")
    assert len(crowd) == 0

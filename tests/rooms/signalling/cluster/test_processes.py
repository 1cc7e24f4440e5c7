"""Rooms over several processes, in virtual time: what breaks, and what comes of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from unittest import mock

import pytest

from rooms.signalling.cluster import remotes
from rooms.signalling.cluster.beats import Standing

from .simulation import Browser, World, now
from .virtual_time import run

ROOM = 7


def act(story: Callable[[World], Awaitable[None]], processes: int = 2) -> None:
    """Let a story happen in a world of its own."""

    async def told() -> None:
        world = World(1, processes)
        await asyncio.sleep(2)
        await story(world)
        await world.end()

    run(told())


@pytest.fixture(autouse=True)
def _no_fault_of_ours(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    faults = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert not faults, [each.getMessage() for each in faults]


async def some_time(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def until(fact: Callable[[], bool]) -> None:
    """Wait for what lasts for milliseconds only."""
    end = now() + 60
    while not fact():
        assert now() < end, "it never happens"
        await some_time(0.0001)


def test_two_people_on_two_processes_are_in_one_call() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, two)
        await some_time(1)
        assert amara.people.keys() == {mira.seat}
        assert mira.people.keys() == {amara.seat}
        mira.offer(amara.seat)
        amara.offer(mira.seat)
        await some_time(1)
        assert list(amara.heard.values()) == [[1]]
        assert list(mira.heard.values()) == [[1]]
        assert (one.cluster.homes, two.cluster.branches) == (1, 1)
        world.check()
        world.remove(mira)
        await some_time(1)
        assert amara.leavings == [(mira.seat, "closed")]
        world.remove(amara)
        await some_time(5)
        assert world.redis.get("home", ROOM) is None
        assert world.redis.get("seats", ROOM) is None
        assert (one.cluster.homes, two.cluster.branches) == (0, 0)

    act(story)


def test_a_home_that_dies_is_taken_over_and_nobody_is_seen_to_leave() -> None:
    async def story(world: World) -> None:
        one, two, three = world.living()
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, two)
        tomas = world.browser(ROOM, three)
        await some_time(3)
        since = {each.seat: each.entry.since for each in (amara, mira, tomas)}
        died = now()
        await world.kill(one)
        while tomas.people[mira.seat] and world.redis.get("home", ROOM) == one.name:
            await some_time(0.1)
        assert now() - died < 10
        await some_time(20)
        world.check()
        for each in (amara, mira, tomas):
            assert each.leavings == []
            assert each.entry.since == since[each.seat]

    act(story, 3)


def test_the_people_of_a_dead_branch_are_away_and_come_back() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, two)
        ghost = world.browser(ROOM, two)
        await some_time(3)
        since = mira.entry.since
        await two.kill()
        world.browsers.remove(ghost)
        await some_time(8)
        assert amara.leavings == []
        mira.connect(one)
        await some_time(1)
        assert mira.entry.since == since
        await some_time(40)
        assert amara.leavings == [(ghost.seat, "lost")]
        world.check()

    act(story)


def test_redis_away_and_back_leaves_everybody_where_they_were() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, two)
        tomas = world.browser(ROOM, two)
        await some_time(3)
        sinces = {each.seat: each.entry.since for each in world.browsers}
        world.redis.up = False
        await some_time(6)
        assert mira.welcome["partial"]
        assert mira.people.keys() == {amara.seat, tomas.seat}
        late = world.browser(ROOM, two)
        world.lose(tomas)
        await some_time(60)
        assert mira.people.keys() == {amara.seat, tomas.seat, late.seat}
        late_since = late.entry.since
        world.redis.restart()
        await some_time(10)
        assert amara.people.keys() == {mira.seat, tomas.seat, late.seat}
        await some_time(60)
        world.check()
        for each in (amara, mira, tomas):
            assert each.leavings == []
            assert each.entry.since == sinces[each.seat]
        assert late.entry.since == late_since
        assert not any(each.welcome["partial"] for each in world.browsers)

    act(story)


def test_somebody_who_resumes_elsewhere_while_redis_is_away_keeps_their_life() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, one)
        await some_time(3)
        since = mira.entry.since
        world.redis.up = False
        await some_time(5)
        mira.drop()
        mira.connect(two)
        await some_time(45)
        assert mira.entry.since == since
        assert mira.people.keys() == {amara.seat}
        world.redis.restart()
        await some_time(50)
        assert amara.leavings == mira.leavings == []
        assert mira.entry.since == since
        world.check()

    act(story)


def test_who_takes_over_shows_the_people_of_the_dead_as_away() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, two)
        await some_time(2)
        await one.kill()
        await some_time(8)
        (shown,) = mira.welcome["people"]
        assert (shown["seat"], shown["away"]) == (amara.seat, True)
        assert shown["since"] == amara.entry.since
        # Whoever was in the room the moment before the copy may still come back.
        assert mira.welcome["partial"]
        await some_time(40)
        assert mira.leavings == [(amara.seat, "lost")]

    act(story)


def test_a_home_that_lost_its_room_hands_over_those_without_a_socket() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, two)
        await some_time(3)
        world.redis.cut.add(one.name)
        await some_time(12)
        assert one.cluster.home_of(ROOM) == one.name
        assert two.cluster.home_of(ROOM) == two.name
        # Somebody came to the first while it was cut off, and lost their line there.
        tomas = world.browser(ROOM, one)
        await some_time(0.5)
        since = tomas.entry.since
        tomas.drop()
        world.redis.cut.clear()
        await some_time(8)
        call = two.hub.get(ROOM)
        assert call is not None
        seat = call.seats.get(tomas.seat)
        assert seat is not None
        assert (seat.since, seat.holder) == (since, None)
        tomas.connect(two)
        await some_time(2)
        assert tomas.entry.since == since
        assert {amara.seat, tomas.seat} == mira.people.keys()
        world.check()

    act(story)


def test_more_sockets_than_a_process_takes_are_sent_on() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        world.browser(ROOM, one)
        mira = world.browser(ROOM, two)
        await some_time(2)
        with mock.patch.object(remotes, "REMOTES_AT_MOST", 1):
            tomas = world.browser(ROOM, two)
            await some_time(3)
            assert tomas.welcome == {}
            assert len(one.cluster.remotes) == 1
            before = world.redis.commands
            await some_time(5)
            # Asked again once a beat, beside the beats and renewals of both.
            assert world.redis.commands - before < 10 * 5
        await some_time(5)
        assert mira.seat in tomas.people
        world.check()

    act(story)


def test_homes_move_when_a_process_drains() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, two)
        alone = world.browser(ROOM + 1, one)
        await some_time(3)
        await one.end()
        await some_time(1)
        assert one.cluster.home_of(ROOM) == two.name
        assert one.cluster.home_of(ROOM + 1) == one.name
        world.check()
        since = (amara.entry.since, alone.entry.since)
        for browser in (amara, alone):
            assert browser.line is not None
            browser.line.close(1012)
        await some_time(0)
        world.processes.remove(one)
        await some_time(5)
        await one.finish()
        await some_time(5)
        world.check()
        assert (amara.entry.since, alone.entry.since) == since
        assert mira.leavings == []

    act(story)


def test_clocks_of_processes_may_differ_by_hours() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        early = world.start_process(skew=-7200)
        late = world.start_process(skew=7200)
        await some_time(2)
        people = [world.browser(ROOM, each) for each in (early, one, late, two)]
        await some_time(3)
        sinces = [each.entry.since for each in people]
        assert sinces == sorted(set(sinces))
        await world.kill(early)
        await some_time(40)
        world.check()
        assert [each.entry.since for each in people] == sinces
        assert all(each.leavings == [] for each in people)
        newcomer = world.browser(ROOM, two)
        await some_time(2)
        assert newcomer.entry.since > max(sinces)

    act(story)


def test_rooms_of_one_process_do_not_touch_redis_with_what_is_said() -> None:
    async def story(world: World) -> None:
        amara = world.browser(ROOM)
        mira = world.browser(ROOM)
        await some_time(1)
        world.redis.commands = 0
        for _ in range(500):
            amara.offer(mira.seat)
        await some_time(0.05)
        ((_, numbers),) = mira.heard.items()
        assert len(numbers) == 500
        assert world.redis.commands <= 3  # Beats and renewals.

    act(story, 1)


def test_one_process_needs_no_answer_of_redis_to_let_people_in() -> None:
    async def story(world: World) -> None:
        world.redis.up = False
        amara = world.browser(ROOM)
        await some_time(3)
        mira = world.browser(ROOM)
        await some_time(0.1)
        assert amara.people.keys() == {mira.seat}
        world.redis.restart()
        await some_time(45)
        world.check()

    act(story, 1)


def test_a_lost_letter_is_noticed_and_made_good() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, two)
        await some_time(3)
        world.redis.loses = 1.0
        tomas = world.browser(ROOM, one)
        await some_time(0.5)
        assert tomas.seat not in mira.people
        world.redis.loses = 0.0
        await some_time(5)
        assert tomas.seat in mira.people
        world.check()
        assert amara.leavings == []

    act(story)


def test_who_came_while_redis_was_away_meets_all_the_others() -> None:
    """Those who stay on their sockets are told of them by a further welcome alone."""

    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, two)
        await some_time(3)
        world.redis.up = False
        await some_time(5)
        tomas = world.browser(ROOM, one)
        yuki = world.browser(ROOM, two)
        await some_time(5)
        apart = [{tomas.seat, mira.seat}, {yuki.seat, amara.seat}]
        assert [amara.people.keys(), mira.people.keys()] == apart
        world.redis.up = True
        await some_time(90)
        world.check()
        everybody = [amara, mira, tomas, yuki]
        assert [each.lines for each in everybody] == [1, 1, 1, 1]
        assert [each.leavings for each in everybody] == [[], [], [], []]
        for speaker in everybody:
            for each in everybody:
                if each is not speaker:
                    speaker.offer(each.seat)
        await some_time(1)
        assert [len(each.heard) for each in everybody] == [3, 3, 3, 3]

    act(story)


def test_who_comes_while_a_home_dies_meets_all_the_others() -> None:
    async def story(world: World) -> None:
        one, two, three = world.living()
        for process in (one, two, three):
            world.browser(ROOM, process)
            await some_time(1)
        await world.kill(one)
        for process in (two, three, two, three):
            world.browser(ROOM, process)
            await some_time(1)
        await some_time(60)
        world.check()

    act(story, 3)


def test_what_cannot_be_delivered_is_said() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, two)
        await some_time(3)
        world.redis.up = False
        amara.offer(mira.seat)
        mira.offer(amara.seat)
        await some_time(2.5)
        assert (amara.undeliverable, mira.undeliverable) == (1, 1)

    act(story)


@pytest.mark.parametrize("how", ["closes", "drops", "stays"])
def test_who_goes_while_redis_is_away_leaves_nothing_behind(how: str) -> None:
    """Nobody speaks in it, so no gap in what is said tells of it, either."""

    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        await some_time(1)
        mira = world.browser(ROOM, two)
        tomas = world.browser(ROOM, two)
        await some_time(3)
        world.redis.up = False
        await some_time(5)
        if how != "stays":
            world.browsers.remove(mira)
            mira.leave() if how == "closes" else mira.drop()
        await some_time(4)
        world.redis.up = True
        await some_time(80)
        world.check()
        assert (mira.seat in amara.people) == (how == "stays")
        assert tomas.seat in amara.people
        assert all(seat == mira.seat for seat, _ in amara.leavings)
        for browser in list(world.browsers):
            world.remove(browser)
        await some_time(45)
        assert (len(one.cluster.remotes), len(two.cluster.remotes)) == (0, 0)
        assert [*one.cluster.rooms, *two.cluster.rooms] == []
        assert world.redis.get("home", ROOM) is None

    act(story)


@pytest.mark.parametrize("how", ["closes", "drops", "stays"])
@pytest.mark.parametrize("whose", ["home", "branch"])
def test_a_cut_that_one_side_alone_notices_leaves_nothing_behind(
    whose: str, how: str
) -> None:
    """It ends before the other side takes anybody for dead; and nobody speaks."""

    async def story(world: World) -> None:
        (one,) = world.living()
        await some_time(0.5)
        two = world.start_process()
        await some_time(2)
        amara = world.browser(ROOM, one)
        await some_time(1)
        mira = world.browser(ROOM, two)
        tomas = world.browser(ROOM, two)
        await some_time(3.25)
        sinces = [each.entry.since for each in (amara, mira, tomas)]
        cut, other = (one, two) if whose == "home" else (two, one)
        # Two beats of its own get lost. The next tells it so, and gets through.
        world.redis.cut.add(cut.name)
        await some_time(2)
        world.redis.cut.clear()
        await until(lambda: not cut.cluster.beats.online)
        assert other.cluster.beats.online
        assert other.cluster.beats.standing(cut.name) is Standing.LIVES
        if how != "stays":
            world.browsers.remove(mira)
            mira.leave() if how == "closes" else mira.drop()
        await until(lambda: cut.cluster.beats.online)
        await some_time(20)
        # Who lost their line has 30 s; but no home serves a socket that is no more.
        assert one.cluster.home_of(ROOM) == two.cluster.home_of(ROOM) == one.name
        assert len(one.cluster.remotes) == (2 if how == "stays" else 1)
        await some_time(30)
        world.check()
        left = {mira.seat} if how != "stays" else set()
        assert {seat for seat, _ in amara.leavings} == left
        assert {seat for seat, _ in tomas.leavings} == left
        assert [each.entry.since for each in (amara, mira, tomas)] == sinces

    act(story, 1)


@pytest.mark.parametrize("processes", [1, 2])
def test_places_become_free_while_redis_is_away(processes: int) -> None:
    """A closed tab is nowhere; a lost one may be at another process."""

    async def story(world: World) -> None:
        one = world.living()[0]
        amara = world.browser(ROOM, one)
        mira = world.browser(ROOM, one)
        tomas = world.browser(ROOM, one)
        await some_time(3)
        world.redis.up = False
        await some_time(5)
        world.remove(mira)
        world.browsers.remove(tomas)
        tomas.drop()
        await some_time(60)
        call = one.hub.get(ROOM)
        assert call is not None
        assert amara.people.keys() == ({tomas.seat} if processes == 2 else set())
        assert call.seats.used == processes

    act(story, processes)


def test_a_copy_that_makes_no_sense_costs_only_itself() -> None:
    async def story(world: World) -> None:
        one, two = world.living()
        amara = world.browser(ROOM, one)
        await some_time(3)
        good = world.redis.get("seats", ROOM)
        await world.kill(one)
        bad = good.replace(b"Person 1", b"Pers\xff\xfe 1")
        assert bad != good
        world.redis.set("seats", ROOM, bad, 120)
        await some_time(20)
        assert world.redis.get("home", ROOM) == two.name
        mira = world.browser(ROOM, two)
        await some_time(2)
        assert mira.people.keys() == {amara.seat}
        world.check()

    act(story)


async def happen(world: World, seconds: float) -> None:
    """Let one thing after the other go wrong."""
    chance = world.chance
    end = now() + seconds
    while now() < end:
        what = chance.choice(
            ["nothing", "come", "go", "drop", "drop", "kill", "cut", "redis", "loss"]
        )
        if what == "come" and len(world.browsers) < 12:
            world.browser(chance.randrange(3))
        elif what == "go" and len(world.browsers) > 4:
            world.remove(chance.choice(world.browsers))
        elif what == "drop":
            world.lose(chance.choice(world.browsers))
        elif what == "kill" and len(world.living()) > 1:
            await world.kill(chance.choice(world.living()))
            world.start_process()
        elif what == "cut":
            name = chance.choice(world.living()).name
            world.redis.cut.add(name)
            await world.talk(chance.uniform(0.1, 12))
            world.redis.cut.discard(name)
        elif what == "redis":
            world.redis.up = False
            await world.talk(chance.uniform(0.1, 8))
            if chance.random() < 0.7:
                world.redis.restart()
            world.redis.up = True
        elif what == "loss":
            world.redis.loses = chance.choice([0.0, 0.05, 0.3])
            world.redis.doubles = chance.choice([0.0, 0.05])
        await world.talk(chance.uniform(0.1, 6))


async def come_to_rest(world: World) -> None:
    world.redis.loses = world.redis.doubles = 0.0
    world.redis.cut.clear()
    world.redis.up = True
    await world.talk(70)
    for browser in world.browsers:
        if not browser.connected:
            browser.connect(world.chance.choice(world.living()))
    await some_time(5)


def whatever_happens(seed: int, seconds: float) -> None:
    async def story() -> None:
        world = World(seed, 3)
        await some_time(2)
        for _ in range(6):
            world.browser(world.chance.randrange(3))
        await happen(world, seconds)
        await come_to_rest(world)
        try:
            world.check()
        except AssertionError as fault:
            raise AssertionError(f"seed {seed}: {fault}") from fault
        await world.end()

    run(story())


@pytest.fixture
def seeds(soak: bool) -> range:
    return range(120) if soak else range(12)


def test_whatever_happens_rooms_come_together_again(seeds: range) -> None:
    for seed in seeds:
        whatever_happens(seed, 90)


def test_nobody_is_in_two_minds(seeds: range) -> None:
    """A browser that never lost its socket is never seen to leave by another one."""

    async def story(seed: int) -> None:
        world = World(seed, 3)
        await some_time(2)
        people: list[Browser] = [
            world.browser(ROOM, world.living()[number % 3]) for number in range(6)
        ]
        await some_time(3)
        for _ in range(6):
            world.redis.up = False
            await world.talk(world.chance.uniform(0.1, 15))
            if world.chance.random() < 0.5:
                world.redis.restart()
            world.redis.up = True
            await world.talk(world.chance.uniform(0.1, 15))
        await come_to_rest(world)
        world.check()
        for each in people:
            assert each.leavings == [], (seed, each.name, each.leavings)
            assert not each.interrupted
        await world.end()

    for seed in seeds:
        run(story(seed))

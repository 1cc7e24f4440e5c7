"""Two real processes and a real Redis: people meet across them, and stay together."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.rooms.signalling.neighbour import Neighbour
from tests.servers import Parley, wait_until

from .site import Person, Site, site

NO_CAMERA = {"microphone": "on", "camera": "off", "screen": "off", "screenAudio": "off"}


@pytest.fixture(scope="module")
def two() -> Iterator[Site]:
    """One site for all tests; each has a room of its own, and mends what it breaks."""
    with site(2) as made:
        yield made
        for server in made.servers:
            assert "Traceback" not in server.words()


@contextmanager
def next_door(
    site: Site, soak: bool, server: int = 0, other: int | None = None
) -> Iterator[None]:
    """Two people who go on meanwhile, and miss nothing; with `other`, across."""
    home = site.servers[server]
    with Neighbour(
        home,
        f"{home.url}{site.room()}",
        other=None if other is None else site.servers[other],
    ) as neighbour:
        yield
        neighbour.goes_on()
    neighbour.verify(soak)


def across(site: Site, **room: bool) -> tuple[Person, Person]:
    """Two people in a new room: the first with its home, the other with a branch."""
    first, second = site.servers
    path = site.room(**room)
    amara = site.person(path, "Amara", first)
    mira = site.person(path, "Mira", second)
    amara.until(lambda: mira.seat in amara.people)
    assert mira.people.keys() == {amara.seat}
    return amara, mira


def see_each_other(*people: Person) -> None:
    for person in people:
        others = {each.seat for each in people if each is not person}
        person.until(
            lambda person=person, others=others: (  # type: ignore[misc]
                person.people.keys() == others
                and not any(each["away"] for each in person.people.values())
            )
        )


def are_as_before(people: dict[Person, tuple[str, int]]) -> None:
    """Same seats, same lives, and nobody was seen to leave."""
    for person, before in people.items():
        assert (person.seat, person.since) == before, person.name
        assert person.was_left_by() == []


def lives(*people: Person) -> dict[Person, tuple[str, int]]:
    return {each: (each.seat, each.since) for each in people}


def test_people_on_two_processes_meet_talk_and_part(two: Site) -> None:
    amara, mira = across(two, keeps_chat=True)
    assert mira.since > amara.since
    mira.offer(amara)
    offer = amara.hears("peer-offer")
    assert (offer["from"], offer["number"]) == (mira.seat, 1)
    amara.offer(mira)
    assert mira.hears("peer-offer")["from"] == amara.seat

    for count in (1, 2):
        for person in (amara, mira):
            chat = {"id": f"{person.instance}-{count}", "count": count, "at": 1}
            person.say(type="chat", text=f"{person.name} {count}", **chat)
    numbers = []
    for person in (amara, mira):
        chats = [person.hears("peer-chat") for _ in range(4)]
        numbers.append([(each["number"], each["text"]) for each in chats])
    assert numbers[0] == numbers[1]
    assert [number for number, _ in numbers[0]] == [1, 2, 3, 4]
    mira.say(type="chat-history", after=0)
    page = mira.hears("chat-page")["messages"]
    assert [each["own"] for each in page] == [
        each["text"].startswith("Mira") for each in page
    ]

    mira.say(type="state", version=2, slots=NO_CAMERA)
    assert amara.hears("peer-state")["slots"]["camera"] == "off"
    mira.say(type="offer", to="nobody", epoch=1, number=9, sdp=offer["sdp"])
    assert mira.hears("error")["code"] == "unknown-seat"
    mira.say(type="leave")
    assert amara.hears("peer-left")["reason"] == "left"
    assert mira.hears("door")["people"] == [{"name": "Amara", "picture": ""}]
    mira.say(type="state", version=3, slots=NO_CAMERA)
    assert mira.hears("error")["code"] == "not-yet"
    mira.join()
    amara.hears("peer-joined")
    mira.socket.close(1001)
    assert amara.hears("peer-left")["reason"] == "closed"


def test_hundreds_at_once_get_through_in_order(two: Site, soak: bool) -> None:
    """F10: no box holds a hundred for a whole process, and drops the rest."""
    # Next door the same two boxes are used, and nobody waits in them for long.
    with next_door(two, soak, other=1):
        hundreds_at_once(two)


def hundreds_at_once(two: Site) -> None:
    path = two.room()
    people = [
        two.person(path, f"Person{number}", two.servers[number % 2])
        for number in range(6)
    ]
    for person in people:
        person.rest()
    for _ in range(60):
        for number, person in enumerate(people):
            person.offer(people[(number + 1) % 6])
    for person in people:
        numbers = [person.hears("peer-offer")["number"] for _ in range(60)]
        assert numbers == list(range(1, 61))
        assert not [each for each in person.rest() if each["type"] == "error"]


def test_redis_killed_and_restarted_closes_and_forgets_nobody(
    two: Site, soak: bool
) -> None:
    """F9, F11, F12: no socket dies, all is delivered again, and a newcomer sees all."""
    with next_door(two, soak):
        redis_is_killed_and_restarted(two)


def redis_is_killed_and_restarted(two: Site) -> None:
    amara, mira = across(two)
    path = two.room()
    crowd = [
        two.person(path, f"Person{number}", two.servers[number % 2])
        for number in range(6)
    ]
    for person in crowd:
        person.rest()
    before = lives(amara, mira, *crowd)
    two.redis.end(signal.SIGKILL)
    two.redis.start()
    amara.gets_through(mira)
    mira.gets_through(amara)
    newcomer = two.person(path, "Tomas", two.servers[1])
    see_each_other(*crowd, newcomer)
    for person in crowd:
        person.rest()
    are_as_before(before)


def test_somebody_resumes_elsewhere_while_redis_is_away(two: Site, soak: bool) -> None:
    with next_door(two, soak, server=1):
        resumes_elsewhere_while_redis_is_away(two, soak)


def resumes_elsewhere_while_redis_is_away(two: Site, soak: bool) -> None:
    amara, mira = across(two)
    before = lives(amara, mira)
    two.redis.end(signal.SIGKILL)
    mira.until(lambda: mira.welcome["partial"])
    assert mira.people.keys() == {amara.seat}
    # Amara's network changes, and brings her to the other process.
    amara.socket.close_socket()
    begin = time.monotonic()
    amara.connect(two.servers[1]).join()
    if soak:
        assert time.monotonic() - begin < 5
    assert amara.welcome["partial"]
    assert amara.people.keys() == {mira.seat}
    amara.gets_through(mira)
    two.redis.start()
    amara.gets_through(mira)
    mira.gets_through(amara)
    tomas = two.person(mira.path, "Tomas", two.servers[0])
    see_each_other(amara, mira, tomas)
    are_as_before(before)


def test_a_home_that_is_killed_is_taken_over(two: Site, soak: bool) -> None:
    amara, mira = across(two)
    before = lives(amara, mira)
    first = two.servers[0]
    wait_until(lambda: two.is_copied(amara, mira), "the room is copied")
    died = time.monotonic()
    first.end(signal.SIGKILL)
    welcomes = mira.welcomes
    mira.until(lambda: mira.welcomes > welcomes)
    if soak:
        assert time.monotonic() - died < 10
    # Amara's seat is there, without a socket for the time being.
    assert mira.people[amara.seat]["away"]
    amara.connect(two.servers[1]).join()
    see_each_other(amara, mira)
    amara.gets_through(mira)
    are_as_before(before)
    first.start()
    tomas = two.person(mira.path, "Tomas", first)
    see_each_other(amara, mira, tomas)


def test_the_people_of_a_killed_branch_are_away_until_they_return(two: Site) -> None:
    amara, mira = across(two)
    before = lives(amara, mira)
    second = two.servers[1]
    second.end(signal.SIGKILL)
    amara.until(lambda: amara.people[mira.seat]["away"])
    second.start()
    mira.connect(second).join()
    see_each_other(amara, mira)
    mira.gets_through(amara)
    are_as_before(before)


@contextmanager
def stopped(server: Parley) -> Iterator[None]:
    """A process stands still meanwhile, as a machine that is suspended does."""
    os.killpg(server.process.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(server.process.pid, signal.SIGCONT)


def test_a_home_that_stood_still_finds_its_people_again(two: Site, soak: bool) -> None:
    amara, mira = across(two)
    wait_until(lambda: two.is_copied(amara, mira), "the room is copied")
    welcomes = mira.welcomes
    stands_still(
        two,
        soak,
        0,
        (amara, mira),
        lambda: mira.until(lambda: mira.welcomes > welcomes),
    )


def test_a_branch_that_stood_still_finds_its_people_again(
    two: Site, soak: bool
) -> None:
    amara, mira = across(two)
    stands_still(
        two,
        soak,
        1,
        (amara, mira),
        lambda: amara.until(lambda: amara.people[mira.seat]["away"]),
    )


def stands_still(
    two: Site,
    soak: bool,
    which: int,
    people: tuple[Person, Person],
    taken_for_dead: Callable[[], None],
) -> None:
    """One of two processes is stopped until it is taken for dead, or far longer."""
    amara, mira = people
    before = lives(amara, mira)
    with stopped(two.servers[which]):
        taken_for_dead()
        if soak:
            time.sleep(15)
    amara.gets_through(mira)
    mira.gets_through(amara)
    tomas = two.person(mira.path, "Tomas", two.servers[which])
    see_each_other(amara, mira, tomas)
    are_as_before(before)


def test_homes_move_before_their_process_ends(two: Site, soak: bool) -> None:
    """F7: what is on its way gets there, and the other process's rooms go on."""
    with next_door(two, soak, server=1):
        homes_move(two)


def homes_move(two: Site) -> None:
    amara, mira = across(two)
    before = lives(amara, mira)
    first = two.servers[0]
    first.end(signal.SIGTERM)
    amara.connect(two.servers[1]).join()
    see_each_other(amara, mira)
    mira.gets_through(amara)
    are_as_before(before)
    first.start()

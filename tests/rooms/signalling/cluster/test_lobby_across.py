"""Two real processes: people knock at one, and hosts are at the other."""

import signal
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from redis import Redis

from rooms.signalling.cluster.packets import unpack_copy
from tests.servers import Parley, wait_until

from .acts import Acts, Made
from .site import SECONDS, SLOTS, Person, Site, site
from .test_revocation import closed

REMOVED = 4412
TO_THE_WAITING = {"door", "knocking", "turned-away", "pong"}


@pytest.fixture(scope="module")
def two() -> Iterator[Site]:
    with site(2) as made:
        yield made
        for server in made.servers:
            assert "Traceback" not in server.words()


@pytest.fixture(scope="module")
def acts(two: Site) -> Iterator[Acts]:
    with Acts(two.servers[0]) as made:
        yield made


def owner(two: Site, made: Made, server: Parley) -> Person:
    """Inside, where everybody else has to knock from now on."""
    amara = Person(two, made["path"], "Amara", server, made["sessions"][0])
    amara.connect(server).join()
    amara.say(type="lobby", lobby=True)
    assert amara.hears("room-changed")["room"]["lobby"]
    return amara


def knocks(two: Site, made: Made, name: str, server: Parley) -> Person:
    person = Person(two, made["path"], name, server)
    person.connect(server)
    person.say(type="join", name=name, version=1, slots=SLOTS)
    person.hears("knocking")
    return person


def shown(amara: Person, *names: str) -> list[str]:
    """The seats of those who knock, once it is these."""
    while True:
        people = amara.hears("knocks")["people"]
        if [each["name"] for each in people] == [*names]:
            return [each["seat"] for each in people]


def test_who_knocks_at_a_branch_is_shown_and_let_in(two: Site, acts: Acts) -> None:
    made = acts.do("make", {"member": False})
    first, second = two.servers
    amara = owner(two, made, first)
    mira = knocks(two, made, "Mira", second)
    june = knocks(two, made, "June", second)
    of_mira, of_june = shown(amara, "Mira", "June")
    amara.say(type="admit", seats=[of_mira])
    mira.hears("welcome")
    assert mira.seat == of_mira
    assert {each["name"] for each in mira.people.values()} == {"Amara"}
    amara.say(type="refuse", seats=[of_june])
    june.hears("turned-away")
    assert {frame["type"] for frame in june.frames} <= TO_THE_WAITING
    assert all(frame.get("people", []) == [] for frame in june.frames)

    amara.say(type="remove", to=mira.seat, ban=False)
    assert closed(mira, SECONDS) == REMOVED
    for server in two.servers:
        # Another page, or the token she has, at whatever process.
        asked = Request(f"{server.url}{made['path']}", headers={"Cookie": mira.cookies})
        with pytest.raises(HTTPError) as refused:
            urlopen(asked, timeout=SECONDS)
        refused.value.close()
        assert refused.value.code == 403
        again = two.open(server, mira.page["socket"], mira.cookies)
        mira.socket = again
        mira.say(
            type="hello",
            protocol=mira.page["protocol"],
            instance="another",
            resume=mira.welcome["resume"],
        )
        assert mira.hears("error")["code"] == "kept-out"
        assert closed(mira, SECONDS) == REMOVED


def test_whoever_waits_still_does_when_the_home_is_killed(
    two: Site, acts: Acts
) -> None:
    made = acts.do("make", {"member": False})
    first, second = two.servers
    elias = Person(two, made["path"], "Elias", first, made["sessions"][2])
    elias.connect(first).join()
    amara = owner(two, made, second)
    june = knocks(two, made, "June", second)
    (seat,) = shown(amara, "June")
    wait_until(lambda: knows(two, seat), "who knocks is copied")
    first.end(signal.SIGKILL)
    try:
        welcomes = amara.welcomes
        amara.until(lambda: amara.welcomes > welcomes)
        assert shown(amara, "June") == [seat]
        assert {frame["type"] for frame in june.rest()} <= TO_THE_WAITING
        assert not june.welcome
        amara.say(type="admit", seats=[seat])
        june.hears("welcome")
    finally:
        first.start()


def knows(two: Site, seat: str) -> bool:
    """Whether Redis has a copy of a room at which this one has knocked."""
    with Redis.from_url(two.redis.url) as redis:
        found = [redis.get(key) for key in redis.keys("parley:*seats*")]
    copies = [unpack_copy(data) for data in found if isinstance(data, bytes)]
    return any(seat in copy.threshold.knocks for copy in copies)

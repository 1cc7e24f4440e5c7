"""Two real processes: hosts are obeyed wherever they and the call are, also without
Redis, and what they decided outlives the process that ran the call.
"""

import signal
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from redis import Redis

from rooms.signalling.cluster.packets import unpack_copy
from tests.servers import wait_until

from .acts import Acts
from .site import SECONDS, Person, Site, site
from .test_revocation import closed

WITHIN = 1.0
ENDED = 4411


class Table(NamedTuple):
    """Amara owns the room, Mira is a member there, Elias a guest with an account."""

    amara: Person
    mira: Person
    elias: Person


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


def table(two: Site, acts: Acts, *, host_at: int) -> Table:
    """All of them in a call that the first process runs; the host by this one."""
    made = acts.do("make", {"member": False})
    first = two.servers[0]
    mira = Person(two, made["path"], "Mira", first, made["sessions"][1])
    elias = Person(two, made["path"], "Elias", first, made["sessions"][2])
    host = two.servers[host_at]
    amara = Person(two, made["path"], "Amara", host, made["sessions"][0])
    for person, server in ((mira, first), (elias, first), (amara, host)):
        person.connect(server).join()
    for person in (amara, mira, elias):
        others = {each.seat for each in (amara, mira, elias) if each is not person}
        person.until(lambda p=person, o=others: p.people.keys() == o)  # type: ignore[misc]
    return Table(amara, mira, elias)


def stands(person: Person, of: Person, **facts: Any) -> None:
    """This is heard of somebody, after whatever comes before it."""
    end = time.monotonic() + SECONDS
    facts |= {"type": "peer-standing", "seat": of.seat}
    while True:
        frame = person.next(max(end - time.monotonic(), 0.01))
        if frame | facts == frame:
            return


@pytest.mark.parametrize("host_at", [0, 1], ids=["at home", "at a branch"])
def test_a_host_is_obeyed_everywhere(two: Site, acts: Acts, host_at: int) -> None:
    amara, mira, elias = everybody = table(two, acts, host_at=host_at)
    begun = time.monotonic()
    amara.say(type="mute", slot="microphone", seats=[elias.seat])
    for person in everybody:
        stands(person, elias, held=["microphone"])
    assert time.monotonic() - begun < WITHIN
    elias.say(type="lock", locked=True)
    assert elias.hears("error")["code"] == "not-allowed"
    mira.say(type="lock", locked=True)
    assert mira.hears("error")["code"] == "not-allowed"
    amara.say(type="promote", to=mira.seat, role="co-host")
    stands(mira, mira, role="co-host")
    mira.say(type="allow", to=elias.seat, power="screen", allowed=False)
    for person in everybody:
        stands(person, elias, forbidden=["screen"])
    mira.say(type="allow", to=amara.seat, power="screen", allowed=False)
    assert mira.hears("error")["code"] == "not-allowed"
    mira.say(type="ask", to=amara.seat, slot="camera")
    assert amara.hears("peer-asks")["from"] == mira.seat
    amara.say(type="transfer", to=mira.seat)
    stands(amara, amara, role="co-host")
    stands(mira, mira, role="owner")
    # The branch knows the new rank as well as the home.
    amara.say(type="promote", to=elias.seat, role="member")
    assert amara.hears("error")["code"] == "not-allowed"
    mira.say(type="promote", to=elias.seat, role="member")
    stands(amara, elias, role="member")
    amara.say(type="end", seconds=1)
    for person in everybody:
        assert person.hears("ending")["name"] == "Amara"
    for person in everybody:
        assert closed(person, SECONDS) == ENDED


def test_a_host_needs_no_redis(two: Site, acts: Acts) -> None:
    amara, mira, elias = table(two, acts, host_at=0)
    two.redis.end(signal.SIGKILL)
    try:
        amara.say(type="mute", slot="camera", seats=[elias.seat])
        for person in (mira, elias):
            stands(person, elias, held=["camera"])
        amara.say(type="lobby", lobby=True)
        assert mira.hears("room-changed")["room"]["lobby"]
        amara.say(type="remove", to=elias.seat, ban=True)
        assert mira.hears("peer-revoked")["seat"] == elias.seat
    finally:
        two.redis.start()


def test_what_was_decided_outlives_the_process(two: Site, acts: Acts) -> None:
    amara, mira, elias = table(two, acts, host_at=1)
    for order in (
        {"type": "promote", "to": mira.seat, "role": "co-host"},
        {"type": "allow", "to": elias.seat, "power": "screen", "allowed": False},
        {"type": "mute", "slot": "microphone", "seats": [elias.seat]},
        {"type": "spotlight", "seat": elias.seat},
    ):
        amara.say(**order)
    assert amara.hears("spotlit")["seat"] == elias.seat
    wait_until(lambda: shows_large(two, elias), "the room is copied")
    first, second = two.servers
    first.end(signal.SIGKILL)
    try:
        welcomes = amara.welcomes
        amara.until(lambda: amara.welcomes > welcomes)
        assert amara.welcome["spotlight"] == elias.seat
        mira.connect(second).join()
        assert mira.welcome["role"] == "co-host"
        mira.say(type="ask", to=amara.seat, slot="camera")
        assert amara.hears("peer-asks")["from"] == mira.seat
        elias.connect(second).join()
        assert elias.welcome["held"] == ["microphone"]
        assert elias.welcome["forbidden"] == ["screen"]
    finally:
        first.start()


def shows_large(two: Site, person: Person) -> bool:
    """Whether Redis has a copy in which this one is in the spotlight."""
    with Redis.from_url(two.redis.url) as redis:
        found = [redis.get(key) for key in redis.keys("parley:*seats*")]
    copies = [unpack_copy(data) for data in found if isinstance(data, bytes)]
    return any(copy.laid.spotlight == person.seat for copy in copies)

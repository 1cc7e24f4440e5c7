"""Media through a real TURN server, with credentials that only people inside get."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import expect

from tests.browser.browsers import RELAY_ONLY
from tests.browser.conftest import People
from tests.browser.person import Frame, Person, meet
from tests.browser.visitor import Visitor
from tests.servers import (
    Parley,
    Turn,
    parley_server,
    prepared_server,
    stun_answers,
    turn_server,
)

pytestmark = pytest.mark.alone


@pytest.fixture
def turn() -> Iterator[Turn]:
    with turn_server() as started:
        yield started


@pytest.fixture
def relayed(turn: Turn) -> Iterator[Parley]:
    with parley_server(TURN_URLS=turn.url, TURN_SECRET=turn.secret) as server:
        yield server


@pytest.fixture
def olive(relayed: Parley) -> Visitor:
    owner = Visitor(relayed.url)
    owner.sign_up("owner@example.com", "Olive Owner")
    return owner


@pytest.fixture
def relay_room(olive: Visitor) -> str:
    return olive.new_room()


def test_a_call_runs_through_turn(
    people: People, relayed: Parley, relay_room: str, turn: Turn
) -> None:
    assert turn.secret not in Visitor(relayed.url).get(relay_room)
    both = [people(name, server=relayed) for name in ("Mira", "Amara")]
    for person in both:
        person.context.add_init_script(RELAY_ONLY)
        person.open(relay_room)
        assert "credential" not in str([frame.message for frame in person.frames])
        person.join()
    meet(*both)
    for person in both:
        (pair,) = person.pairs()
        assert pair["route"] == ["relay", "relay"]
        (server,) = person.last("welcome").message["iceServers"]
        assert server["urls"] == [turn.url]
        assert turn.secret not in str(server)
    names = {
        person.last("welcome").message["iceServers"][0]["username"] for person in both
    }
    assert len(names) == 2, "each person has a credential of their own"


def test_a_lost_path_is_said_and_healed(
    people: People, relayed: Parley, relay_room: str, turn: Turn
) -> None:
    mira = people("Mira", server=relayed).join(relay_room)
    amara = people("Amara", server=relayed)
    amara.context.add_init_script(RELAY_ONLY)
    amara.join(relay_room)
    meet(mira, amara)
    # Every path of hers leads through the relay, which forgets her when it is killed.
    turn.process.end(signal.SIGKILL)
    for person, other in ((mira, "Amara"), (amara, "Mira")):
        expect(person.tile(other)).to_have_attribute("data-lost", "", timeout=20_000)
    turn.process.start().wait_until(lambda: stun_answers(turn.port))
    for person, other in ((mira, "Amara"), (amara, "Mira")):
        expect(person.tile(other)).not_to_have_attribute(
            "data-lost", "", timeout=30_000
        )
    meet(mira, amara)


# Rooms that hide addresses

CANDIDATES_KNOWN = """async () => {
  const known = [];
  for (const connection of probe.connections) {
    if (connection.connectionState === "closed") continue;
    for (const part of (await connection.getStats()).values()) {
      if (!/candidate$/.test(part.type)) continue;
      const { candidateType, address, relatedAddress } = part;
      known.push([candidateType, address, relatedAddress ?? ""]);
    }
  }
  return known;
}"""
LINE = re.compile(r"candidate:\S+ \d+ \S+ \d+ (\S+) \d+ typ (\S+)(?: raddr (\S+))?")
NOWHERE = {"", "0.0.0.0"}  # noqa: S104


def candidates_in(frames: list[Frame]) -> set[tuple[str, str, str]]:
    """Type, address and related address of all that went over the wire."""
    lines = LINE.findall(str([frame.message for frame in frames]))
    return {(kind, address, related) for address, kind, related in lines}


def names_relays_only(person: Person) -> None:
    """Neither what she said and heard nor her own browser knows another address."""
    known = {tuple(each) for each in person.page.evaluate(CANDIDATES_KNOWN)}
    for kind, address, related in candidates_in(person.frames) | known:
        assert (kind, address) == ("relay", "127.0.0.1"), known
        assert related in NOWHERE
    assert known


def routes(person: Person) -> list[list[str]]:
    return [pair["route"] for pair in person.pairs()]


def until(person: Person, *, hides: bool) -> None:
    """Wait until each pair's path leads through relays, or until none does."""

    def does() -> bool:
        found = routes(person)
        return bool(found) and all(("relay" in path) is hides for path in found)

    person.wait_until(does, "hides her address" if hides else "shows her address")


def test_a_room_that_hides_addresses_shows_relays_alone(
    people: People, relayed: Parley, olive: Visitor
) -> None:
    room = olive.new_room(relay_only=True)
    both = [people(name, server=relayed) for name in ("Mira", "Amara")]
    for person in both:
        person.open(room)
        expect(person.page.get_by_text("Network addresses are hidden")).to_be_visible()
        person.join()
    meet(*both)
    for person in both:
        assert routes(person) == [["relay", "relay"]]
        names_relays_only(person)
        assert candidates_in(person.got("peer-candidates"))


def test_addresses_are_hidden_from_the_moment_the_owner_says_so(
    people: People, relayed: Parley, olive: Visitor
) -> None:
    room = olive.new_room()
    both = [people(name, server=relayed).join(room) for name in ("Mira", "Amara")]
    mira = both[0]
    meet(*both)
    assert "relay" not in str(routes(mira))
    said = len(mira.frames)

    table = {"name": "Table", "access": "anyone", "people_limit": "8"}
    olive.post(f"{room}room/", **table, relay_only="on")
    for person in both:
        person.wait_for("room-changed")
        until(person, hides=True)
    meet(*both)
    for person in both:
        names = {kind for kind, *_ in person.page.evaluate(CANDIDATES_KNOWN)}
        assert names == {"relay"}
    after = [frame for frame in mira.frames[said:] if not frame.sent]
    assert {kind for kind, *_ in candidates_in(after)} == {"relay"}

    olive.post(f"{room}room/", **table)
    for person in both:
        person.wait_for("room-changed", 2)
        until(person, hides=False)
    meet(*both)


# Credentials that end

SHORT_LIVES = """
import sys
from rooms import ice
ice.LIFETIME_SECONDS, ice.SKEW_SECONDS = {seconds}, 0
import manage
sys.argv = ["manage.py", "serve"]
manage.main()
"""


def wishes(*people: Person) -> int:
    """How often anybody has asked the other for a search of another path."""
    return sum(len(person.sent("restart")) for person in people)


def has_allocated(turn: Turn, person: Person) -> bool:
    """Has the relay taken credentials that this person was given after the first?"""
    servers = [said.message["iceServers"] for said in person.got("welcome")[1:]]
    names = [server["username"] for (server,) in servers]
    took = "user <{}>: incoming packet ALLOCATE processed, success"
    words = turn.process.words()
    return any(took.format(name) in words for name in names)


def test_a_call_outlives_its_credentials(
    people: People, turn: Turn, soak: bool
) -> None:
    """Its paths go on past their end, and others are found with newer ones.

    A page asks for those every half a minute at most, so that it does is seen in full
    length alone; otherwise it is given them since its socket was lost.
    """
    with prepared_server(TURN_URLS=turn.url, TURN_SECRET=turn.secret) as server:
        lives = partial(SHORT_LIVES.format, seconds=40 if soak else 15)
        server.process.command = [sys.executable, "-c", lives()]
        server.start()
        owner = Visitor(server.url)
        owner.sign_up("owner@example.com", "Olive Owner")
        room = owner.new_room(relay_only=True)
        both = [people(name, server=server) for name in ("Mira", "Amara")]
        for person in both:
            person.open(room)
        for person in both:
            person.join()
        meet(*both)
        before = [pair["index"] for person in both for pair in person.pairs()]
        first = [person.last("welcome").message["iceExpires"] / 1000 for person in both]
        both[0].wait_until(lambda: time.time() > max(first), "sees them end", 60)
        if not soak:
            for person in both:
                person.excuse("WebSocket connection")
            server.end(signal.SIGKILL)
            server.process.command = [sys.executable, "-c", lives(seconds=600)]
            server.start()
        for person in both:
            person.wait_for("welcome", 2)
            person.frames_grow()
            assert routes(person) == [["relay", "relay"]]
        after = [pair["index"] for person in both for pair in person.pairs()]
        assert after == before, "no pair was built anew"

        # The relay holds everything back until somebody misses it.
        asked = wishes(*both)
        os.killpg(turn.process.pid, signal.SIGSTOP)
        both[0].wait_until(lambda: wishes(*both) > asked, "misses the other")
        os.killpg(turn.process.pid, signal.SIGCONT)
        for person in both:
            person.wait_until(partial(has_allocated, turn, person), "restarts")
        meet(*both)
        for person in both:
            assert routes(person) == [["relay", "relay"]]
        after = [pair["index"] for person in both for pair in person.pairs()]
        assert after == before, "no pair was built anew"


# make run TURN=1


def test_a_relay_comes_with_the_run(people: People) -> None:
    """`make run TURN=1` and nothing else: a room whose pairs have no other path."""
    with parley_server(TURN="1") as server:
        assert "coturn for this run" in server.words()
        owner = Visitor(server.url)
        owner.sign_up("owner@example.com", "Olive Owner")
        room = owner.new_room(relay_only=True)
        both = [people(name, server=server).join(room) for name in ("Mira", "Amara")]
        meet(*both)
        for person in both:
            assert routes(person) == [["relay", "relay"]]

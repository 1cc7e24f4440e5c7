"""Media through a real TURN server, with credentials that only people inside get."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.browsers import RELAY_ONLY
from tests.browser.conftest import People
from tests.browser.person import meet
from tests.browser.visitor import Visitor
from tests.servers import Parley, Turn, parley_server, stun_answers, turn_server

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
def relay_room(relayed: Parley) -> str:
    owner = Visitor(relayed.url)
    owner.sign_up("owner@example.com", "Olive Owner")
    return owner.new_room()


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

"""Media through a real TURN server, with credentials that only people inside get."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import People
from tests.browser.person import meet
from tests.browser.visitor import Visitor
from tests.servers import Parley, Turn, parley_server, turn_server

RELAY_ONLY = """
  const Plain = RTCPeerConnection;
  window.RTCPeerConnection = class extends Plain {
    constructor(wanted, ...more) {
      super({ ...wanted, iceTransportPolicy: "relay" }, ...more);
    }
    setConfiguration(wanted) {
      super.setConfiguration({ ...wanted, iceTransportPolicy: "relay" });
    }
  };
"""


@pytest.fixture
def turn() -> Iterator[Turn]:
    with turn_server() as started:
        yield started


@pytest.fixture
def relayed(turn: Turn) -> Iterator[Parley]:
    with parley_server(TURN_URLS=turn.url, TURN_SECRET=turn.secret) as server:
        yield server


def test_a_call_runs_through_turn(people: People, relayed: Parley, turn: Turn) -> None:
    owner = Visitor(relayed.url)
    owner.sign_up("owner@example.com", "Olive Owner")
    room = owner.new_room()
    assert turn.secret not in owner.get(room)
    both = [people(name, server=relayed) for name in ("Mira", "Amara")]
    for person in both:
        person.context.add_init_script(RELAY_ONLY)
        person.open(room)
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

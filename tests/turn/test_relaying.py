"""What two people who both need the relay have of it."""

from __future__ import annotations

import asyncio

import pytest

from tests.turn.client import Refused
from tests.turn.conftest import OUTSIDE, Relay, relay_in
from tests.turn.space import Space

OWN = "10.0.0.7"


def said(relay: Relay) -> list[bytes]:
    """What two allocations say to each other, both ways; raises Refused."""

    async def ask() -> list[bytes]:
        async with relay.client() as one, relay.client() as other:
            places = await one.allocate(), await other.allocate()
            channels = await one.bind(places[1]), await other.bind(places[0])
            async with asyncio.timeout(5):
                one.send_by(channels[0], b"hello")
                _, there = await other.data.get()
                other.send_by(channels[1], b"hello yourself")
                _, back = await one.data.get()
            return [there, back]

    return relay.space.run(ask())


def test_what_is_relayed_arrives(relay: Relay) -> None:
    assert said(relay) == [b"hello", b"hello yourself"]


def test_behind_nat_relays_reach_each_other(network: Space) -> None:
    """coturn knows the public address for its own, so no router has to turn it back.

    For that it lets its own address through by itself, and no other of its network.
    """
    nat = f"--external-ip={OUTSIDE}/{OWN}"
    with relay_in(network, nat, own=OWN) as relay:
        assert said(relay) == [b"hello", b"hello yourself"]

        async def ask() -> list[int]:
            codes = []
            async with relay.client() as client:
                assert (await client.allocate())[0] == OUTSIDE
                await client.permit(OWN)
                for neighbour in ("10.0.0.1", "10.0.0.6", "10.0.0.8", "127.0.0.1"):
                    with pytest.raises(Refused) as refused:
                        await client.permit(neighbour)
                    codes.append(refused.value.code)
            return codes

        assert network.run(ask()) == [403] * 4

"""A relay leads to strangers' public addresses, and to nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import pytest

from tests.turn.addresses import PUBLIC_V4, PUBLIC_V6, SPECIAL_V4, SPECIAL_V6
from tests.turn.client import V4, V6, Client, Refused
from tests.turn.conftest import OUTSIDE_V6, Relay, relay_in
from tests.turn.space import Everybody, Space

EAR = 9
"""Where everybody listens: the port of every peer here."""
REFUSALS = {400, 403, 443}
"""No address of that kind; forbidden; of another family than the relayed one."""


@pytest.fixture(scope="module")
def everybody(network: Space) -> Iterator[Everybody]:
    made = network.call(lambda: Everybody(EAR))
    yield made
    made.close()


async def permission(client: Client, peer: str) -> None:
    await client.permit(peer)


async def channel(client: Client, peer: str) -> None:
    await client.bind((peer, EAR))


async def granted(client: Client, peers: list[str]) -> list[str]:
    """Those to which the relay opens itself in any of the two ways one can ask."""
    found = []
    for peer in peers:
        for way in (permission, channel):
            try:
                await way(client, peer)
                found.append(f"{way.__name__} {peer}")
            except Refused as refused:
                if refused.code not in REFUSALS:
                    raise
    return found


async def reached(
    client: Client, peers: list[str], everybody: Everybody, public: str
) -> list[bytes]:
    """What arrives of Send indications to these, and of a last one to `public`."""
    everybody.heard()
    for peer in peers:
        client.send((peer, EAR), f"to {peer}".encode())
        # The relay reads one packet after the other; a burst would overrun its buffer.
        with contextlib.suppress(Refused):
            await client.permit("10.0.0.1")
    await client.permit(public)
    heard: list[bytes] = []
    async with asyncio.timeout(10):
        while b"the last" not in heard:
            client.send((public, EAR), b"the last")
            await asyncio.sleep(0.01)
            heard += everybody.heard()
    return [words for words in heard if words != b"the last"]


async def opened(relay: Relay, everybody: Everybody, family: int) -> list[object]:
    public = PUBLIC_V4 if family == V4 else PUBLIC_V6
    special = SPECIAL_V4 + SPECIAL_V6
    async with relay.client() as client:
        await client.allocate(family=family)
        found: list[object] = []
        found += await reached(client, special, everybody, public[0])
        found += await granted(client, special)
        found += await reached(client, special, everybody, public[0])
        # Whatever was refused above was refused for what it is.
        assert len(await granted(client, public)) == 2 * len(public)
        await client.refresh(0)
    return found


def test_there_is_something_to_try() -> None:
    assert len(SPECIAL_V4) > 80
    assert len(SPECIAL_V6) > 100


def test_a_relay_leads_nowhere_but_outside(relay: Relay, everybody: Everybody) -> None:
    """All ranges, v4 and v6, by Permission, ChannelBind and Send: nothing is open."""
    assert relay.space.run(opened(relay, everybody, V4)) == []


def test_a_hole_would_be_seen(network: Space, everybody: Everybody) -> None:
    """By each of the three ways, where one range is let through."""
    hole = "--allowed-peer-ip=10.0.0.0-10.255.255.255"
    with relay_in(network, hole, address="11.3.3.3") as holed:
        found = network.run(opened(holed, everybody, V4))
    assert {"permission 10.0.0.1", "channel 10.255.255.255", b"to 10.0.0.7"} <= {*found}
    assert all("10." in str(each) for each in found)


def test_nobody_gets_an_ipv6_relay(relay: Relay) -> None:
    """Through which older versions forget what they deny (CVE-2026-27624)."""

    async def ask() -> int:
        async with relay.client() as client:
            with pytest.raises(Refused) as refused:
                await client.allocate(family=V6)
            return refused.value.code

    assert relay.space.run(ask()) == 440


@pytest.mark.parametrize("tcp", [False, True])
def test_who_comes_by_ipv6_is_relayed_on_ipv4_and_no_further(
    network: Space, everybody: Everybody, tcp: bool
) -> None:
    network.hold(OUTSIDE_V6)

    async def ask(relay: Relay) -> int:
        place = (OUTSIDE_V6, relay.place[1])
        async with Client(place, relay.credentials(), tcp=tcp) as client:
            assert (await client.allocate())[0] == relay.place[0]
            await client.permit(PUBLIC_V4[0])
            assert await granted(client, SPECIAL_V4 + SPECIAL_V6) == []
        async with Client(place, relay.credentials(), tcp=tcp) as client:
            with pytest.raises(Refused) as refused:
                await client.allocate(family=V6)
            return refused.value.code

    listening = f"--listening-ip={OUTSIDE_V6}"
    with relay_in(network, listening, address="11.7.7.7") as relay:
        assert network.run(ask(relay)) == 440


def test_the_file_itself_holds_on_an_ipv6_relay_too(
    network: Space, everybody: Everybody
) -> None:
    """For those who give it one, with a version that may."""
    network.hold(OUTSIDE_V6)
    with relay_in(network, f"--relay-ip={OUTSIDE_V6}", address="11.2.2.2") as both:
        assert network.run(opened(both, everybody, V6)) == []


def test_nobody_gets_a_relayed_tcp_connection(relay: Relay) -> None:
    async def ask() -> int:
        async with relay.client(tcp=True) as client:
            with pytest.raises(Refused) as refused:
                await client.allocate(transport=6)
            return refused.value.code

    assert relay.space.run(ask()) == 442

"""What a TURN server does for two people who both need it (RFC 8656).

Two allocations, as two browsers would ask for them; a word from one to the other; and
addresses that it must lead nobody to. Everything is given back at once.
"""

import asyncio
import secrets
import ssl
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from aioice import stun, turn

from rooms.ice import ice_servers

LIFETIME_SECONDS = 60
WORD_SECONDS = 2.0
CHANNEL = 0x4000
FORBIDDEN = 403
INSIDE = ("127.0.0.1", "169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.0.1")

Client = turn.TurnClientUdpProtocol | turn.TurnClientTcpProtocol


@dataclass(frozen=True, slots=True)
class Place:
    """Where a TURN server listens, and how it is spoken to."""

    host: str
    port: int
    tls: bool
    tcp: bool


@dataclass(frozen=True, slots=True)
class Relaying:
    """`relayed`: the address that it relays at; `inside`: where it must not lead."""

    relayed: str
    meets_itself: bool
    inside: tuple[str, ...]


async def try_relay(place: Place, seconds: float) -> Relaying:
    """Raises stun.TransactionError, OSError or ValueError if there is no relay."""
    async with asyncio.timeout(seconds), _client(place) as one, _client(place) as other:
        here, _ = await one.connect(), await other.connect()
        meets = await _meet(one, other) and await _hears(one, other)
        inside = [address for address in INSIDE if await _leads(one, address)]
    return Relaying(here[0], meets, tuple(inside))


@asynccontextmanager
async def _client(place: Place) -> AsyncIterator[Client]:
    loop, address = asyncio.get_running_loop(), (place.host, place.port)
    words = (address, *credentials(), LIFETIME_SECONDS, LIFETIME_SECONDS)
    client: Client
    line: asyncio.Transport | asyncio.DatagramTransport
    if place.tcp:
        line, client = await loop.create_connection(
            lambda: turn.TurnClientTcpProtocol(*words),
            *address,
            ssl=ssl.create_default_context() if place.tls else None,
        )
    else:
        line, client = await loop.create_datagram_endpoint(
            lambda: turn.TurnClientUdpProtocol(*words), remote_addr=address
        )
    try:
        yield client
    finally:
        if client.relayed_address is not None:
            with suppress(stun.TransactionError, OSError):
                await client.delete()
        # At once: over TLS a close waits for the other's, longer than our loop runs.
        line.abort()


async def _meet(one: Client, other: Client) -> bool:
    """Whether each relay may send to the other."""
    assert one.relayed_address is not None
    assert other.relayed_address is not None
    try:
        await one.channel_bind(CHANNEL, other.relayed_address)
        await other.channel_bind(CHANNEL, one.relayed_address)
    except stun.TransactionFailed as fault:
        if fault.response.error_code != FORBIDDEN:
            raise
        return False
    return True


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, word: bytes) -> None:
        self.word = word
        self.heard = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if data == self.word and not self.heard.done():
            self.heard.set_result(None)


async def _hears(one: Client, other: Client) -> bool:
    """Whether what one relay sends arrives at the other; datagrams may get lost."""
    word = secrets.token_bytes(16)
    other.receiver = ear = _Ear(word)
    assert one.relayed_address is not None
    other.channel_to_peer[CHANNEL] = one.relayed_address
    for _ in range(4):
        one._send(struct.pack(">HH", CHANNEL, len(word)) + word)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(ear.heard), WORD_SECONDS / 4)
            return True
    return False


async def _leads(client: Client, address: str) -> bool:
    """Whether it would send to there; nothing is sent."""
    request = stun.Message(stun.Method.CREATE_PERMISSION, stun.Class.REQUEST)
    request.attributes["XOR-PEER-ADDRESS"] = (address, 0)
    try:
        await client.request_with_retry(request)
    except stun.TransactionFailed:
        return False
    return True


def credentials() -> tuple[str, str]:
    """Username and password, as somebody in a call gets them."""
    server = ice_servers("doctor", 0, time.time()).servers[-1]
    return str(server["username"]), str(server["credential"])

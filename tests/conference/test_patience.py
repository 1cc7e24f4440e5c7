"""F8: how long daphne waits: long for a handshake, and for ever for a call.

No room next door is watched here: these are facts about limits, and nothing happens.
"""

import asyncio
import time
from typing import Any
from unittest import mock

import daphne.server  # noqa: F401  (installs the reactor that autobahn asks for)
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol

from conference.server import HANDSHAKE_SECONDS, Server

UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\n\r\n"
)
A_STORM = 15.0
"""In a storm of joins a handshake may wait for so long for its turn."""

YEAR = 365 * 86_400.0


def socket_of(accepts: bool) -> tuple[Server, Any]:
    """A socket of this site's server that has sent its handshake, and no wire."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        if accepts:
            await send({"type": "websocket.accept"})
        await receive()

    server = Server(application, "127.0.0.1", 0, lambda: None)
    server.connections = {}
    server.ws_factory = WebSocketFactory(server, server="")
    server.ws_factory.setProtocolOptions(openHandshakeTimeout=0, allowNullOrigin=True)
    protocol = server.ws_factory.buildProtocol(None)
    protocol._raw_query_string = b""
    wire = mock.Mock(dataBuffer=b"", offset=0, _tempDataLen=0)
    wire.getPeer.return_value = wire.getHost.return_value = None
    protocol.makeConnection(wire)
    protocol.dataReceived(UPGRADE)
    return server, protocol


async def state_after(seconds: float, accepts: bool) -> int:
    """The state of the socket when so much time has passed, as daphne looks at it."""
    server, protocol = socket_of(accepts)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    now = time.time() + seconds
    with mock.patch("daphne.ws_protocol.time.time", return_value=now):
        protocol.check_timeouts()
    server.connections[protocol]["application_instance"].cancel()
    state: int = protocol.state
    return state


def test_a_handshake_may_wait_for_its_turn() -> None:
    state = asyncio.run(state_after(A_STORM, accepts=False))
    assert state == WebSocketProtocol.STATE_CONNECTING


def test_and_not_for_ever() -> None:
    state = asyncio.run(state_after(HANDSHAKE_SECONDS + 1, accepts=False))
    assert state == WebSocketProtocol.STATE_CLOSED


def test_autobahn_waits_as_long_as_daphne() -> None:
    server = Server(mock.Mock(), "127.0.0.1", 0, lambda: None)
    assert server.websocket_handshake_timeout == HANDSHAKE_SECONDS > A_STORM
    assert server.websocket_connect_timeout == HANDSHAKE_SECONDS


def test_no_socket_is_closed_for_its_age() -> None:
    state = asyncio.run(state_after(YEAR, accepts=True))
    assert state == WebSocketProtocol.STATE_OPEN

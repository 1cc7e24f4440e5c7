"""The short way to a WebSocket leads where the long one does."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import daphne.server  # noqa: F401  (installs the reactor that autobahn asks for)
import pytest
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.ws_protocol import WebSocketFactory
from django.test import override_settings
from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure

from conference.fast_handshakes import asked_for
from conference.server import Server

START = "GET /ws/rooms/abc/?x=1&y=%20 HTTP/1.1"
FIELDS = {
    "Host": "localhost:8000",
    "Connection": "keep-alive, Upgrade",
    "Upgrade": "websocket",
    "Origin": "http://localhost:8000",
    "Cookie": "a=b; c=d",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
}


def head(
    start: str = START, without: str = "", more: str = "", **changed: str
) -> bytes:
    fields = FIELDS | {name.replace("_", "-"): text for name, text in changed.items()}
    lines = [f"{name}: {text}" for name, text in fields.items() if name != without]
    return ("\r\n".join([start, *lines]) + f"\r\n{more}\r\n").encode("latin-1")


PLAIN = {
    "as browsers say it": head(),
    "another path": head("GET / HTTP/1.1"),
    "names in lower case": head().replace(b"Sec-WebSocket-Key", b"sec-websocket-key"),
    "of another origin": head(Origin="https://elsewhere.example"),
    "without a page": head(without="Origin"),
    "without a key": head(without="Sec-WebSocket-Key"),
    "a bad key": head(Sec_WebSocket_Key="short"),
    "an old version": head(Sec_WebSocket_Version="8"),
    "without a host": head(without="Host"),
    "no upgrade of the connection": head(Connection="close"),
    "a subprotocol": head(Sec_WebSocket_Protocol="one, two"),
    "a path with parameters": head("GET /a;b=c/d;e HTTP/1.1"),
    "a path that looks like a host": head("GET //example.org/a HTTP/1.1"),
    "a path with escapes": head("GET /%c3%a4/%00/%2f?%ff HTTP/1.1"),
}
UNUSUAL = {
    "a field twice": head(more="Origin: http://localhost:8000\r\n"),
    "a folded line": head(more="X: a\r\n b\r\n"),
    "an underscore": head(more="Sec_WebSocket_Key: x\r\n"),
    "no space": head(more="X:y\r\n"),
    "a space before the colon": head(more="X : y\r\n"),
    "two spaces": head(more="X:  y\r\n"),
    "nothing in a field": head(more="X: \r\n"),
    "a tab": head(more="X: a\tb\r\n"),
    "a zero": head(more="X: a\x00b\r\n"),
    "not ASCII": head(more="X: \xe4\r\n"),
    "lines that end with LF": head().replace(b"\r\n", b"\n"),
    "no name": head(more=": x\r\n"),
    "a body": head(more="Content-Length: 3\r\n") + b"abc",
    "a body in chunks": head(more="Transfer-Encoding: chunked\r\n") + b"0\r\n\r\n",
    "expectations": head(more="Expect: 100-continue\r\n"),
    "HTTP 1.0": head(START.replace("1.1", "1.0")),
    "HTTP 2.0": head(START.replace("1.1", "2.0")),
    "another method": head(START.replace("GET", "POST")),
    "a method in lower case": head(START.replace("GET", "get")),
    "a whole address": head("GET http://localhost:8000/ws/ HTTP/1.1"),
    "a fragment": head("GET /ws/#here HTTP/1.1"),
    "a path not in ASCII": head("GET /\xe4 HTTP/1.1"),
    "many fields": head(more="".join(f"X-{n}: y\r\n" for n in range(600))),
    "too much": head(more=f"X: {'y' * 20_000}\r\n"),
    "no upgrade": head(without="Upgrade"),
    "an upgrade to something else": head(Upgrade="h2c"),
    "two upgrades": head(Upgrade="h2c, websocket"),
    "an upgrade in capitals": head(Upgrade="WebSocket"),
    "another path for daphne": head(more="Daphne-Root-Path: /x\r\n"),
    "something behind it": head() + b"\x81\x80\x00\x00\x00\x00",
    "another request behind it": head() * 2,
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00",
    "nothing but an end": b"\r\n\r\n",
}


class Line(StringTransport):
    """A connection that is always ready to be written to."""

    connected = True
    dataBuffer = b""
    offset = 0
    _tempDataLen = 0

    def __init__(self) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            IPv4Address("TCP", "127.0.0.1", 8000), IPv4Address("TCP", "127.0.0.1", 5000)
        )

    def writeSomeData(self, data: bytes) -> int:  # noqa: N802
        self.write(data)  # type: ignore[no-untyped-call]
        return len(data)

    def unregisterProducer(self) -> None:  # noqa: N802
        self.producer = None

    # As a real connection, it does not mind these after its end.

    def pauseProducing(self) -> None:  # noqa: N802
        pass

    def resumeProducing(self) -> None:  # noqa: N802
        pass

    def setTcpNoDelay(self, enabled: bool) -> None:  # noqa: N802
        pass


@dataclass
class Outcome:
    """What the application was asked, and what the client got."""

    scopes: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    said: bytes = b""
    hung_up: bool = False
    fault: str = ""


async def played(chunks: list[bytes], *, fast: bool) -> Outcome:
    outcome = Outcome()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        outcome.scopes.append({k: v for k, v in scope.items() if k != "extensions"})
        outcome.events.append(await receive())
        if scope["type"] == "websocket":
            await send({"type": "websocket.accept"})
            outcome.events.append(await receive())

    server = Server(application, "127.0.0.1", 0, lambda: None)
    server.connections = {}
    with override_settings(FAST_SOCKETS=fast):
        server.http_factory = HTTPFactory(server)
        server.ws_factory = WebSocketFactory(server, server="")
    server.ws_factory.setProtocolOptions(
        allowNullOrigin=True, openHandshakeTimeout=0, closeHandshakeTimeout=0
    )
    line: Any = Line()
    line.protocol = server.http_factory.buildProtocol(line.getPeer())
    line.protocol.makeConnection(line)
    for chunk in chunks:
        if line.disconnecting:
            break
        line.protocol.dataReceived(chunk)
        for _ in range(20):
            await asyncio.sleep(0)
    outcome.said, outcome.hung_up = line.value(), line.disconnecting
    try:
        line.protocol.connectionLost(Failure(ConnectionDone()))
    except AttributeError as fault:
        # daphne's socket, when autobahn has refused the handshake: it has no server.
        outcome.fault = str(fault).partition(" ")[2]
    for protocol, details in server.connections.items():
        if isinstance(protocol, WebRequest) and protocol.content is not None:
            protocol.content.close()
        if (task := details.get("application_instance")) is not None:
            task.cancel()
            await asyncio.wait([task])
    return outcome


def compare(chunks: list[bytes]) -> Outcome:
    async def both() -> tuple[Outcome, Outcome]:
        return await played(chunks, fast=False), await played(chunks, fast=True)

    plain, fast = asyncio.run(both())
    assert fast == plain
    return fast


@pytest.mark.parametrize("which", PLAIN)
def test_what_is_plain_takes_the_short_way_and_comes_to_the_same(which: str) -> None:
    assert asked_for(PLAIN[which]) is not None
    compare([PLAIN[which]])


@pytest.mark.parametrize("which", UNUSUAL)
def test_what_is_unusual_takes_the_long_way(which: str) -> None:
    assert asked_for(UNUSUAL[which]) is None
    compare([UNUSUAL[which]])


def test_a_handshake_opens_and_its_application_knows_all_of_it() -> None:
    outcome = compare([head()])
    assert outcome.said.startswith(b"HTTP/1.1 101 ")
    (scope,) = outcome.scopes
    assert scope["path"] == "/ws/rooms/abc/"
    assert scope["query_string"] == b"x=1&y=%20"
    assert dict(scope["headers"])[b"cookie"] == b"a=b; c=d"
    assert scope["client"] == ["127.0.0.1", 5000]


def test_a_handshake_in_pieces_opens_as_well() -> None:
    for cut in (1, 40, len(head()) - 1):
        outcome = compare([head()[:cut], head()[cut:]])
        assert outcome.said.startswith(b"HTTP/1.1 101 ")


def test_heads_that_are_spoilt_anywhere_come_to_the_same(soak: bool) -> None:
    for seed in range(3000 if soak else 150):
        chance = random.Random(seed)
        spoilt = bytearray(head())
        for _ in range(chance.randrange(1, 4)):
            at = chance.randrange(len(spoilt))
            spoilt[at : at + chance.randrange(3)] = chance.choice(
                [b"", b" ", b"\r\n", b"\t", b":", b"\x00", b"a", b"\xff", b"_", b","]
            )
        compare([bytes(spoilt)])


def test_twisted_makes_no_request_of_a_plain_handshake() -> None:
    """The comparison would be of no worth if both went the long way."""
    with mock.patch.object(WebRequest, "process", autospec=True) as long_way:
        asyncio.run(played([head()], fast=True))
        assert not long_way.called
        asyncio.run(played([head()], fast=False))
        assert long_way.called

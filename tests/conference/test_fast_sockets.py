"""The short way through daphne does what the long way does, byte for byte.

Random streams go through both: what the application sees and what the client gets
must be equal, whatever was cut, mixed in or wrong.
"""

import asyncio
import random
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import daphne.server  # noqa: F401  (installs the reactor that autobahn asks for)
import pytest
from autobahn.websocket.protocol import WebSocketProtocol as Autobahn
from autobahn.websocket.protocol import WebSocketServerProtocol
from daphne.server import Server as DaphneServer
from daphne.ws_protocol import WebSocketFactory
from django.test import override_settings
from twisted.internet.abstract import FileDescriptor
from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure

from conference.bodies import LIMIT_BYTES
from conference.fast_sockets import (
    FastSocket,
    unmasked,
    what_is_missing,
)
from conference.inbox import Inbox
from conference.server import PING_SECONDS, Server
from conference.sockets import FRAMES_A_SECOND, WAITING_BYTES, FrankSocket
from conference.tls import Store
from tests.servers import Process, free_port, listens

UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\n\r\n"
)
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
WORDS = 'aé€𝄞 {}":,\\x00'


def frame(
    opcode: int,
    body: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = b"\x01\xfe\x00\x80",
    wide: int = 0,
) -> bytes:
    """One frame (RFC 6455, 5.2); `wide` is how many bytes its length takes at least."""
    masked = 0 if mask is None else 0x80
    length = len(body)
    if length < 126 and wide < 2:
        said = bytes((masked | length,))
    elif length < 1 << 16 and wide < 8:
        said = bytes((masked | 126,)) + length.to_bytes(2, "big")
    else:
        said = bytes((masked | 127,)) + length.to_bytes(8, "big")
    head = bytes((fin << 7 | rsv << 4 | opcode,)) + said
    if mask is None:
        return head + body
    return head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(body))


class Wire:
    """A TCP connection that takes as much as it pleases, and keeps all of it."""

    connected = 1
    disconnecting = 0
    dataBuffer = b""
    offset = 0
    _tempDataLen = 0

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.written = b""
        self.cut = False

    def writeSomeData(self, data: bytes) -> int:  # noqa: N802
        taken = self.chance.choice([0, 1, len(data) // 2, len(data), len(data)])
        self.written += data[:taken]
        return taken

    def write(self, data: bytes) -> None:
        self.written += data

    def loseConnection(self) -> None:  # noqa: N802
        self.cut = True

    abortConnection = loseConnection  # noqa: N815

    def unregisterProducer(self) -> None:  # noqa: N802
        pass

    def getPeer(self) -> None:  # noqa: N802
        return None

    getHost = getPeer  # noqa: N815


@dataclass
class Outcome:
    """All that came of a stream."""

    seen: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    written: bytes = b""
    cut: bool = False
    state: int = 0


async def played(kind: type[FrankSocket], chunks: list[bytes], seed: int) -> Outcome:
    """Feed a socket of this kind chunk by chunk, as Twisted would."""
    outcome = Outcome()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        chance = random.Random(seed)
        while True:
            event = await receive()
            outcome.seen.append(event)
            if event["type"] == "websocket.disconnect":
                return
            reply: dict[str, Any] = {
                "type": "websocket.send",
                "text": event.get("text"),
            }
            if chance.random() < 0.1:
                size = chance.choice([1, 125, 126, 65_535, 65_536, 65_537])
                reply["text"] = "x" * size
            elif chance.random() < 0.1:
                reply |= {"text": None, "bytes": b"\x00" * chance.randrange(200)}
            elif chance.random() < 0.02:
                reply = {"type": "websocket.close", "code": 4400}
            try:
                await send(reply)
            except Exception as fault:
                outcome.faults.append(type(fault).__name__)

    server = Server(application, "127.0.0.1", 0, lambda: None)
    server.connections = {}
    with override_settings(FAST_SOCKETS=kind is FastSocket):
        server.ws_factory = WebSocketFactory(server, server="")
    assert server.ws_factory.protocol is kind
    server.ws_factory.setProtocolOptions(
        autoPingTimeout=PING_SECONDS,
        allowNullOrigin=True,
        openHandshakeTimeout=0,
        closeHandshakeTimeout=0,
        maxMessagePayloadSize=LIMIT_BYTES,
        maxFramePayloadSize=LIMIT_BYTES,
    )
    wire = Wire(seed)
    protocol = server.ws_factory.buildProtocol(None)
    protocol._raw_query_string = b""
    protocol.makeConnection(wire)
    protocol.dataReceived(UPGRADE)
    details = server.connections[protocol]
    await settle()
    for chunk in chunks:
        if wire.cut:
            break
        protocol.dataReceived(chunk)
        await settle()
    outcome.state = protocol.state
    protocol.connectionLost(Failure(ConnectionDone()))
    await details["application_instance"]
    outcome.written, outcome.cut = wire.written, wire.cut
    return outcome


async def settle() -> None:
    """Long enough for all that a chunk can set going: no step of it waits for time."""
    for _ in range(40):
        await asyncio.sleep(0)


class Stream:
    """What a client may send, with something wrong in it now and then."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.bytes = b""

    def made(self, messages: int, wrong: Callable[["Stream"], bytes] | None) -> bytes:
        spoilt = self.chance.randrange(messages)
        for number in range(messages):
            if wrong is not None and number == spoilt:
                self.bytes += wrong(self)
            self.add_message()
        return self.bytes

    def mask(self) -> bytes:
        return self.chance.randbytes(4)

    def text(self) -> bytes:
        size = self.chance.choice([0, 1, 30, 62, 63, 64, 200, 1500, 20_000])
        return "".join(self.chance.choices(WORDS, k=size)).encode()[:LIMIT_BYTES]

    def add_message(self) -> None:
        kind = self.chance.random()
        if kind < 0.6:
            self.bytes += frame(TEXT, self.text_whole(), mask=self.mask())
        elif kind < 0.7:
            body = self.chance.randbytes(self.chance.randrange(300))
            self.bytes += frame(BINARY, body, mask=self.mask())
        elif kind < 0.8:
            self.add_control()
        else:
            self.add_fragments()

    def text_whole(self) -> bytes:
        """Cut between characters only."""
        return self.text().decode(errors="ignore").encode()

    def add_control(self) -> None:
        body = self.chance.randbytes(self.chance.randrange(126))
        self.bytes += frame(self.chance.choice([PING, PONG]), body, mask=self.mask())

    def add_fragments(self) -> None:
        """A message in pieces, cut also within characters, with pings in between."""
        body = self.text_whole()
        opcode = self.chance.choice([TEXT, BINARY])
        cuts = sorted(self.chance.randrange(len(body) + 1) for _ in range(3))
        ends = [*cuts, len(body)]
        for begin, end in zip([0, *cuts], ends, strict=True):
            last = end is ends[-1]
            self.bytes += frame(opcode, body[begin:end], fin=last, mask=self.mask())
            opcode = 0
            if last:
                break
            if self.chance.random() < 0.3:
                self.add_control()

    def chunks(self) -> list[bytes]:
        """The stream as the network might deliver it."""
        rest, found = self.bytes, []
        while rest:
            size = self.chance.choice([1, 2, 7, 100, 1460, 4000, 65_536])
            found.append(rest[:size])
            rest = rest[size:]
        return found


WRONG: dict[str, Callable[[Stream], bytes]] = {
    "unmasked": lambda s: frame(TEXT, b"{}", mask=None),
    "reserved bit 1, as if compressed": lambda s: frame(TEXT, b"{}", rsv=4),
    "reserved bit 3": lambda s: frame(TEXT, b"{}", rsv=1),
    "bad UTF-8": lambda s: frame(TEXT, b"{\xff}"),
    "half a character": lambda s: frame(TEXT, "{é".encode()[:-1]),
    "a surrogate": lambda s: frame(TEXT, b"\xed\xa0\x80"),
    "overlong UTF-8": lambda s: frame(TEXT, b"\xc0\xaf"),
    "too big": lambda s: frame(TEXT, b"x" * (LIMIT_BYTES + 1)),
    "as big as may be": lambda s: frame(TEXT, b"x" * LIMIT_BYTES),
    "too big in pieces": lambda s: (
        frame(TEXT, b"x" * LIMIT_BYTES, fin=False) + frame(0, b"x")
    ),
    "reserved opcode": lambda s: frame(3, b"{}"),
    "reserved control opcode": lambda s: frame(11, b"{}"),
    "a length that takes too much room": lambda s: frame(TEXT, b"{}", wide=2),
    "a length that takes far too much room": lambda s: frame(TEXT, b"{}", wide=8),
    "a piece of nothing": lambda s: frame(0, b"{}"),
    "a message within a message": lambda s: (
        frame(TEXT, b"{", fin=False) + frame(TEXT, b"{}")
    ),
    "a ping in pieces": lambda s: frame(PING, b"", fin=False),
    "a ping that is too long": lambda s: frame(PING, b"x" * 126),
    "a close": lambda s: frame(CLOSE, b"\x03\xe8bye"),
    "a close without a code": lambda s: frame(CLOSE),
    "a close with half a code": lambda s: frame(CLOSE, b"\x03"),
    "a close with a code nobody may use": lambda s: frame(CLOSE, b"\x03\xed"),
    "a close with bad UTF-8": lambda s: frame(CLOSE, b"\x03\xe8\xff"),
}


def compare(seed: int, messages: int, wrong: str | None) -> Outcome:
    stream = Stream(seed)
    stream.made(messages, WRONG[wrong] if wrong else None)
    chunks = stream.chunks()

    async def both() -> tuple[Outcome, Outcome]:
        return (
            await played(FrankSocket, chunks, seed),
            await played(FastSocket, chunks, seed),
        )

    plain, fast = asyncio.run(both())
    assert fast.seen == plain.seen
    assert fast.faults == plain.faults
    assert fast.written == plain.written
    assert (fast.cut, fast.state) == (plain.cut, plain.state)
    return fast


def test_random_streams_come_out_the_same(soak: bool) -> None:
    texts = 0
    for seed in range(400 if soak else 12):
        outcome = compare(seed, 150 if soak else 60, None)
        texts += sum(bool(event.get("text")) for event in outcome.seen)
    assert texts > 200, "the streams said something"


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_wrong_ends_the_same(wrong: str, soak: bool) -> None:
    for seed in range(20 if soak else 2):
        compare(seed, 10, wrong)


def test_frames_take_the_short_way() -> None:
    """The comparison would be of no worth if both went the long one."""
    text = '{"type": "ping"}'
    with (
        mock.patch("conference.server.what_is_missing", return_value=""),
        mock.patch.object(Autobahn, "onFrameEnd", autospec=True) as long_in,
        mock.patch.object(Autobahn, "sendMessage", autospec=True) as long_out,
    ):
        chunk = frame(TEXT, text.encode()) * 3
        outcome = asyncio.run(played(FastSocket, [chunk], seed=1))
    assert [event.get("text") for event in outcome.seen[:3]] == [text] * 3
    assert not long_in.called
    assert not long_out.called


def test_it_may_be_switched_off() -> None:
    server = Server(mock.Mock(), "127.0.0.1", 0, lambda: None)
    with override_settings(FAST_SOCKETS=False):
        assert server.socket_kind() is FrankSocket
    with override_settings(FAST_SOCKETS=True):
        assert server.socket_kind() is FastSocket


@pytest.mark.parametrize("kind", [FrankSocket, FastSocket])
def test_switched_off_nothing_of_it_is_left(kind: type[FrankSocket]) -> None:
    """Sockets keep their own options then, and daphne answers them as it likes."""

    async def inbox() -> object:
        application = mock.AsyncMock()
        server = Server(application, "127.0.0.1", 0, lambda: None)
        with override_settings(FAST_SOCKETS=kind is FastSocket):
            server.ws_factory = WebSocketFactory(server, server="")
        door = mock.Mock(**{"getHost.return_value": IPv4Address("TCP", "::1", 1)})
        server.listen_success(door)
        made = server.ws_factory.protocol
        assert issubclass(made, kind)
        assert (made is FrankSocket) == (kind is FrankSocket) == bool(made.CONFIG_ATTRS)
        protocol = made()
        protocol.transport = Wire(seed=1)
        server.connections = {protocol: {}}
        given = server.create_application(protocol, {"type": "websocket"})
        await server.connections[protocol]["application_instance"]
        scope = application.call_args.kwargs["scope"]
        assert scope["asgi"] == {"version": "3.0"}
        assert scope["scheme"] == "ws"
        return given

    wanted = Inbox if kind is FastSocket else asyncio.Queue
    assert type(asyncio.run(inbox())) is wanted


def test_all_it_leans_on_is_there() -> None:
    assert what_is_missing() == ""


@pytest.mark.parametrize(
    ("where", "name", "says"),
    [
        (FileDescriptor, "dataBuffer", "FileDescriptor has no dataBuffer"),
        (Autobahn, "_dataReceived", "_dataReceived"),
        (Autobahn, "_connectionMade", "_connectionMade"),
        (WebSocketServerProtocol, "CONFIG_ATTRS", "has no CONFIG_ATTRS"),
        (DaphneServer, "handle_reply", "Server has no handle_reply"),
    ],
)
def test_where_a_name_is_gone_it_goes_the_long_way_and_says_so(
    where: type, name: str, says: str, caplog: pytest.LogCaptureFixture
) -> None:
    server = Server(mock.Mock(), "127.0.0.1", 0, lambda: None)
    was = getattr(where, name)
    delattr(where, name)
    try:
        assert server.socket_kind() is FrankSocket
    finally:
        setattr(where, name, was)
    assert says in caplog.text
    assert server.socket_kind() is FastSocket


def test_where_frames_come_out_otherwise_it_goes_the_long_way(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server(mock.Mock(), "127.0.0.1", 0, lambda: None)
    with mock.patch.object(FrankSocket, "onMessage"):
        assert server.socket_kind() is FrankSocket
    assert "a frame is heard otherwise" in caplog.text


FLOOD = """
import asyncio, pathlib, sys
from django.conf import settings
settings.configure(FAST_SOCKETS=sys.argv[1] == "True")
from conference.doorway import Doorway
from conference.server import Server

async def application(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    async def flood():
        while True:
            await send({"type": "websocket.send", "text": "x" * 60_000})
            await asyncio.sleep(0)
    flooding = asyncio.create_task(flood())
    event = await receive()
    while event["type"] != "websocket.disconnect":
        event = await receive()
    flooding.cancel()
    print("gone", event["code"], flush=True)

def secure(pages):
    return Doorway(pathlib.Path(sys.argv[3]).read_bytes(), pages, origins=[])

options = {"entrance": secure} if sys.argv[3:] else {}
Server(application, "127.0.0.1", int(sys.argv[2]), lambda: None, **options).run()
"""


@pytest.fixture(params=["http", "https", "http, the long way", "https, the long way"])
def line(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Process, socket.socket]]:
    """A socket at a server that never stops talking."""
    secret, trust, port = [], None, free_port()
    scheme, *way = request.param.split(", ")
    if scheme == "https":
        store = Store(tmp_path / "tls", "Parley", ["localhost"])
        store.prepare()
        secret = [str(store.site)]
        trust = ssl.create_default_context(cafile=str(store.public))
    command = [sys.executable, "-c", FLOOD, str(not way), str(port), *secret]
    process = Process(command, tmp_path)
    try:
        process.start().wait_until(lambda: listens(port))
        made = socket.create_connection(("127.0.0.1", port), 10)
        if trust is not None:
            made = trust.wrap_socket(made, server_hostname="localhost")
        with made:
            made.sendall(UPGRADE)
            yield process, made
    finally:
        process.end()


def test_who_does_not_read_is_cut_off_with_little_waiting(
    line: tuple[Process, socket.socket],
) -> None:
    process, made = line
    process.wait_until(lambda: "gone 1006" in process.words())
    heard = 0
    try:
        while more := made.recv(1 << 20):
            heard += len(more)
    except OSError:
        pass
    # What the kernels held, and no more than was allowed to wait.
    assert 0 < heard < 16 * WAITING_BYTES


def test_plain_frames_are_counted_as_well() -> None:
    with mock.patch("conference.server.what_is_missing", return_value=""):
        for number, cut in ((FRAMES_A_SECOND, False), (FRAMES_A_SECOND + 1, True)):
            chunk = frame(TEXT, b"{}") * number
            outcome = asyncio.run(played(FastSocket, [chunk], seed=1))
            assert bool(outcome.cut) is cut


@pytest.mark.parametrize("in_c", [True, False])
def test_masks_are_taken_off_bodies_of_every_length(in_c: bool) -> None:
    chance = random.Random(7)
    with mock.patch("conference.fast_sockets.IN_C", in_c):
        for length in [*range(70), 1499, 1500, 1501, 1502, 12_345, LIMIT_BYTES]:
            mask, body = chance.randbytes(4), chance.randbytes(length)
            plain = bytes(byte ^ mask[at % 4] for at, byte in enumerate(body))
            assert unmasked(mask, body) == plain

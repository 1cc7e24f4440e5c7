"""daphne's WebSocket with a short way for the frames that a call is made of.

A frame that comes whole, masked, final, uncompressed, with text, is taken from the
buffer here; every other byte goes to autobahn, as if this module were not there.
What is sent leaves at once where nothing waits, without a round through the reactor.
A socket that waits holds no more than it needs.

It leans on names that daphne, autobahn and Twisted do not promise. Their versions are
pinned; `what_is_missing` looks at the start whether all of them are there.
"""

import time
from typing import Any, Self

from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from autobahn.websocket import xormasker
from autobahn.websocket.protocol import WebSocketProtocol as Autobahn
from daphne.server import Server as DaphneServer
from twisted.internet.abstract import FileDescriptor
from twisted.internet.tcp import Connection
from twisted.protocols.tls import TLSMemoryBIOProtocol

from .bodies import LIMIT_BYTES
from .sockets import WAITING_BYTES, FrankSocket

FINAL_TEXT = 0x81
MASKED = 0x80
SHORT = 126
"""Below this, the second byte of a frame says its length; this one says: two more."""

LONG_BYTES = 1500
"""Above this, autobahn's masker in C is faster: by four fifths for a description."""

_masks: Any = xormasker
IN_C = _masks.create_xor_masker.__module__.startswith("autobahn.nvx")

LEANS_ON: dict[type, tuple[str, ...]] = {
    FileDescriptor: ("connected", "disconnecting", "dataBuffer", "offset", "write"),
    Connection: ("writeSomeData", "unregisterProducer"),
    TLSMemoryBIOProtocol: ("write", "transport", "unregisterProducer"),
    DaphneServer: ("create_application", "handle_reply"),
    FrankSocket: ("dataReceived", "handle_reply", "dropConnection", "muted"),
    WebSocketServerProtocol: ("CONFIG_ATTRS", "makeConnection"),
    Autobahn: ("_dataReceived", "_cancelAutoPingTimeoutCall", "sendData"),
}


def what_is_missing() -> str:
    """Why the short way cannot be taken; empty where it can.

    Every name must be there, and a connection of no wire must hear and say the same on
    both ways.
    """
    for kind, names in LEANS_ON.items():
        for name in names:
            if not hasattr(kind, name):
                return f"{kind.__name__} has no {name}"
    if not hasattr(FileDescriptor(), "_tempDataLen"):
        return "FileDescriptor has no _tempDataLen"
    try:
        return _difference()
    except Exception as fault:
        return f"{type(fault).__name__}: {fault}"


class FastSocket(FrankSocket):
    """Reads and writes whole text frames by itself."""

    data: bytes

    @classmethod
    def with_options_of(cls, factory: Any) -> type[Self]:
        """This kind, for the sockets of a factory that has all its options by now.

        autobahn would copy them into every socket, and word them for a log that nobody
        reads: a tenth of what a handshake takes, and two kilobytes.
        """
        options: dict[str, Any] = {"CONFIG_ATTRS": ()}
        for name in cls.CONFIG_ATTRS:
            value = getattr(factory, name)
            # A function must stay one, and not become a method.
            options[name] = staticmethod(value) if callable(value) else value
        return type(cls.__name__, (cls,), options)

    def makeConnection(self, transport: Any) -> None:  # noqa: N802
        # What has read the head of the request would live as long as the line, since it
        # waits to hear of full buffers.
        transport.unregisterProducer()
        super().makeConnection(transport)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        # Inside a frame or message that autobahn has begun, all is autobahn's.
        if (
            self.state == Autobahn.STATE_OPEN
            and self.current_frame is None
            and not self.inside_message
            and not self.failedByMe
        ):
            if self.data:
                data, self.data = self.data + data, b""
            data = self.take_frames(data)
            if not data:
                return
        self._dataReceived(data)

    def take_frames(self, data: bytes) -> bytes:
        """Hand over the frames that are plain; the rest begins with one that is not."""
        most = min(self.maxMessagePayloadSize, self.maxFramePayloadSize)
        end = len(data)
        at = taken = 0
        while at + 6 <= end and data[at] == FINAL_TEXT:
            length = data[at + 1] - MASKED
            if 0 <= length < SHORT:
                begin = at + 6
            elif length == SHORT and at + 8 <= end:
                length = data[at + 2] << 8 | data[at + 3]
                if length < SHORT:
                    break
                begin = at + 8
            else:
                break
            after = begin + length
            if after > end or length > most:
                break
            try:
                text = unmasked(data[begin - 4 : begin], data[begin:after]).decode()
            except UnicodeDecodeError:
                break
            self.take_text(text)
            at = after
            taken += 1
        if taken:
            self.count_frames(taken)
        return data[at:] if at else data

    def take_text(self, text: str) -> None:
        """What daphne's onMessage does, and autobahn at the end of a frame."""
        if self.autoPingTimeoutCall and self.autoPingRestartOnAnyTraffic:
            self._cancelAutoPingTimeoutCall()
        if not self.muted:
            self.last_ping = time.time()
            self.application_queue.put_nowait(
                {"type": "websocket.receive", "text": text}
            )

    def handle_reply(self, message: dict[str, Any]) -> None:
        text = message.get("text") if message["type"] == "websocket.send" else None
        if not text or message.get("bytes") or not self.send_text(text):
            super().handle_reply(message)

    def send_text(self, text: str) -> bool:
        """Send one text frame; false where it is autobahn's to say what happens."""
        if self.state != Autobahn.STATE_OPEN or self._perMessageCompress is not None:
            return False
        body = text.encode()
        length = len(body)
        if length > self.maxMessagePayloadSize:
            return False
        if length < SHORT:
            frame = bytes((FINAL_TEXT, length)) + body
        elif length < 1 << 16:
            frame = bytes((FINAL_TEXT, SHORT, length >> 8, length & 0xFF)) + body
        else:
            frame = bytes((FINAL_TEXT, SHORT + 1)) + length.to_bytes(8, "big") + body
        self.write_frame(frame)
        return True

    def sendData(  # noqa: N802
        self, data: bytes, sync: bool = False, chopsize: int | None = None
    ) -> None:
        """What autobahn says by itself: the handshake's answer, pongs, farewells."""
        if sync or chopsize or self.send_queue:
            super().sendData(data, sync, chopsize)
        else:
            self.write_frame(data)

    def write_frame(self, frame: bytes) -> None:
        transport = self.transport
        if isinstance(transport, TLSMemoryBIOProtocol):
            transport.write(frame)
            waiting = bytes_waiting(transport.transport)
        else:
            waiting = bytes_waiting(transport)
            if not waiting and transport.connected and not transport.disconnecting:
                sent = transport.writeSomeData(frame)
                # A line that is lost is an exception here; the reactor finds it so.
                if isinstance(sent, int):
                    frame = frame[sent:]
            if frame:
                transport.write(frame)
                waiting += len(frame)
        if waiting > WAITING_BYTES:
            self.cut_off()


def unmasked(mask: bytes, body: bytes) -> bytes:
    """RFC 6455, 5.3, over the whole body in one operation."""
    length = len(body)
    if length > LONG_BYTES and IN_C:
        return bytes(_masks.create_xor_masker(mask, length).process(body))
    key = (mask * (length // 4 + 1))[:length]
    mixed = int.from_bytes(body, "little") ^ int.from_bytes(key, "little")
    return mixed.to_bytes(length, "little")


def bytes_waiting(transport: Any) -> int:
    """How much of what was written to this TCP connection has not left yet."""
    return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)


class _NoWire:
    """A transport that keeps what it is given."""

    connected = 1
    disconnecting = 0
    dataBuffer = b""
    offset = 0
    _tempDataLen = 0

    def __init__(self) -> None:
        self.written = b""

    def writeSomeData(self, data: bytes) -> int:  # noqa: N802
        self.written += data
        return len(data)

    def write(self, data: bytes) -> None:
        self.written += data


def _difference() -> str:
    """What comes out otherwise than with autobahn alone."""
    said = '{"ä": 1}' * 40
    body = said.encode()
    mask = b"\x01\x80\xff\x00"
    frame = bytes((FINAL_TEXT, MASKED | SHORT, len(body) >> 8, len(body) & 0xFF))
    frame += mask + unmasked(mask, body)
    fast, plain = _unwired(), _unwired()
    if fast.take_frames(frame * 2 + frame[:9]) != frame[:9]:
        return "frames are not taken whole"
    plain._dataReceived(frame)
    plain._dataReceived(frame)
    if fast.application_queue.items != plain.application_queue.items:
        return "a frame is heard otherwise"
    if not fast.send_text(said):
        return "a frame is not sent"
    plain.sendMessage(body)
    if fast.transport.written != plain.transport.written:
        return "a frame is sent otherwise"
    return ""


class _Heard:
    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []

    def put_nowait(self, event: dict[str, Any]) -> None:
        self.items.append(event)


def _unwired() -> FastSocket:
    factory = WebSocketServerFactory()
    factory.setProtocolOptions(
        openHandshakeTimeout=0,
        maxMessagePayloadSize=LIMIT_BYTES,
        maxFramePayloadSize=LIMIT_BYTES,
    )
    made = FastSocket.with_options_of(factory)()
    made.factory = factory
    made.transport = _NoWire()
    made.client_addr = None
    made.websocket_version = 13
    made.application_queue = _Heard()
    made._connectionMade()
    made.state = Autobahn.STATE_OPEN
    made.current_frame = None
    made.inside_message = False
    return made

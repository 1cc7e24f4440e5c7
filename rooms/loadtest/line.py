"""One WebSocket to a server (RFC 6455), without a task or a queue of its own.

Thousands of them share one loop: what comes is handed on as it is read, what is said is
written at once.
"""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import Origin
from websockets.uri import WebSocketURI

LOST = 1006
GOING_AWAY = 1001
OPEN_SECONDS = 10.0
"""For the connection and its handshake; as long as a page bears silence."""

FAREWELL_SECONDS = 2.0
"""For the other side to answer a close frame."""


@dataclass(frozen=True)
class Server:
    """Where sockets are opened: at `url`, as a page of `origin` would.

    The two differ where a process is spoken to behind its proxy's back. `trust` checks
    the certificate of an https address; None: as the machine does.
    """

    url: str
    origin: str
    trust: ssl.SSLContext | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or (443 if self.secure else 80)

    @property
    def secure(self) -> bool:
        return self.url.startswith("https:")

    @property
    def name(self) -> str:
        """What pages call the site: proxies and Parley read it in `Host`."""
        return urlsplit(self.origin).netloc

    def socket_of(self, link: str) -> WebSocketURI:
        path = f"/ws/rooms/{link}/"
        return WebSocketURI(self.secure, self.host, self.port, path, "", None)


class Ear(Protocol):
    """Who is told what happens on a line."""

    def line_opened(self, line: "Line") -> None: ...

    def line_heard(self, line: "Line", text: str) -> None: ...

    def line_lost(self, line: "Line", code: int) -> None:
        """Exactly once; 1006 where no close frame came (RFC 6455, 7.4.1)."""


class Line(asyncio.Protocol):
    """One connection, from the attempt to its end."""

    transport: asyncio.Transport

    def __init__(self, server: Server, link: str, cookie: str, ear: Ear) -> None:
        self.server = server
        self.link = link
        self.refused_with: int | None = None
        """The status of a handshake that was refused."""
        self._cookie = cookie
        self._ear = ear
        self._wire = ClientProtocol(
            server.socket_of(link), origin=Origin(server.origin), max_size=None
        )
        self._parts: list[bytes] = []
        self._connecting: asyncio.Task[None] | None = None
        self._due: asyncio.TimerHandle | None = None
        self._over = False

    def open(self) -> None:
        """Try once; `line_opened` or `line_lost` follows within OPEN_SECONDS."""
        loop = asyncio.get_running_loop()
        self._connecting = loop.create_task(self._connect())
        self._due = loop.call_later(OPEN_SECONDS, self.cut)

    def say(self, text: str) -> bool:
        """Send a frame; false where no socket is open."""
        if self._wire.state is not State.OPEN:
            return False
        self._wire.send_text(text.encode())
        self._flush()
        return True

    def close(self, code: int = GOING_AWAY) -> None:
        """Say goodbye; the line ends when the server has answered, or soon."""
        if self._wire.state is not State.OPEN:
            self.cut()
            return
        self._wire.send_close(code)
        self._flush()
        self._wait(FAREWELL_SECONDS)

    def cut(self) -> None:
        """End it now, without a word."""
        if self._connecting is not None and not self._connecting.done():
            self._connecting.cancel()
            self._end(LOST)
        elif not self._over:
            self.transport.abort()

    async def _connect(self) -> None:
        server = self.server
        secure = (server.trust or True) if server.secure else None
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(
                lambda: self, server.host, server.port, ssl=secure
            )
        except OSError:
            self._end(LOST)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        request = self._wire.connect()
        del request.headers["Host"]
        request.headers["Host"] = self.server.name
        request.headers["Cookie"] = self._cookie
        self._wire.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._wire.receive_data(data)
        for event in self._wire.events_received():
            if isinstance(event, Response):
                self._answered(event)
            elif isinstance(event, Frame):
                self._take(event)
        self._flush()
        if self._wire.close_expected():
            self._wait(FAREWELL_SECONDS)

    def eof_received(self) -> bool:
        self._wire.receive_eof()
        self._flush()
        return False

    def connection_lost(self, fault: Exception | None) -> None:
        self._wire.receive_eof()
        self._end(self._wire.close_code or LOST)

    def _answered(self, response: Response) -> None:
        fault = self._wire.handshake_exc
        if fault is None:
            if self._due is not None:
                self._due.cancel()
            self._ear.line_opened(self)
            return
        if isinstance(fault, InvalidStatus):
            self.refused_with = response.status_code
        self.transport.abort()

    def _take(self, frame: Frame) -> None:
        if frame.opcode is Opcode.TEXT or frame.opcode is Opcode.CONT:
            self._parts.append(bytes(frame.data))
            if frame.fin:
                text = b"".join(self._parts).decode()
                self._parts.clear()
                self._ear.line_heard(self, text)

    def _flush(self) -> None:
        for data in self._wire.data_to_send():
            if data:
                self.transport.write(data)
            else:
                self.transport.close()

    def _wait(self, seconds: float) -> None:
        if self._due is not None:
            self._due.cancel()
        if not self._over:
            self._due = asyncio.get_running_loop().call_later(seconds, self.cut)

    def _end(self, code: int) -> None:
        if self._due is not None:
            self._due.cancel()
        if not self._over:
            self._over = True
            self._ear.line_lost(self, code)

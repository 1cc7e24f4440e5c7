"""daphne, run in this process, with limits that hold for strangers.

A frame, a message and a request body may have 64 KiB, bodies more at the paths that
settings.LARGE_BODIES names; a socket that does not answer a ping within 5 s is dropped;
none is closed for its age. daphne's own proxy headers stay off: it believes the
leftmost address, which anybody can write (see client.py).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server as DaphneServer
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocolFactory, ISSLTransport

from .headers import BARE

logger = logging.getLogger(__name__)

LIMIT_BYTES = 64 * 1024
# For who is refused, to read why and hang up.
REFUSED_SECONDS = 3
PING_SECONDS = 5
# Long enough for a storm of people who come back at once after a restart.
HANDSHAKE_SECONDS = 20
FOREVER = -1
FAREWELL_SECONDS = 5
# For requests that are being answered when the end comes.
ANSWER_SECONDS = 3
# For the last frames to leave this process.
FLUSH_SECONDS = 0.1
RESTARTING = 1012
TOO_BIG = 1009
TOO_LARGE_WORDS = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    "<title>This is too large</title><h1>This is too large</h1>"
    "<p>Nothing was changed. Go back and send something smaller.</p>"
)
TOO_LARGE = "\r\n".join(
    [
        "HTTP/1.1 413 Content Too Large",
        *(f"{name}: {value}" for name, value in BARE.items()),
        *("Content-Type: text/html", f"Content-Length: {len(TOO_LARGE_WORDS)}"),
        *("Connection: close", "", TOO_LARGE_WORDS),
    ]
).encode()


def hang_up(transport: Any) -> None:
    if transport.connected:
        transport.abortConnection()


class BoundedRequest(WebRequest):  # type: ignore[misc]
    """Refuses a body over the limit while it arrives; Twisted would store it."""

    refused = False
    received = 0
    most = LIMIT_BYTES

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        super().gotLength(length)
        self.most = self.allowed()
        if length is not None and length > self.most:
            self.refuse()

    def allowed(self) -> int:
        """How long the body may be; called when the head of the request is read.

        Only browsers that come with a session may send more; whether it is anybody's
        is asked by the view.
        """
        # Twisted tells the request its path after the body only.
        path = self.channel._path.partition(b"?")[0].decode("latin-1")
        if self.getCookie(settings.SESSION_COOKIE_NAME.encode()) is None:
            return LIMIT_BYTES
        return settings.LARGE_BODIES.get(path, LIMIT_BYTES)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self.received += len(data)
        if self.received > self.most:
            self.refuse()
        if not self.refused:
            super().handleContentChunk(data)

    def refuse(self) -> None:
        if not self.refused:
            self.refused = True
            transport = self.channel.transport
            transport.write(TOO_LARGE)
            self.channel.loseConnection()
            # TLS would listen on until the other side hangs up as well.
            loop = asyncio.get_running_loop()
            loop.call_later(REFUSED_SECONDS, hang_up, transport)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        for name, value in BARE.items():
            self.setHeader(name.encode(), value.encode())
        super().basic_error(status, status_text, body)

    def process(self) -> Any:
        return None if self.refused else super().process()


class BoundedFactory(HTTPFactory):  # type: ignore[misc]
    """daphne's factory, making requests of the kind above."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


class FrankSocket(WebSocketProtocol):  # type: ignore[misc]
    """Says why it closes, and refuses a handshake with the headers of this site.

    autobahn lets servers say 1000 and 3000 to 4999 only; 1012, "the server restarts",
    is missed (RFC 6455, 7.4; IANA). It drops the line of who sends too much, without
    the 1009 that would tell them.
    """

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        self.sendCloseFrame(code=1000 if code is None else code)

    def _max_message_size_exceeded(self, size: int, limit: int, reason: str) -> None:
        # What else belongs to the message is thrown away as it comes.
        self.failedByMe = True
        self.sendCloseFrame(code=TOO_BIG)

    def sendHttpErrorResponse(  # noqa: N802
        self,
        code: int,
        reason: str,
        responseHeaders: Any = None,  # noqa: N803
    ) -> None:
        headers = [*(responseHeaders or []), *BARE.items(), ("Content-Length", "0")]
        super().sendHttpErrorResponse(code, reason, headers)

    def send_away(self) -> None:
        if self.state == self.STATE_OPEN:
            self.serverClose(RESTARTING)


async def _no_farewell() -> None:
    return None


def _open(pages: IProtocolFactory) -> IProtocolFactory:
    return pages


class Server(DaphneServer):  # type: ignore[misc]
    """The site's server; `run()` returns when it has been told to stop.

    `farewell` is awaited then, while sockets are still open, for a few seconds at most.
    `failure` holds why it never listened, if it did not. What listens is `entrance` of
    the factory that answers (see doorway.py).
    """

    failure = ""
    connections: dict[Any, dict[str, Any]]

    def __init__(
        self,
        application: Callable[..., Awaitable[None]],
        bind: str,
        port: int,
        ready: Callable[[], None],
        farewell: Callable[[], Awaitable[None]] = _no_farewell,
        entrance: Callable[[IProtocolFactory], IProtocolFactory] = _open,
    ) -> None:
        super().__init__(
            application,
            endpoints=build_endpoint_description_strings(host=bind, port=port),
            websocket_timeout=FOREVER,
            websocket_connect_timeout=HANDSHAKE_SECONDS,
            websocket_handshake_timeout=HANDSHAKE_SECONDS,
            websocket_max_message_size=LIMIT_BYTES,
            websocket_max_frame_size=LIMIT_BYTES,
            ping_interval=PING_SECONDS,
            ping_timeout=PING_SECONDS,
            server_name="",
            ready_callable=ready,
        )
        self.farewell = farewell
        self.entrance = entrance

    # daphne's run() makes both factories itself; there is no other place to say which.

    @property
    def http_factory(self) -> IProtocolFactory:
        return self._http_factory

    @http_factory.setter
    def http_factory(self, made: HTTPFactory) -> None:
        self._http_factory = self.entrance(BoundedFactory(self))

    @property
    def ws_factory(self) -> WebSocketFactory:
        return self._ws_factory

    @ws_factory.setter
    def ws_factory(self, made: WebSocketFactory) -> None:
        made.protocol = FrankSocket
        self._ws_factory = made

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """daphne leaves the scheme of sockets out, which then would be "ws"."""
        if scope["type"] == "websocket":
            secure = ISSLTransport.providedBy(protocol.transport)
            scope["scheme"] = "wss" if secure else "ws"
        return super().create_application(protocol, scope)

    def listen_error(self, failure: Any) -> None:
        self.failure = failure.getErrorMessage()
        self.stop()

    def kill_all_applications(self) -> Any:
        """Before the end: the farewell, then the end of every task."""
        goodbye = asyncio.wait_for(self.say_goodbye(), FAREWELL_SECONDS)
        said = Deferred.fromFuture(asyncio.ensure_future(goodbye))
        said.addErrback(lambda fault: logger.error("Farewell: %s", fault.value))
        return said.addCallback(lambda _: self.end_applications())

    async def say_goodbye(self) -> None:
        await self.farewell()
        for protocol in list(self.connections):
            if isinstance(protocol, FrankSocket):
                protocol.send_away()
        await self.answer_the_last()
        await asyncio.sleep(FLUSH_SECONDS)

    async def answer_the_last(self) -> None:
        """Let requests end that are under way; Django would complain of the others."""
        answering = [
            details["application_instance"]
            for protocol, details in self.connections.items()
            if isinstance(protocol, BoundedRequest)
            and "application_instance" in details
        ]
        if answering:
            await asyncio.wait(answering, timeout=ANSWER_SECONDS)

    def end_applications(self) -> Any:
        # daphne trips over a connection whose application has already ended.
        self.connections = {
            protocol: details
            for protocol, details in self.connections.items()
            if "application_instance" in details
        }
        return super().kill_all_applications()

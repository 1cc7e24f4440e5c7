"""daphne, run in this process, with limits that hold for strangers.

A frame, a message and a request body may have 64 KiB; a socket that does not answer a
ping within 5 s is dropped; none is closed for its age. daphne's own proxy headers stay
off: it believes the leftmost address, which anybody can write (see client.py).
"""

from collections.abc import Callable
from typing import Any

from asgiref.typing import ASGI3Application
from daphne.endpoints import build_endpoint_description_strings
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server as DaphneServer
from daphne.ws_protocol import WebSocketProtocol

LIMIT_BYTES = 64 * 1024
PING_SECONDS = 5
# Long enough for a storm of people who come back at once after a restart.
HANDSHAKE_SECONDS = 20
FOREVER = -1
RESTARTING = 1012
TOO_LARGE = (
    b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
)


class BoundedRequest(WebRequest):  # type: ignore[misc]
    """Refuses a body over the limit while it arrives; Twisted would store it."""

    refused = False
    received = 0

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        super().gotLength(length)
        if length is not None and length > LIMIT_BYTES:
            self.refuse()

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self.received += len(data)
        if self.received > LIMIT_BYTES:
            self.refuse()
        if not self.refused:
            super().handleContentChunk(data)

    def refuse(self) -> None:
        if not self.refused:
            self.refused = True
            self.channel.transport.write(TOO_LARGE)
            self.channel.loseConnection()

    def process(self) -> Any:
        return None if self.refused else super().process()


class BoundedFactory(HTTPFactory):  # type: ignore[misc]
    """daphne's factory, making requests of the kind above."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


class Server(DaphneServer):  # type: ignore[misc]
    """The site's server; `run()` returns when it has been told to stop.

    `failure` then holds why it never listened, if it did not.
    """

    failure = ""

    def __init__(
        self,
        application: ASGI3Application,
        bind: str,
        port: int,
        ready: Callable[[], None],
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

    @property
    def http_factory(self) -> HTTPFactory:
        return self._http_factory

    @http_factory.setter
    def http_factory(self, made: HTTPFactory) -> None:
        # daphne's run() offers no other place to bring a factory of one's own.
        self._http_factory = BoundedFactory(self)

    def listen_error(self, failure: Any) -> None:
        self.failure = failure.getErrorMessage()
        self.stop()

    def kill_all_applications(self) -> Any:
        """Before the end: tell sockets that the server restarts, end every task."""
        for protocol in self.connections:
            if isinstance(protocol, WebSocketProtocol):
                protocol.sendClose(RESTARTING, "restarting")
        # daphne trips over a connection whose application has already ended.
        self.connections = {
            protocol: details
            for protocol, details in self.connections.items()
            if "application_instance" in details
        }
        return super().kill_all_applications()

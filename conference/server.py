"""daphne, run in this process, with limits that hold for strangers.

A frame, a message and a request body may have 64 KiB, bodies more at the paths that
settings.LARGE_BODIES names; a socket that does not answer a ping within 5 s is dropped;
none is closed for its age. daphne's own proxy headers stay off: it believes the
leftmost address, which anybody can write (see client.py).
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from daphne.endpoints import build_endpoint_description_strings
from daphne.http_protocol import HTTPFactory
from daphne.server import Server as DaphneServer
from daphne.ws_protocol import WebSocketFactory
from django.conf import settings
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IProtocolFactory, ISSLTransport

from .bodies import LIMIT_BYTES, BoundedRequest
from .fast_handshakes import FastFactory
from .fast_sockets import FastSocket, what_is_missing
from .inbox import Inbox
from .sockets import FrankSocket

logger = logging.getLogger(__name__)

PING_SECONDS = 5
# Long enough for a storm of people who come back at once after a restart.
HANDSHAKE_SECONDS = 20
FOREVER = -1
# Together with what follows: less than ten.
FAREWELL_SECONDS = 7
# For requests that are being answered when the end comes.
ANSWER_SECONDS = 3
# For the last frames to leave this process.
FLUSH_SECONDS = 0.1


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
        self.doors: list[Any] = []
        self.farewell = farewell
        self.entrance = entrance

    # daphne's run() makes both factories itself; there is no other place to say which.

    @property
    def http_factory(self) -> IProtocolFactory:
        return self._http_factory

    @http_factory.setter
    def http_factory(self, made: HTTPFactory) -> None:
        self._http_factory = self.entrance(FastFactory(self))

    @property
    def ws_factory(self) -> WebSocketFactory:
        return self._ws_factory

    @ws_factory.setter
    def ws_factory(self, made: WebSocketFactory) -> None:
        made.protocol = self.socket_kind()
        self._ws_factory = made

    def socket_kind(self) -> type[FrankSocket]:
        if not settings.FAST_SOCKETS:
            return FrankSocket
        if missing := what_is_missing():
            logger.warning("Sockets go the long way: %s", missing)
            return FrankSocket
        return FastSocket

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """daphne leaves the scheme of sockets out, which then would be "ws"."""
        if scope["type"] == "websocket":
            secure = ISSLTransport.providedBy(protocol.transport)
            scope["scheme"] = "wss" if secure else "ws"
            if isinstance(protocol, FastSocket):
                return self.answer_socket(protocol, scope)
        return super().create_application(protocol, scope)

    def answer_socket(
        self, protocol: FastSocket, scope: dict[str, Any]
    ) -> Inbox | None:
        """What daphne does for any connection, at less cost."""
        if protocol not in self.connections:
            return None
        scope.setdefault("asgi", {"version": "3.0"})
        inbox = Inbox()
        answer = self.application(
            scope=scope, receive=inbox.get, send=partial(self.handle_reply, protocol)
        )
        self.connections[protocol]["application_instance"] = asyncio.ensure_future(
            answer
        )
        return inbox

    def listen_success(self, port: Any) -> None:
        super().listen_success(port)
        sockets = self.ws_factory
        if issubclass(sockets.protocol, FastSocket):
            # By now the factory has all its options.
            sockets.protocol = sockets.protocol.with_options_of(sockets)
        self.doors.append(port)

    def close_door(self) -> None:
        """Take no new connections; those that are open stay."""
        doors, self.doors = self.doors, []
        for door in doors:
            door.stopListening()

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
        self.close_door()
        # Those who ask for a page are answered while those in calls are told.
        await asyncio.gather(self.farewell(), self.answer_the_last())
        for protocol in list(self.connections):
            if isinstance(protocol, FrankSocket):
                protocol.send_away()
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

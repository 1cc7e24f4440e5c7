"""A seat in a call without a browser: it signals, but never connects.

It announces itself as answers-only and never answers, so that pages show its tile.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from rooms.signalling.protocol import VERSION
from tests.browser.visitor import Visitor
from tests.servers import NotYet

WAIT_SECONDS = 10.0
PING_FRAMES = 8


class Seat:
    """One socket of the protocol, driven by hand."""

    def __init__(self, socket: ClientConnection, ticket: str) -> None:
        self.socket = socket
        self._inbox: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()
        self.instance = secrets.token_hex(6)
        self.send("hello", protocol=VERSION, instance=self.instance, ticket=ticket)
        self.door = self.receive("door")

    def send(self, type_: str, **fields: Any) -> None:
        self.socket.send(json.dumps({"type": type_, **fields}))

    def receive(
        self,
        *types: str,
        such: Callable[[dict[str, Any]], bool] = lambda message: True,
    ) -> dict[str, Any]:
        """The next message of one of these types; others are passed over."""
        while True:
            try:
                message = self._inbox.get(timeout=WAIT_SECONDS)
            except Empty:
                raise NotYet(
                    f"{' or '.join(types)} within {WAIT_SECONDS:g} s"
                ) from None
            if message["type"] in types and such(message):
                return message

    def _read(self) -> None:
        """Says what it hears, as pages do: who reads nothing is sent away."""
        with contextlib.suppress(ConnectionClosed):
            for heard, frame in enumerate(self.socket, 1):
                message: dict[str, Any] = json.loads(frame)
                self._inbox.put(message)
                if heard % PING_FRAMES == 0 or message["type"] == "resync":
                    self.send("ping", heard=heard)

    def join(self, name: str) -> dict[str, Any]:
        """Ask for the seat; answers `welcome`, `waiting` or `knocking`."""
        slots = dict.fromkeys(("microphone", "camera", "screen", "screenAudio"), "off")
        self.send("join", name=name, version=1, slots=slots, answersOnly=True)
        return self.receive("welcome", "waiting", "knocking")


@contextlib.contextmanager
def seat_at(url: str, link: str, visitor: Visitor | None = None) -> Iterator[Seat]:
    """The socket of a guest, or of `visitor`, at the door of room `link`."""
    visitor = visitor or Visitor(url)
    data = visitor.call_data(link)
    with connect(
        url.replace("http", "ws", 1) + data["socket"],
        origin=Origin(url),
        additional_headers={"Cookie": visitor.cookies()},
        # What nobody reads must not keep the closing handshake waiting.
        max_queue=None,
    ) as socket:
        yield Seat(socket, data["ticket"])

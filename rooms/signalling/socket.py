"""A WebSocket that stays calm: whatever a client sends, and whenever it goes.

Channels' own consumers end with a traceback and close code 1011 on input they did not
expect, skip their disconnect handler then, and hop through a thread for each message.
This one reads in a plain loop, never waits for anything but the next event, writes
through one bounded outbox, and always says goodbye.
"""

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, ASGISendEvent
from channels.consumer import AsyncConsumer

from . import metrics
from .protocol import Close

if TYPE_CHECKING:
    from channels.consumer import _ChannelScope

logger = logging.getLogger(__name__)

BACKLOG_CHARACTERS = 1024 * 1024
FRAMES_IN_A_ROW = 64
GOING_AWAY = 1001
LOST = 1006
NORMAL = 1000

open_sockets: set["SocketConsumer"] = set()
"""Those of this process, to be looked at."""


class SocketConsumer(AsyncConsumer):
    """One client's socket. Subclasses say what happens when it opens, speaks, goes.

    Those three are plain functions on purpose: what takes time must be done beside
    the loop, or a client that sends much would fill the server's memory.
    """

    def __init__(self) -> None:
        self.close_code: int | None = None
        self._outbox: deque[str] = deque()
        self._backlog = 0
        self._broken = False
        self._writer: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        """How many frames wait to be written."""
        return len(self._outbox)

    def opened(self) -> None:
        """The socket is accepted."""

    def received(self, text: str | None) -> None:
        """A frame came; None stands for a binary one."""

    def gone(self, code: int) -> None:
        """The socket is no more; called exactly once, whatever happened before."""

    async def __call__(
        self,
        scope: "_ChannelScope",
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
    ) -> None:
        self.scope = scope
        self.base_send = send
        code = LOST
        open_sockets.add(self)
        try:
            code = await self._converse(receive)
        finally:
            open_sockets.discard(self)
            self._broken = True
            if self._writer is not None:
                self._writer.cancel()
            self.gone(code)

    async def _converse(self, receive: ASGIReceiveCallable) -> int:
        # Accepted before anything is looked at: servers give up on slow handshakes,
        # and a refused handshake could not carry a reason.
        if (await receive())["type"] != "websocket.connect":
            return LOST
        await self._send(
            {"type": "websocket.accept", "subprotocol": None, "headers": []}
        )
        self.opened()
        frames = 0
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return event["code"] or LOST
            # A socket that is being closed is read on, so that nothing piles up.
            if event["type"] == "websocket.receive" and self.close_code is None:
                metrics.came()
                self.received(event.get("text"))
            frames += 1
            if frames % FRAMES_IN_A_ROW == 0:
                # Servers hand over what has queued up without a pause for others.
                await asyncio.sleep(0)

    def heard(self, frames: int) -> None:
        """The client says how many frames this socket has brought it."""

    def post(self, frame: str) -> None:
        """Send an encoded message; never waits, never fails.

        Every frame of every socket leaves through here, in order.
        """
        if self.close_code is not None or self._broken:
            return
        self._backlog += len(frame)
        if self._backlog > BACKLOG_CHARACTERS:
            self._give_up()
            return
        self._outbox.append(frame)
        self._wake()

    def close(self, code: int) -> None:
        """Close after what was sent before; later frames are dropped."""
        if self.close_code is None:
            metrics.closed(code)
            self.close_code = code
            self._wake()

    def _give_up(self) -> None:
        metrics.dropped("slow-reader", len(self._outbox) + 1)
        self._outbox.clear()
        if self._writer is not None:
            self._writer.cancel()
            self._writer = None
        self.close(Close.SLOW_READER)

    def _wake(self) -> None:
        if self._writer is None and not self._broken:
            self._writer = asyncio.create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._outbox:
                frame = self._outbox.popleft()
                await self._send(
                    {"type": "websocket.send", "text": frame, "bytes": None}
                )
                self._backlog -= len(frame)
            if self.close_code is not None:
                await self._send(
                    {"type": "websocket.close", "code": self.close_code, "reason": ""}
                )
                self._broken = True
        finally:
            if self._writer is asyncio.current_task():
                self._writer = None

    async def _send(self, event: ASGISendEvent) -> None:
        if self._broken:
            return
        try:
            await self.base_send(event)
        except Exception as fault:
            # Each server has its own exception for a client that has just gone. The
            # disconnect event follows by itself; nobody else is to suffer from it.
            logger.debug("A socket could not be written to: %r", fault)
            self._broken = True
            self._outbox.clear()


class NowhereConsumer(SocketConsumer):
    """Answers every address that is none, with a close code a page can read."""

    def opened(self) -> None:
        self.close(Close.UNKNOWN_ROOM)

"""A WebSocket that stays calm: whatever a client sends, and whenever it goes.

Channels' own consumers end with a traceback and close code 1011 on input they did not
expect, skip their disconnect handler then, and hop through a thread for each message.
This one reads in a plain loop, never waits for anything but the next event, writes
at once where the server lets it, keeps no more for a client than it may have unheard,
and always says goodbye.
"""

import asyncio
import logging
import types
from collections import deque
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, ASGISendEvent
from channels.consumer import AsyncConsumer

from . import metrics
from .backlog import Backlog
from .protocol import FRAME_BYTES, Close, Resync, encode

if TYPE_CHECKING:
    from channels.consumer import _ChannelScope

logger = logging.getLogger(__name__)

FRAMES_IN_A_ROW = 64
RESYNC_SECONDS = 5.0
"""For a client that was told to resync, to say that it has heard so."""

LAST_WORDS_SECONDS = 1.0
"""For the close frame to leave, where the server makes us wait for it."""

FAREWELL_SECONDS = 5.0
"""For the server to end a socket that was closed here."""

GOING_AWAY = 1001
TOO_BIG = 1009
LOST = 1006
NORMAL = 1000

RESYNC = encode(Resync())

open_sockets: set["SocketConsumer"] = set()
"""Those of this process, to be looked at."""


class SocketConsumer(AsyncConsumer):
    """One client's socket. Subclasses say what happens when it opens, speaks, goes.

    Those three are plain functions on purpose: what takes time must be done beside
    the loop, or a client that sends much would fill the server's memory.
    """

    def __init__(self) -> None:
        self.close_code: int | None = None
        self._backlog = Backlog()
        self._broken = False
        # Frames wait only while the server lets us wait with the one before.
        self._outbox: deque[str] | None = None
        self._writer: asyncio.Task[None] | None = None
        self._reader: asyncio.Task[Any] | None = None
        self._behind: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many frames wait to be written."""
        return len(self._outbox) if self._outbox else 0

    @property
    def unheard(self) -> int:
        """How many characters the client has not said to have heard."""
        return self._backlog.characters

    def opened(self) -> None:
        """The socket is accepted."""

    def received(self, text: str | None) -> None:
        """A frame came; None stands for a binary one."""

    def gone(self, code: int) -> None:
        """The socket is no more; called exactly once, whatever happened before."""

    def resynced(self) -> None:
        """The client was behind, missed frames, and listens again: tell it all anew."""

    async def __call__(
        self,
        scope: "_ChannelScope",
        receive: ASGIReceiveCallable,
        send: ASGISendCallable,
    ) -> None:
        self.scope = scope
        self.base_send = send
        self._reader = asyncio.current_task()
        code = LOST
        open_sockets.add(self)
        try:
            code = await self._converse(receive)
        except asyncio.CancelledError:
            # Whether it was the server that ended this, or `_end`.
            if self._reader is not None:
                raise
            if self._writer is not None:
                await asyncio.wait([self._writer], timeout=LAST_WORDS_SECONDS)
        finally:
            open_sockets.discard(self)
            self._broken = True
            self._reader = None
            self._stop_writing()
            self._catch_up()
            self.gone(code)

    async def _converse(self, receive: ASGIReceiveCallable) -> int:
        # Accepted before anything is looked at: servers give up on slow handshakes,
        # and a refused handshake could not carry a reason.
        if (await receive())["type"] != "websocket.connect":
            return LOST
        try:
            await self.base_send(
                {"type": "websocket.accept", "subprotocol": None, "headers": []}
            )
        except Exception as fault:
            self._lost(fault)
        self.opened()
        frames = 0
        while True:
            event = await receive()
            if event["type"] == "websocket.disconnect":
                return event["code"] or LOST
            # A socket that is being closed is read on, so that nothing piles up.
            if event["type"] == "websocket.receive" and self.close_code is None:
                metrics.came()
                text = event.get("text")
                if text is not None and len(text) > FRAME_BYTES:
                    # Servers that have no limit of their own hand it over.
                    self.close(TOO_BIG)
                else:
                    self.received(text)
            frames += 1
            if frames % FRAMES_IN_A_ROW == 0:
                # Servers hand over what has queued up without a pause for others.
                await asyncio.sleep(0)

    def heard(self, frames: int) -> None:
        """The client says how many frames this socket has brought it.

        Raises ProtocolError if it cannot be so many, or so few.
        """
        if self._backlog.hear(frames, self.waiting) and self._behind is not None:
            self._catch_up()
            self.resynced()

    def post(self, frame: str) -> None:
        """Send an encoded message; never waits, never fails.

        Every frame of every socket leaves through here, in order. A client that is
        behind is sent nothing: it is told all anew when it has caught up.
        """
        if self._behind is not None or self.close_code is not None or self._broken:
            return
        if self._backlog.takes(len(frame)):
            self._write(frame)
        else:
            self._fall_behind()

    def close(self, code: int) -> None:
        """Close after what was sent before; later frames are dropped."""
        if self.close_code is not None:
            return
        self.close_code = code
        metrics.closed(code)
        # Servers give a client some time to answer; none may take for ever.
        asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self._end)
        if self._outbox is None and not self._broken:
            self._say_goodbye(code)

    def _fall_behind(self) -> None:
        """Throw away what waits, and ask the client to say when it has heard so."""
        if self._outbox:
            metrics.dropped("slow-reader", len(self._outbox))
            self._backlog.unsend(len(self._outbox))
            self._outbox.clear()
        metrics.dropped("slow-reader")
        self._backlog.takes_in_any_case(len(RESYNC))
        self._write(RESYNC)
        self._behind = asyncio.get_running_loop().call_later(
            RESYNC_SECONDS, self._give_up
        )

    def _catch_up(self) -> None:
        if self._behind is not None:
            self._behind.cancel()
            self._behind = None

    def _give_up(self) -> None:
        self._stop_writing()
        self.close(Close.SLOW_READER)

    def _end(self) -> None:
        """End the socket without its server's help, if it is still there."""
        if (reader := self._reader) is not None:
            self._reader = None
            reader.cancel()

    # Writing

    def _write(self, frame: str) -> None:
        if self._outbox is None:
            self._send({"type": "websocket.send", "text": frame, "bytes": None})
        else:
            self._outbox.append(frame)

    def _say_goodbye(self, code: int) -> None:
        self._send({"type": "websocket.close", "code": code, "reason": ""})
        self._broken = True
        if self._writer is not None:
            # Some servers close a socket only once nobody reads from it any more.
            asyncio.get_running_loop().call_soon(self._end)

    def _send(self, event: ASGISendEvent) -> None:
        """Send now, as far as it goes without waiting; a task sees to the rest.

        Most servers never wait, so that a task for each frame would be for nothing.
        """
        try:
            steps = self.base_send(event).__await__()
            first = next(steps)
        except StopIteration:
            return
        except (Exception, asyncio.CancelledError) as fault:
            self._lost(fault)
            return
        self._outbox = deque()
        self._writer = asyncio.create_task(self._write_on(steps, first))

    async def _write_on(self, steps: Generator[Any, None, None], first: Any) -> None:
        """See the begun send through, and then what came meanwhile."""
        try:
            await _rest_of(steps, first)
            while self._outbox:
                await self.base_send(
                    {
                        "type": "websocket.send",
                        "text": self._outbox.popleft(),
                        "bytes": None,
                    }
                )
        except Exception as fault:
            self._lost(fault)
        if self._writer is asyncio.current_task():
            self._writer = self._outbox = None
            if self.close_code is not None and not self._broken:
                self._say_goodbye(self.close_code)

    def _stop_writing(self) -> None:
        if self._writer is not None:
            self._writer.cancel()
            self._writer = self._outbox = None

    def _lost(self, fault: BaseException) -> None:
        # Each server has its own exception for a client that has just gone. The
        # disconnect event follows by itself; nobody else is to suffer from it.
        logger.debug("A socket could not be written to: %r", fault)
        self._broken = True


@types.coroutine
def _rest_of(
    steps: Generator[Any, None, None], first: Any
) -> Generator[Any, Any, None]:
    """What is left of a coroutine that has been stepped once, and waits for `first`."""
    yield first
    yield from steps


class NowhereConsumer(SocketConsumer):
    """Answers every address that is none, with a close code a page can read."""

    def opened(self) -> None:
        self.close(Close.UNKNOWN_ROOM)

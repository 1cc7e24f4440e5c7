"""Storing and reading what is kept of a room's chat, beside the loops that read.

One queue per room: a message is stored before the next one, a page is read after what
was sent before it was asked for, and a slow database makes nobody's socket wait.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from channels.db import database_sync_to_async
from django.core.exceptions import ObjectDoesNotExist

from accounts.models import User
from conference.log import about

from ..models import Message
from .call import Call
from .holder import Socket
from .protocol import Chat, ChatHistory, ChatPage, KeptMessage, PeerChat, encode, error

logger = logging.getLogger(__name__)

QUEUE_LENGTH = 200
PAGE_MESSAGES = 200
PAGE_BYTES = 48 * 1024

Job = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class _Waiting:
    socket: Socket
    about: str
    job: Job


class Keeper:
    """The kept chats of all rooms of this process."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._queues: dict[int, deque[_Waiting]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}

    def keep(self, call: Call, socket: Socket, name: str, message: Chat) -> None:
        """Store a message, then send it with its number to everybody in the room."""

        async def job() -> None:
            await self._keep(call, socket, name, message)

        self._queue(call, _Waiting(socket, "chat", job))

    def page(self, call: Call, socket: Socket, message: ChatHistory) -> None:
        """Read the messages that follow a number."""

        async def job() -> None:
            await self._page(call, socket, message.after)

        self._queue(call, _Waiting(socket, "chat-history", job))

    async def stop(self) -> None:
        """Give up what is not yet stored; its senders have no number for it."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._queues.clear()
        self._workers.clear()

    def _queue(self, call: Call, waiting: _Waiting) -> None:
        queue = self._queues.setdefault(call.room, deque())
        if len(queue) >= QUEUE_LENGTH:
            waiting.socket.tell(error("try-again", waiting.about))
            return
        queue.append(waiting)
        if call.room not in self._workers:
            self._workers[call.room] = asyncio.create_task(self._work(call.room))

    async def _work(self, room: int) -> None:
        queue = self._queues[room]
        try:
            while queue:
                await self._do(room, queue.popleft())
        finally:
            if self._workers.get(room) is asyncio.current_task():
                del self._workers[room], self._queues[room]

    async def _do(self, room: int, waiting: _Waiting) -> None:
        try:
            await waiting.job()
        except User.DoesNotExist:
            # The writer's account was deleted: nothing is kept of who is gone.
            waiting.socket.tell(error("ticket-refused", waiting.about))
        except ObjectDoesNotExist:
            # The room was deleted a moment ago: its call ends by itself.
            waiting.socket.tell(error("try-again", waiting.about))
        except Exception:
            logger.exception("%s failed", waiting.about, extra=about(room))
            waiting.socket.tell(error("try-again", waiting.about))

    async def _keep(self, call: Call, socket: Socket, name: str, message: Chat) -> None:
        entry = socket.entry
        kept = await database_sync_to_async(Message.keep)(
            room_id=entry.room,
            message_id=message.id,
            person=entry.person,
            user_id=entry.user,
            name=name,
            text=message.text,
            # The server's clock: what is kept cannot claim to be of another day.
            sent_at=datetime.fromtimestamp(self._wall(), UTC),
        )
        call.chat_number = max(call.chat_number, kept.number)
        call.broadcast(
            PeerChat(
                sender=entry.seat,
                name=kept.name,
                id=kept.message_id,
                count=message.count,
                number=kept.number,
                text=kept.text,
                at=_milliseconds(kept.sent_at),
            )
        )

    async def _page(self, call: Call, socket: Socket, after: int) -> None:
        rows = await database_sync_to_async(Message.page)(
            call.room, after, PAGE_MESSAGES + 1
        )
        page: list[KeptMessage] = []
        space = PAGE_BYTES
        for row in rows[:PAGE_MESSAGES]:
            kept = KeptMessage(
                number=row.number,
                id=row.message_id,
                name=row.name,
                text=row.text,
                at=_milliseconds(row.sent_at),
                own=row.person == socket.entry.person,
            )
            space -= len(encode(ChatPage((kept,), True)).encode())
            if page and space < 0:
                break
            page.append(kept)
        socket.tell(ChatPage(tuple(page), len(rows) > len(page)))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)

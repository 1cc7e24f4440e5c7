"""Storing and reading what is kept of a room's chat, beside the loops that read.

In the room's queue: a message is stored before the next one, a page is read after what
was sent before it was asked for, and a slow database makes nobody's socket wait.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from channels.db import database_sync_to_async

from ..models import Message
from .call import Call
from .holder import Socket
from .protocol import (
    Chat,
    ChatHistory,
    ChatPage,
    KeptMessage,
    PeerChat,
    ProtocolError,
    encode,
)
from .queues import Queues

PAGE_MESSAGES = 200
PAGE_BYTES = 48 * 1024


class Keeper:
    """The kept chats of all rooms of this process."""

    def __init__(self, queues: Queues, wall: Callable[[], float]) -> None:
        self._queues = queues
        self._wall = wall

    def keep(self, call: Call, socket: Socket, name: str, message: Chat) -> None:
        """Store a message, then send it with its number to everybody in the room."""

        async def job() -> None:
            await self._keep(call, socket, name, message)

        self._queues.put(call.room, socket, "chat", job)

    def page(self, call: Call, socket: Socket, message: ChatHistory) -> None:
        """Read the messages that follow a number."""

        async def job() -> None:
            await self._page(call, socket, message.after)

        self._queues.put(call.room, socket, "chat-history", job)

    async def _keep(self, call: Call, socket: Socket, name: str, message: Chat) -> None:
        entry = socket.entry
        if call.floor.forbids(socket, "chat") or entry.seat in call.barred:
            # A host's order was before it in the queue, or their right was taken back.
            raise ProtocolError("not-allowed")
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

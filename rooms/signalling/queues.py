"""What is done for a room beside the loops that read, one thing after the other.

One queue per room: what was asked for first is done first, and a slow database makes
nobody's socket wait.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist

from accounts.models import User
from conference.log import about as about_room

from .holder import Socket
from .protocol import ProtocolError, error

logger = logging.getLogger(__name__)

QUEUE_LENGTH = 200

Job = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class _Waiting:
    socket: Socket | None
    about: str
    job: Job


class Queues:
    """The queues of all rooms of this process."""

    def __init__(self) -> None:
        self._queues: dict[int, deque[_Waiting]] = {}
        self._workers: dict[int, asyncio.Task[None]] = {}

    def put(self, room: int, socket: Socket | None, about: str, job: Job) -> None:
        """Do this after what was put before; `socket` is told if it cannot be done.

        `about` is the message that asked for it.
        """
        queue = self._queues.setdefault(room, deque())
        if len(queue) >= QUEUE_LENGTH:
            if socket is not None:
                socket.tell(error("try-again", about))
            return
        queue.append(_Waiting(socket, about, job))
        if room not in self._workers:
            self._workers[room] = asyncio.create_task(self._work(room))

    async def stop(self) -> None:
        """Give up what is not done yet; whoever asked for it was told nothing."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._queues.clear()
        self._workers.clear()

    async def _work(self, room: int) -> None:
        queue = self._queues[room]
        try:
            while queue:
                waiting = queue.popleft()
                fault = await self._do(room, waiting)
                if fault is not None and waiting.socket is not None:
                    waiting.socket.tell(
                        error(fault.code, waiting.about, fault.to, fault.words)
                    )
        finally:
            if self._workers.get(room) is asyncio.current_task():
                del self._workers[room], self._queues[room]

    async def _do(self, room: int, waiting: _Waiting) -> ProtocolError | None:
        try:
            await waiting.job()
        except ProtocolError as fault:
            return fault
        except User.DoesNotExist:
            # The writer's account was deleted: nothing is kept of who is gone.
            return ProtocolError("ticket-refused")
        except ObjectDoesNotExist:
            # The room was deleted a moment ago: its call ends by itself.
            return ProtocolError("try-again")
        except Exception:
            logger.exception("%s failed", waiting.about, extra=about_room(room))
            return ProtocolError("try-again")
        return None

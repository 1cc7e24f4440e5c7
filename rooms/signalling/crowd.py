"""All sockets of this process, and how they are sent away when it ends."""

import asyncio
import contextlib
import random
from collections.abc import Iterator
from typing import Protocol

from .protocol import Close, Restarting, encode

MOVES_A_SECOND = 300
"""So many sockets a second another process takes in without anybody noticing."""

MOVE_SECONDS = 3.0
"""The rooms of a process that drains are spread over so long, or over longer."""

RETURN_MS = 500
"""Nobody has restarted a process faster."""

JITTER_MS = 250
"""People of one room come back together, and yet not in one moment."""

ELSEWHERE_MS = 1000
ELSEWHERE_JITTER_MS = 2000
"""For who comes while all leave: whatever led them here may do so again."""


class Socket(Protocol):
    def post(self, frame: str) -> None: ...

    def close(self, code: int) -> None: ...

    def __hash__(self) -> int: ...


class Crowd:
    """Sockets by the room they asked for, from their first moment to their last."""

    def __init__(self) -> None:
        self.leaving = False
        self._rooms: dict[str, dict[Socket, None]] = {}
        self._emptied: asyncio.Event | None = None

    def __len__(self) -> int:
        return sum(map(len, self._rooms.values()))

    def arrive(self, socket: Socket, room: str) -> None:
        """A socket is open; while all leave, it is told so, and to come back later."""
        self._rooms.setdefault(room, {})[socket] = None
        if self.leaving:
            _send_away([socket], ELSEWHERE_MS, ELSEWHERE_JITTER_MS)

    def depart(self, socket: Socket, room: str) -> None:
        """A socket is no more; one that never arrived is no matter."""
        sockets = self._rooms.get(room, {})
        sockets.pop(socket, None)
        if not sockets:
            self._rooms.pop(room, None)
        if not self._rooms and self._emptied is not None:
            self._emptied.set()

    async def move(self, seconds: float) -> None:
        """Send room after room to other processes, which are there already.

        Each room has one moment; all of them lie within `seconds`.
        """
        self.leaving = True
        loop = asyncio.get_running_loop()
        begin = loop.time()
        for moment, room in self._moments(min(self._spread(MOVE_SECONDS), seconds)):
            await asyncio.sleep(max(begin + moment - loop.time(), 0.0))
            _send_away(list(self._rooms.get(room, ())), 0)

    def disperse(self, seconds: float) -> None:
        """Send everybody away now, to come back at the moment of their room.

        The process ends at once; the moments lie within `seconds`.
        """
        self.leaving = True
        for moment, room in self._moments(min(self._spread(0.0), seconds)):
            after = RETURN_MS + round(moment * 1000)
            _send_away(list(self._rooms[room]), after)

    async def emptied(self, seconds: float) -> bool:
        """Wait until no socket is left; false if some are after so long."""
        self._emptied = asyncio.Event()
        if self._rooms:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._emptied.wait()
        return not self._rooms

    def _spread(self, least: float) -> float:
        return max(least, len(self) / MOVES_A_SECOND)

    def _moments(self, seconds: float) -> Iterator[tuple[float, str]]:
        rooms = list(self._rooms)
        random.shuffle(rooms)
        for number, room in enumerate(rooms):
            yield seconds * number / len(rooms), room


def _send_away(sockets: list[Socket], after: int, jitter: int = JITTER_MS) -> None:
    for socket in sockets:
        wait = after + random.randrange(jitter)
        socket.post(encode(Restarting(wait)))
        socket.close(Close.RESTART)

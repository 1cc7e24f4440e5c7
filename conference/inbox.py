"""What has come for one application, and the application that waits for it."""

import asyncio
from typing import Any

Event = dict[str, Any]


class Inbox:
    """As much of asyncio.Queue as one reader needs, at a sixth of its memory.

    Unbounded, as daphne has it: the reader must keep up.
    """

    __slots__ = ("_came", "_next", "_reader")

    def __init__(self) -> None:
        self._came: list[Event] = []
        # The oldest is last, where taking it costs the same however many there are.
        self._next: list[Event] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, event: Event) -> None:
        """Hand over an event; never waits."""
        self._came.append(event)
        reader = self._reader
        if reader is not None and not reader.done():
            reader.set_result(None)

    async def get(self) -> Event:
        """The oldest event, as soon as there is one. For one reader at a time."""
        if not self._next:
            while not self._came:
                self._reader = asyncio.get_running_loop().create_future()
                try:
                    await self._reader
                finally:
                    self._reader = None
            self._came, self._next = [], self._came
            self._next.reverse()
        return self._next.pop()

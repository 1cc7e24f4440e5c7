"""What a process does from the moment it serves to its end, whichever server runs it.

SIGUSR1 lets it drain: it takes nobody any more, moves its people to other processes
and ends when the last has gone. SIGTERM ends it within seconds.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from typing import ClassVar

from django.conf import settings

from rooms.signalling import lifecycle

from . import collector
from .mail import postman
from .process import Plate
from .roster import Entry

logger = logging.getLogger(__name__)

END_SECONDS = 9.0
"""A process that was told to end is gone after so long, whatever hangs."""


class Lifetime:
    """`close_door` lets no more connections in, `end_server` ends the process.

    Both belong to the server; `address` is where it listens, for people to read.
    """

    draining: ClassVar[bool] = False
    """Whether this process is about to end; /readyz says so."""

    def __init__(
        self,
        end_server: Callable[[], None],
        close_door: Callable[[], None] = lambda: None,
        address: str = "",
    ) -> None:
        self._end_server = end_server
        self._close_door = close_door
        self._plate = Plate(address)
        self._entry = Entry(self._plate.serving)
        self._drain: asyncio.Task[None] | None = None
        self._ended = False

    def begin(self) -> None:
        """The application is loaded, and connections are about to come."""
        Lifetime.draining = False
        postman.start()
        # Other processes are to know of this one before the first socket comes.
        # daphne's loop does not run yet.
        loop = asyncio.get_event_loop()
        loop.call_soon(lifecycle.start)
        loop.call_soon(self._entry.begin)
        collector.calm()

    def be_found(self) -> None:
        """From now on `manage.py drain` sends SIGUSR1, which kills who does not hear.

        So to be called once it leads to `drain_soon`.
        """
        self._plate.put_up()

    def drain_soon(self) -> None:
        """What SIGUSR1 asks for; the second one changes nothing."""
        if self._drain is None and not self._ended:
            loop = asyncio.get_running_loop()
            self._drain = loop.create_task(self._drained(), name="drain")

    async def end(self, *, process_ends: bool = True) -> None:
        """Send everybody away and leave nothing behind, within seconds.

        The process itself is gone soon after, whatever threads of it hang, unless it is
        another's and goes on.
        """
        if self._ended:
            return
        self._ended = Lifetime.draining = True
        last = _insist()
        self._close_door()
        await asyncio.gather(
            lifecycle.stop(), asyncio.to_thread(postman.end), self._entry.end()
        )
        self._plate.take_down()
        if not process_ends and self._drain is None:
            last.cancel()

    async def _drained(self) -> None:
        Lifetime.draining = True
        self._close_door()
        logger.info("Draining: %d sockets move elsewhere", len(lifecycle.crowd))
        if not await lifecycle.drain(settings.DRAIN_SECONDS):
            logger.warning(
                "Drained for %d s, and %d sockets are still here",
                settings.DRAIN_SECONDS,
                len(lifecycle.crowd),
            )
        self._end_server()


def _insist() -> threading.Timer:
    """A database that does not answer would hold its thread, and so the process."""

    def leave() -> None:
        logger.error("The end takes too long; what hangs is left behind")
        os._exit(1)

    last = threading.Timer(END_SECONDS, leave)
    last.daemon = True
    last.start()
    return last

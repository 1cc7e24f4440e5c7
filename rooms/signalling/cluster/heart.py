"""What a process does again and again as long as it lives."""

import asyncio
import logging
from itertools import count

from .homes import Homes
from .post import MailAway, Post
from .rooms import Rooms
from .upkeep import BEAT_SECONDS, Upkeep
from .whereabouts import Whereabouts

logger = logging.getLogger(__name__)

WRITE_SECONDS = 0.25
"""What changes in so long is written together."""

RENEW_EVERY = 8
"""So many such whiles lie between two renewals of all homes."""


class Heart:
    """Tells all, once a second, that this process lives; and renews its homes."""

    def __init__(
        self,
        post: Post,
        homes: Homes,
        rooms: Rooms,
        whereabouts: Whereabouts,
        upkeep: Upkeep,
    ) -> None:
        self._post = post
        self._homes = homes
        self._rooms = rooms
        self._whereabouts = whereabouts
        self._upkeep = upkeep
        self.tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self.tasks = [
            asyncio.create_task(self._beat_on(), name="cluster beats"),
            asyncio.create_task(self._renew_on(), name="cluster homes"),
        ]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks = []

    async def tell_all(self, *, gone: bool = False) -> None:
        """Say how it is with this process; `gone` is the last that is heard of it."""
        unsure, leaving = self._rooms.has_unclaimed, self._homes.leaving
        try:
            await self._post.tell_all(unsure=unsure, leaving=leaving, gone=gone)
        except MailAway as fault:
            logger.debug("A beat did not leave: %r", fault)
        except Exception:
            # A fault of ours: the next beat must leave all the same.
            logger.exception("A beat did not leave")

    async def _beat_on(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT_SECONDS
            try:
                self._upkeep.beat()
            except Exception:
                # A fault of ours: others must not take this process for dead.
                logger.exception("A beat left something undone")
            await self.tell_all()
            await asyncio.sleep(max(due - loop.time(), 0.0))

    async def _renew_on(self) -> None:
        for turn in count(1):
            await asyncio.sleep(WRITE_SECONDS)
            try:
                if turn % RENEW_EVERY == 0:
                    await self._whereabouts.renew()
                else:
                    await self._whereabouts.write()
            except Exception:
                # A fault of ours: homes must not be lost by it.
                logger.exception("Homes were not renewed")

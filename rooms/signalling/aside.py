"""Tells processes that cannot be reached whose right was taken back, by the database.

Without Redis each process goes on with the people it has, while their pages are still
connected to people of others. Who takes a right back writes so beside what it tells;
who knows only some of a room reads it, one query for all of its rooms.
"""

import asyncio
import logging
from collections.abc import Iterable

from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone

from ..models.barred import KEPT, Barred
from .hub import Hub
from .right import Right, TakenBack

logger = logging.getLogger(__name__)

LOOK_SECONDS = 3.0
"""So often the rows are written and read while there is a reason."""

Known = tuple[int, str, str]
"""A room, a seat, and what its others are told."""


class Aside:
    """One process's share of it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._unwritten: set[Known] = set()
        self._woken: asyncio.Event | None = None
        self._failing = False

    def note(self, room: int, rights: Iterable[Right], how: TakenBack) -> None:
        """These have no right any more: let others read so, if there are any."""
        if settings.REDIS_URL:
            self._unwritten |= {(room, right.seat, how.reason) for right in rights}
            if self._woken is not None:
                self._woken.set()

    async def run(self) -> None:
        """Write and read until cancelled; a failure is logged once, and retried."""
        self._woken = asyncio.Event()
        while True:
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()
            if not await self.try_exchange():
                await asyncio.sleep(LOOK_SECONDS)

    async def try_exchange(self) -> bool:
        """Do so once; a failure is told in the log and otherwise without effect."""
        try:
            await self.exchange()
        except Exception as fault:
            if not self._failing:
                logger.warning("Who was sent away could not be written: %r", fault)
            self._failing = True
            return False
        if self._failing:
            logger.info("Who was sent away is written again")
        self._failing = False
        return True

    async def exchange(self) -> None:
        """Write whom this process sent away, and follow what others have written."""
        unwritten, self._unwritten = self._unwritten, set()
        rooms = [call.room for call in self._hub if call.partial]
        if not unwritten and not rooms:
            return
        try:
            found = await database_sync_to_async(_exchange)(unwritten, rooms)
        except Exception:
            self._unwritten |= unwritten
            raise
        for room, seat, reason in found:
            self._hub.hear_barred(room, seat, reason)

    def forget(self) -> None:
        """The process ends."""
        self._unwritten.clear()
        self._woken = None


def _exchange(unwritten: Iterable[Known], rooms: list[int]) -> list[Known]:
    now = timezone.now()
    new = [
        Barred(room=room, seat=seat, reason=reason, at=now)
        for room, seat, reason in unwritten
    ]
    if new:
        Barred.objects.bulk_create(new, ignore_conflicts=True)
        Barred.objects.filter(at__lt=now - KEPT).delete()
    mine = Barred.objects.filter(room__in=rooms)
    return list(mine.values_list("room", "seat", "reason")) if rooms else []

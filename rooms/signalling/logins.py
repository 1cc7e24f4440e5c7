"""Ends what a browser had open when its log-in ends, also where nobody says so.

Log-outs are told (bus.py). What is not told, a log-in that is over by itself or a word
that was lost, is found in the rows: one query for all who sit here or stand at a door,
every few seconds and at the moment at which the next of them ends.
"""

import asyncio
import logging
from datetime import datetime

from channels.db import database_sync_to_async
from django.utils import timezone

from accounts.sessions import lasting

from .hub import Hub

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
"""So often the rows are read."""

LEAST_SECONDS = 0.05
"""Never sooner than that, however many end one after the other."""


class LogIns:
    """Those of the people in this process's calls."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._failing = False

    async def run(self) -> None:
        """Look until cancelled; a database that fails is logged once, and retried."""
        wait = LOOK_SECONDS
        while True:
            await asyncio.sleep(wait)
            wait = await self.try_look()

    async def try_look(self) -> float:
        """Look once; in how many seconds to look again."""
        try:
            soonest = await self.look()
        except Exception as fault:
            if not self._failing:
                logger.warning("Whose log-in has ended could not be read: %r", fault)
            self._failing = True
            return LOOK_SECONDS
        if self._failing:
            logger.info("Whose log-in has ended is read again")
        self._failing = False
        if soonest is None:
            return LOOK_SECONDS
        left = (soonest - timezone.now()).total_seconds()
        return min(LOOK_SECONDS, max(LEAST_SECONDS, left))

    async def look(self) -> datetime | None:
        """Send away whose log-in is over; when the next one ends, if any does."""
        asked = {login for call in self._hub for login in call.logins()}
        if not asked:
            return None
        living = await database_sync_to_async(lasting)(asked)
        self._hub.end_logins(asked, living)
        return min(living.values(), default=None)

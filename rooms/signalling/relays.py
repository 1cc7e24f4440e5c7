"""Ends what somebody has of the TURN server whose right to a seat was taken back.

coturn goes on refreshing an allocation whose credentials are over, so it is told, where
it takes orders of us (TURN_ADMIN). Nothing passes through such an allocation anyway,
since everybody has closed their side: this gives the relay its ports back.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable

from django.conf import settings

from conference.turn.admin import Admin, AdminAway, Session, admin_at

from ..ice import ENDS_SECONDS, name_of
from .right import Right

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5.0
TRIES = 120
"""For ten minutes, then it is given up, and the log has said so."""


class Relays:
    """The orders of one process to the TURN server. `wall`: seconds since 1970."""

    def __init__(self, wall: Callable[[], float]) -> None:
        self._wall = wall
        self._waiting: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._again: set[asyncio.TimerHandle] = set()

    def cut(self, room: int, rights: Iterable[Right]) -> None:
        """End what these have for this room, now and when their last credentials end.

        Who is let in anew keeps what they get from then on.
        """
        if settings.TURN_ADMIN is None:
            return
        last = int(self._wall()) + ENDS_SECONDS
        names = {name_of(right.person, room) for right in rights}
        for name in names:
            self._add(name, last)
        loop = asyncio.get_running_loop()
        # What is allocated until its credentials are over.
        timer = loop.call_later(ENDS_SECONDS + 1.0, self._once_more, names, last)
        self._again = {each for each in self._again if each.when() > loop.time()}
        self._again.add(timer)

    async def stop(self) -> None:
        """Give up what is not done."""
        for again in self._again:
            again.cancel()
        self._again.clear()
        self._waiting.clear()
        task, self._task = self._task, None
        if task is not None and task.get_loop() is asyncio.get_running_loop():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _once_more(self, names: Iterable[str], last: int) -> None:
        for name in names:
            self._add(name, last)

    def _add(self, name: str, last: int) -> None:
        self._waiting[name] = max(last, self._waiting.get(name, 0))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="signalling relays")

    async def _work(self) -> None:
        for number in range(TRIES):
            try:
                await self._cut_all()
            except AdminAway as fault:
                if number == 0:
                    logger.warning("The relay ends nothing at our word: %s", fault)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                if number:
                    logger.info("The relay takes our word again")
                return
        self._waiting.clear()

    async def _cut_all(self) -> None:
        place = settings.TURN_ADMIN
        if place is None:
            raise AdminAway("it is not set any more")
        host, port = place
        async with admin_at(host, port, settings.TURN_ADMIN_PASSWORD) as admin:
            while self._waiting:
                name, last = next(iter(self._waiting.items()))
                await _cut(admin, name, last)
                if self._waiting.get(name) == last:
                    del self._waiting[name]


async def _cut(admin: Admin, name: str, last: int) -> None:
    """End every session of this name that was made with credentials up to `last`."""
    done: set[Session] = set()
    while True:
        found, are_all = await admin.sessions(name)
        due = {each for each in found if _is_due(each, name, last)} - done
        for session in due:
            await admin.cancel(session)
        done |= due
        if are_all or not due:
            return


def _is_due(session: Session, name: str, last: int) -> bool:
    expiry = session.user.removesuffix(name)
    return expiry.isdigit() and int(expiry) <= last

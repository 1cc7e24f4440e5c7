"""Which process is whose home: asked, kept and given back, with Redis as the judge."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

import msgspec

from conference.log import about

from ..hub import Hub
from .beats import Beats, Standing
from .copies import copy_of
from .packets import Copy, Unreadable, pack, unpack_copy
from .registry import Home, Registry, RegistryAway
from .room import Room

logger = logging.getLogger(__name__)

NEWEST_SECONDS = 1.0


class Homes:
    """The dealings of one process with the registry."""

    def __init__(
        self,
        name: str,
        hub: Hub,
        registry: Registry,
        beats: Beats,
        newest: Callable[[int], Awaitable[int]],
    ) -> None:
        self.leaving = False
        """What is ours may be taken from now on, and we take nothing any more."""
        self._name = name
        self._hub = hub
        self._registry = registry
        self._beats = beats
        self._newest = newest
        self._beaten = asyncio.Event()
        hub.touched = set()

    def beaten(self) -> None:
        """Something more is known of who lives: who waits for that looks again."""
        self._beaten.set()
        self._beaten = asyncio.Event()

    async def find(self, room: Room) -> tuple[str, str]:
        """The room's home, and from whom it was taken if it is ours since just now.

        Empty if nobody could be asked. Ends within some beats: then it is known
        whether a home lives of which nothing was ever heard.
        """
        instead = ""
        while True:
            found = await self._claim(room, instead)
            if found is None:
                return "", ""
            home = found.process
            if home == self._name:
                await self._own(room, found.copy)
                return home, instead
            standing = self._beats.standing(home)
            if standing is Standing.UNKNOWN:
                self._beats.watch(home)
                await self._beaten.wait()
            elif standing is Standing.DEAD or (
                standing is Standing.LEAVES and not self.leaving
            ):
                instead = home
            else:
                return home, ""

    async def renew(self, rooms: Iterable[Room]) -> list[Room]:
        """Say that these stay ours, and write what changed; those that are not."""
        touched, self._hub.touched = self._hub.touched or set(), set()
        news = {room: self._news_of(room, touched) for room in rooms}
        if not news:
            return []
        try:
            kept = await self._registry.renew(
                self._name, {room.number: copy for room, copy in news.items()}
            )
        except RegistryAway as fault:
            logger.debug("Homes were not renewed: %r", fault)
            self._hub.touched |= touched
            return []
        lost = []
        for room, copy in news.items():
            found = kept[room.number]
            if found.process != self._name:
                lost.append(room)
            elif copy is not None:
                room.written = copy
            elif not found.copied:
                room.written = b""
        return lost

    async def release(self, room: Room) -> None:
        """Nobody is in it: others need not ask this process."""
        try:
            await self._registry.release(
                room.number, self._name, keeps_copy=self.leaving
            )
        except RegistryAway as fault:
            # The key ends by itself; who asks before is sent here, and served.
            logger.debug("A home was not released: %r", fault)

    async def _claim(self, room: Room, instead: str) -> Home | None:
        if not self._beats.online:
            return None
        try:
            found = await self._registry.claim(room.number, self._name, instead)
        except RegistryAway as fault:
            logger.debug("Redis did not say whose a room is: %r", fault)
            return None
        return found if self._beats.online else None

    async def _own(self, room: Room, written: bytes | None) -> None:
        if not room.claimed and written is not None and written != room.written:
            room.copy = await self._read_copy(room, written)
        room.written = written or b""

    async def _read_copy(self, room: Room, written: bytes) -> Copy | None:
        try:
            copy = unpack_copy(written)
        except Unreadable:
            logger.warning("A room's copy makes no sense", extra=about(room.number))
            return None
        if not copy.facts.keeps_chat:
            return copy
        # The copy may be older than the last message.
        try:
            async with asyncio.timeout(NEWEST_SECONDS):
                newest = await self._newest(room.number)
        except Exception as fault:
            logger.warning("The newest message is unknown: %r", fault)
            return copy
        return msgspec.structs.replace(copy, chat_number=max(copy.chat_number, newest))

    def _news_of(self, room: Room, touched: set[int]) -> bytes | None:
        """The room's copy, if Redis has not got it."""
        call = self._hub.get(room.number)
        if call is None or (room.written and room.number not in touched):
            return None
        copy = pack(copy_of(call))
        return None if copy == room.written else copy

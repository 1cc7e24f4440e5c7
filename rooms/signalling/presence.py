"""Keeps the database's copy of who sits where, and compares rooms with their rows.

The copy is for pages and the administration; calls do not depend on it. The way back
makes up for announcements that were lost: a room changed or deleted by another process
is noticed within a few seconds, and so is an invitation that ended.
"""

import asyncio
import contextlib
import dataclasses
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from channels.db import database_sync_to_async
from django.utils import timezone

from conference.process import process

from ..models import Room, Seat, Visit
from ..places import Whom
from .bus import RoomDeleted, RoomNews, changed
from .figures import Figures
from .hub import Hub
from .lookups import (
    as_of,
    disinvited,
    facts_now,
    kept_out_of,
    standing,
    uninvited,
)
from .protocol import ProtocolError
from .right import of_seat
from .standings import correct, differing, known_in, names_in

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 2.0
"""Changes are gathered for so long before they are written."""

REFRESH_SECONDS = 5.0
"""Rows are refreshed this often; they count as living for three times as long."""


@dataclass(frozen=True)
class _Place:
    room: int
    seat: str
    name: str
    user: int | None
    since: datetime
    person: str
    browser: str
    role: str
    away: bool


class Presence:
    """This process's seats in the database."""

    def __init__(self, hub: Hub, hear: Callable[[RoomNews], None]) -> None:
        self._hub = hub
        self._hear = hear
        self._woken: asyncio.Event | None = None
        self._failing = False
        # What the rows of this process say, unless somebody else has changed them.
        self._written: dict[str, _Place] = {}
        self._figures = Figures()

    def note(self) -> None:
        """Somebody sat down or got up."""
        if self._woken is not None:
            self._woken.set()

    async def run(self) -> None:
        """Copy until cancelled; a database that fails is logged once, and retried."""
        self._woken = asyncio.Event()
        self._woken.set()
        while True:
            if not list(self._hub):
                await self._woken.wait()
            self._woken.clear()
            await asyncio.sleep(SETTLE_SECONDS)
            await self.try_copy()
            try:
                async with asyncio.timeout(REFRESH_SECONDS - SETTLE_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def try_copy(self) -> None:
        """Copy once; a failure is told in the log and otherwise without effect."""
        try:
            await self.copy()
        except Exception as fault:
            if not self._failing:
                logger.warning("Who is in the calls could not be written: %r", fault)
            self._failing = True
        else:
            if self._failing:
                logger.info("Who is in the calls is written again")
            self._failing = False

    async def copy(self) -> None:
        """Write who sits where now, and follow what the rows say of the rooms."""
        places = [
            _Place(
                room=call.room,
                seat=seat.id,
                name=seat.claim.name,
                user=seat.claim.user,
                since=datetime.fromtimestamp(seat.since / 1000, UTC),
                person=seat.claim.person,
                browser=seat.claim.browser,
                role=seat.claim.role,
                away=seat.holder is None,
            )
            for call in self._hub
            for seat in call.seats
        ]
        rooms = [call.room for call in self._hub]
        people = {person for call in self._hub for person in call.people()}
        heard = self._hub.bans.heard
        news, living, kept_out = await database_sync_to_async(self._exchange)(
            places, rooms, people
        )
        for each in news:
            self._hear(each)
        self._hub.revoke(people, living)
        self._hub.read_bans(kept_out, heard)
        await self._check_unchecked()
        if known := known_in(self._hub):
            stand = await database_sync_to_async(differing)(known)
            correct(self._hub, known, stand)
        await self._read_names()
        at_door = [
            entry
            for call in self._hub
            if call.facts.access == "invited"
            for entry in call.at_door()
        ]
        lost = await database_sync_to_async(uninvited)(at_door) if at_door else {}
        for room, guests in lost.items():
            self._hub.uninvite(room, guests)
        await self._disinvite()

    async def _disinvite(self) -> None:
        """Send away who sits by a role, or by an invitation, that was taken back."""
        seated = [
            Whom(call.room, right.person, right.user)
            for call in self._hub
            if call.facts.access == "invited"
            for right in map(of_seat, call.seats)
            if right.invited
        ]
        lost = await database_sync_to_async(disinvited)(seated) if seated else {}
        for room, people in lost.items():
            self._hub.disinvite(room, people)

    async def _read_names(self) -> None:
        """Let calls know whom others could be taken for, from time to time."""
        rooms = {call.room for call in self._hub if call.floor.needs_names}
        named = await database_sync_to_async(names_in)(rooms) if rooms else {}
        for room, those in named.items():
            if (call := self._hub.get(room)) is not None:
                call.floor.names_are(those)

    async def _check_unchecked(self) -> None:
        """Look up those who came in while no rows could be read."""
        sockets = [socket for call in self._hub for socket in call.unchecked()]
        if not sockets:
            return
        every = await facts_now([socket.entry for socket in sockets])
        for socket, facts in zip(sockets, every, strict=True):
            # Whom the rows forbid all has been sent away by now.
            with contextlib.suppress(ProtocolError):
                self._hub.check(socket, as_of(socket.entry, facts))

    async def leave(self) -> None:
        """Take this process's rows away; it ends."""
        try:
            await database_sync_to_async(self._exchange)([], [], set())
        except Exception as fault:
            logger.warning("Rows of seats are left behind: %r", fault)

    def _exchange(
        self, places: list[_Place], rooms: list[int], people: set[int]
    ) -> tuple[list[RoomNews], Mapping[int, int], Mapping[int, set[str]]]:
        """Write the places; read rooms, bans, and the accounts that are not closed."""
        known = {room.pk: room for room in Room.objects.filter(pk__in=rooms)}
        living = standing(people)
        now = timezone.now()
        self._write([place for place in places if place.room in known], living, now)
        used = {place.room for place in places} & known.keys()
        Room.objects.filter(pk__in=used).update(last_used_at=now)
        news: list[RoomNews] = [changed(room) for room in known.values()]
        news += [RoomDeleted(room) for room in rooms if room not in known]
        return news, living, kept_out_of(known) if known else {}

    def _write(
        self, places: list[_Place], living: Collection[int], now: datetime
    ) -> None:
        """Write what is new, and vouch for the rest."""
        wanted = {
            place.seat: place
            if place.user is None or place.user in living
            else dataclasses.replace(place, user=None)
            for place in places
        }
        written, self._written = self._written, {}
        mine = Seat.objects.filter(process=process())
        if gone := written.keys() - wanted.keys():
            mine.filter(seat__in=gone).delete()
        fresh = [place for seat, place in wanted.items() if written.get(seat) != place]
        self._insert(fresh, now)
        if mine.update(seen=now) != len(wanted):
            # Some were left behind, or deleted, or became another process's.
            mine.exclude(seat__in=list(wanted)).delete()
            self._insert(wanted.values(), now)
        self._written = wanted
        self._remember(places, living, now)
        self._figures.add(len(wanted), now)

    def _insert(self, places: Iterable[_Place], now: datetime) -> None:
        Seat.objects.bulk_create(
            [
                Seat(
                    room_id=place.room,
                    seat=place.seat,
                    name=place.name,
                    user_id=place.user,
                    since=place.since,
                    person=place.person,
                    browser=place.browser,
                    role=place.role,
                    away=place.away,
                    process=process(),
                    seen=now,
                )
                for place in places
            ],
            update_conflicts=True,
            unique_fields=["seat"],
            update_fields=[
                *("room", "name", "user", "since", "person", "browser", "role"),
                *("away", "process", "seen"),
            ],
        )

    def _remember(
        self, places: list[_Place], living: Collection[int], now: datetime
    ) -> None:
        """Note which rooms people with an account were in lately."""
        # Once each: PostgreSQL refuses to write a row twice in one statement.
        seated = {
            (place.room, place.user)
            for place in places
            if place.user is not None and place.user in living
        }
        Visit.objects.bulk_create(
            [Visit(room_id=room, user_id=user, last_at=now) for room, user in seated],
            update_conflicts=True,
            unique_fields=["room", "user"],
            update_fields=["last_at"],
        )

"""What the rows say, read again for those whose tokens may be hours old.

After a restart thousands come back in one moment: all who ask within a few hundredths
of a second are answered by the same few queries. And calls go on without a database:
nobody waits for one that is away.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

import msgspec
from channels.db import database_sync_to_async
from django.db.models import Exists, OuterRef

from accounts.models import User
from accounts.sessions import lasting

from ..models import Ban, Membership, Prohibition, Room
from ..places import Asked, without
from ..rights import HOSTS
from .admission import refreshed
from .bans import Bans
from .bus import RoomDeleted, RoomNews, changed
from .protocol import Power, ProtocolError, Revoked, Role
from .tickets import Entry, was_running

logger = logging.getLogger(__name__)

GATHER_SECONDS = 0.02
"""Those who ask so soon after each other are looked up together."""

PAUSE_SECONDS = 0.1
"""So long after the rows were read they are not read again; more gather meanwhile."""

ENTRIES_AT_MOST = 2000
"""So many are looked up at once; databases limit what one query may name."""

WAIT_SECONDS = 1.0
"""So long somebody waits for the database."""

AWAY_SECONDS = 5.0
"""After a failure nobody waits for so long."""


class Facts(NamedTuple):
    """What the rows say of a room and of somebody who asks for a seat in it.

    `standing`: the revocation of their account, 0 for a guest; None if the account is
    closed, suspended or gone, or they are logged out. `kept_out`: a host has sent them
    away. `running`: somebody was in the room a moment ago.
    """

    news: RoomNews
    invited: bool
    standing: int | None
    role: Role = "guest"
    forbidden: tuple[Power, ...] = ()
    kept_out: bool = False
    running: bool = True


class LookUps:
    """The look-ups of one process. `now` is a clock whose seconds only grow."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._asked: dict[asyncio.Future[Facts | None], Entry] = {}
        self._answering: dict[asyncio.Future[Facts | None], Entry] = {}
        self._reader: asyncio.Task[None] | None = None
        self._away_until: float | None = None

    async def facts(self, entry: Entry) -> Facts | None:
        """What holds now for this person; None if nobody can say it in time."""
        if self._away_until is not None and self._now() < self._away_until:
            return None
        answer: asyncio.Future[Facts | None] = (
            asyncio.get_running_loop().create_future()
        )
        self._asked[answer] = entry
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read(), name="signalling look-ups")
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                return await answer
        except TimeoutError:
            self._fail("no answer in time")
            return None
        finally:
            self._asked.pop(answer, None)

    async def stop(self) -> None:
        """Give up what is being looked up, and think well of the database again."""
        reader, self._reader = self._reader, None
        if reader is not None and reader.get_loop() is asyncio.get_running_loop():
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
        self._release()
        self._away_until = None

    async def _read(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        while self._asked:
            batch = dict(list(self._asked.items())[:ENTRIES_AT_MOST])
            for answer in batch:
                del self._asked[answer]
            self._answering = batch
            try:
                every = await facts_now(list(batch.values()))
            except Exception as fault:
                self._fail(repr(fault))
                return
            finally:
                self._answering = {}
            self._away_until = None
            for answer, facts in zip(batch, every, strict=True):
                if not answer.done():
                    answer.set_result(facts)
            await asyncio.sleep(PAUSE_SECONDS)

    def _fail(self, why: str) -> None:
        """Let nobody wait any longer; what was signed counts."""
        self._away_until = self._now() + AWAY_SECONDS
        self._release()
        logger.warning("Who comes back could not be looked up: %s", why)

    def _release(self) -> None:
        waiting = [
            answer for answer in (*self._asked, *self._answering) if not answer.done()
        ]
        for answer in waiting:
            answer.set_result(None)
        self._asked.clear()


def as_of(entry: Entry, facts: Facts) -> Entry:
    """The entry as the rows have it; raises Revoked if they say it is void.

    For rooms that are there. Raises ProtocolError where the room keeps them out.
    """
    room, account = entry.revocations[1], entry.revocations[0]
    if facts.standing is None or account < facts.standing:
        raise Revoked("hello")
    news = facts.news
    if isinstance(news, RoomDeleted):
        return entry
    if facts.kept_out:
        raise ProtocolError("kept-out", "hello")
    if room < news.revocation:
        raise Revoked("hello")
    if news.version > entry.room_version:
        entry = refreshed(entry, news)
    return msgspec.structs.replace(
        entry,
        invited=facts.invited,
        role=facts.role,
        forbidden=facts.forbidden,
        running=facts.running,
    )


async def facts_now(entries: Collection[Entry]) -> list[Facts]:
    """What holds now for each of these; raises what the database raises."""
    return await database_sync_to_async(_read)(entries)


def _read(entries: Collection[Entry]) -> list[Facts]:
    """Six queries, and two more if there are rooms for invited people among them."""
    asked_rooms = {entry.room for entry in entries}
    rooms = {room.pk: room for room in Room.objects.filter(pk__in=asked_rooms)}
    living = standing(entry.user for entry in entries if entry.user is not None)
    lasts = lasting({entry.login for entry in entries if entry.login})
    closed = [
        entry
        for entry in entries
        if (room := rooms.get(entry.room)) is not None
        and room.access == Room.Access.INVITED
    ]
    lost = uninvited(closed)
    asked = {(entry.room, entry.person) for entry in closed}
    roles = roles_of(entries)
    forbidden = forbidden_in(rooms)
    bans = Bans(time.monotonic)
    bans.read(kept_out_of(rooms), bans.heard)
    every = []
    for entry in entries:
        row = rooms.get(entry.room)
        invited = entry.invited
        if (entry.room, entry.person) in asked:
            invited = entry.person not in lost.get(entry.room, ())
        every.append(
            Facts(
                RoomDeleted(entry.room) if row is None else changed(row),
                invited,
                _standing_of(entry, living, lasts),
                role := roles.get((entry.room, entry.user), "guest"),
                forbidden.get((entry.room, entry.person), ()),
                bans.keeps_out(msgspec.structs.replace(entry, role=role)),
                row is None or was_running(row),
            )
        )
    return every


def _standing_of(
    entry: Entry, living: Mapping[int, int], lasts: Collection[int]
) -> int | None:
    if entry.user is None:
        return 0
    if entry.login and entry.login not in lasts:
        return None
    return living.get(entry.user)


def standing(accounts: Iterable[int]) -> Mapping[int, int]:
    """The revocations of those of these accounts that are there and may log in."""
    asked = set(accounts)
    if not asked:
        return {}
    living = User.objects.may_log_in().filter(pk__in=asked)
    return dict(living.values_list("pk", "revocation"))


def roles_of(entries: Iterable[Asked]) -> Mapping[tuple[int, int | None], Role]:
    """What those of these with an account are in their rooms; guests are not in it."""
    asked = [entry for entry in entries if entry.user is not None]
    rows = Membership.objects.filter(
        room__in={entry.room for entry in asked},
        user__in={entry.user for entry in asked},
    )
    return {
        (room, user): msgspec.convert(role, Role)
        for room, user, role in rows.values_list("room_id", "user_id", "role")
    }


def forbidden_in(
    rooms: Iterable[int],
) -> Mapping[tuple[int, str], tuple[Power, ...]]:
    """What hosts of these rooms have forbidden to single people."""
    rows = Prohibition.objects.filter(room__in=list(rooms))
    return {
        (room, person): msgspec.convert(powers, tuple[Power, ...])
        for room, person, powers in rows.values_list("room_id", "person", "powers")
    }


def kept_out_of(rooms: Iterable[int]) -> Mapping[int, set[str]]:
    """The marks of all whom these rooms keep out; hosts of a room are not."""
    asked = list(rooms)
    hosts = Membership.objects.filter(
        room=OuterRef("room"), user=OuterRef("user"), role__in=HOSTS
    )
    found = Ban.objects.in_force().filter(room__in=asked).exclude(Exists(hosts))
    kept_out: dict[int, set[str]] = {room: set() for room in asked}
    for ban in found:
        kept_out[ban.room_id] |= ban.marks
    return kept_out


def uninvited(entries: Iterable[Asked]) -> Mapping[int, set[str]]:
    """Who of these has neither a role nor an invitation in force, by their rooms.

    Two queries at most, however many they are.
    """
    return without(entries)


def disinvited(entries: Iterable[Asked]) -> Mapping[int, set[str]]:
    """Who of these was let in by what has been taken back since, and by nothing else.

    Two queries at most.
    """
    return without(entries, over=False)

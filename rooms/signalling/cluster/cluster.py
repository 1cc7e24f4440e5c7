"""One process among several: who is where, and what is done when something breaks.

A room's call is run by one process, its home. Other processes that hold sockets of the
room are its branches: they pass on what their clients say. Whatever breaks, a socket
stays open; its client is shown a fresh `welcome` when the call is run elsewhere.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from itertools import count

from conference.log import about

from ..call import Call
from ..hub import Hub
from ..protocol import ProtocolError, Rank, Revoked
from ..tickets import Entry
from .attendance import Attendance
from .beats import Beats, Standing
from .copies import copy_of, restore
from .homes import Homes
from .packets import (
    Act,
    AnyPacket,
    Attach,
    Beat,
    Closed,
    Copy,
    Depart,
    Handed,
    Lost,
    Refused,
    Renew,
    Said,
    Show,
    Stands,
    Taken,
)
from .parties import Converse
from .post import Mail, MailAway, Post
from .registry import Registry
from .remote import Remote
from .room import Room

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
WRITE_SECONDS = 0.25
"""What changes in so long is written together."""

RENEW_EVERY = 8
"""So many such whiles lie between two renewals of all homes."""

FLUSH_SECONDS = 1.0

UNANSWERED_BEATS = 2
"""An attachment that is not answered for so long is sent anew."""

STALE_BEATS = 5
"""So long a branch has to renew what got lost; who is not renewed lost their line."""

SETTLED_BEATS = 2
"""So long after all others have found their homes a room is taken for whole."""

REMOTES_AT_MOST = 20_000
"""Sockets of other processes that one process serves; more have to look elsewhere."""


class Cluster:
    """This process, `name`, and its rooms."""

    def __init__(
        self,
        name: str,
        hub: Hub,
        mail: Mail,
        registry: Registry,
        converse: Converse,
        newest: Callable[[int], Awaitable[int]],
    ) -> None:
        self.name = name
        self.hub = hub
        self.post = Post(name, mail, self)
        self.beats = Beats(name)
        self._homes = Homes(name, hub, registry, self.beats, newest)
        self._converse = converse
        self._rooms: dict[int, Room] = {}
        self._by_number: dict[int, Attendance] = {}
        self._unanswered: dict[Attendance, None] = {}
        self._remotes: dict[tuple[str, int], Remote] = {}
        self._stale: dict[str, int] = {}
        self._unsure: set[str] = set()
        self._returning = False
        self._numbers = count(1)
        self._tasks: list[asyncio.Task[None]] = []

    # What there is just now, for those who watch

    @property
    def homes(self) -> int:
        """Rooms whose call is run here."""
        return sum(room.home == self.name for room in self._rooms.values())

    @property
    def branches(self) -> int:
        """Rooms with sockets here whose call is run elsewhere."""
        return sum(
            room.home not in ("", self.name) and bool(room.attendances)
            for room in self._rooms.values()
        )

    def home_of(self, room: int) -> str:
        """The process that runs this room's call, as far as it is known here."""
        known = self._rooms.get(room)
        return "" if known is None else known.home

    # The life of it

    def start(self) -> None:
        """Begin to live, as far as others are concerned."""
        self._tasks = [
            asyncio.create_task(self._beat_on(), name="cluster beats"),
            asyncio.create_task(self._renew_on(), name="cluster homes"),
        ]

    async def leave(self) -> None:
        """Give the homes of this process to whoever wants them; it is about to end.

        Others take them over at once where they have people in them, and else when
        the first comes to them. Until then all goes on here.
        """
        self._homes.leaving = True
        await self._renew()
        await self._tell_all()

    async def stop(self) -> None:
        """Be no more. The copies of what was here stay for a while."""
        self._homes.leaving = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._renew()
        await self.post.flush(FLUSH_SECONDS)
        await self._tell_all(gone=True)
        works = [room.work for room in self._rooms.values() if room.work is not None]
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
        for room in self._rooms.values():
            if room.home == self.name and room.claimed and self.beats.online:
                await self._homes.release(room)
        self._rooms.clear()
        self._by_number.clear()
        self._remotes.clear()
        self.hub.touched = None
        await self.post.stop()

    # Sockets of this process

    def arrive(self, attendance: Attendance) -> None:
        """Somebody said hello here."""
        room = self._room(attendance.entry.room)
        room.attendances[attendance] = None
        if room.home:
            self._place(room, attendance)
        else:
            self._seek(room)

    def detach(self, attendance: Attendance) -> None:
        """A socket is no more."""
        self._unlist(attendance)
        room = self._rooms.get(attendance.entry.room)
        if room is not None:
            room.attendances.pop(attendance, None)
            self._look_whether_empty(room)

    def will_welcome(self, number: int) -> None:
        """Somebody is about to be welcomed; note whether it is with half the truth."""
        room = self._rooms.get(number)
        if room is not None and room.partial:
            room.doubted = True

    # What others say

    def beat(self, beat: Beat) -> None:
        if beat.sender == self.name:
            self._heard_itself()
        elif beat.gone:
            self._bury(beat.sender)
        else:
            self._heard(beat)
        self._homes.beaten()

    def missed(self, process: str) -> None:
        """Something it said got lost, for its sockets here or for ours there."""
        self._attach_anew(process)
        theirs = [each for each in self._remotes.values() if each.process == process]
        if theirs:
            for remote in theirs:
                remote.is_stale = True
            self._stale[process] = STALE_BEATS
            self.post.send(process, Renew())

    def undelivered(self, process: str, packet: AnyPacket) -> None:
        match packet:
            case Act():
                if attendance := self._by_number.get(packet.socket):
                    attendance.undelivered(packet.message)
            case Said():
                for number in packet.sockets:
                    if remote := self._remotes.get((process, number)):
                        remote.tell_sender(packet.frame)
            case _:
                # The other side notices the gap, and both begin anew.
                pass

    def read(self, process: str, packet: AnyPacket) -> None:
        match packet:
            case Said():
                for number in packet.sockets:
                    if attendance := self._by_number.get(number):
                        attendance.post(packet.frame)
            case Stands() | Refused() | Closed() | Lost():
                if attendance := self._by_number.get(packet.socket):
                    self._read_for(attendance, packet)
            case Act() | Show() | Depart():
                if remote := self._remotes.get((process, packet.socket)):
                    self._read_of(remote, packet)
                elif not isinstance(packet, Depart):
                    self.post.send(process, Lost(packet.socket))
            case Attach():
                self._attached(process, packet)
            case Renew():
                self._attach_anew(process)
            case Taken():
                if (room := self._rooms.get(packet.room)) and room.home != process:
                    self._seek(room)
            case Handed():
                self._handed(packet.copy)

    def _read_for(
        self, attendance: Attendance, packet: Stands | Refused | Closed | Lost
    ) -> None:
        """What a home says of a socket of ours."""
        match packet:
            case Stands():
                if packet.socket == attendance.number:
                    self._answered(attendance)
                attendance.stands(Rank(packet.rank), packet.since)
            case Refused():
                self._answered(attendance)
                attendance.refused(_fault(packet))
            case Closed():
                self._answered(attendance)
                attendance.close(packet.code)
            case Lost():
                if packet.socket == attendance.number:
                    self._lost(attendance)

    def _read_of(self, remote: Remote, packet: Act | Show | Depart) -> None:
        """What a branch says of a socket of its own."""
        match packet:
            case Act():
                remote.act(packet.message)
            case Show():
                remote.show()
            case Depart():
                self._drop(remote)
                remote.depart(packet.how)
                self._look_whether_empty(self._room(remote.room))

    # Where rooms have their homes

    def _room(self, number: int) -> Room:
        room = self._rooms.get(number)
        if room is None:
            room = self._rooms[number] = Room(number)
        return room

    def _seek(self, room: Room) -> None:
        """Ask for the room's home, after what is under way for this room."""
        room.sought = True
        self._see_to(room)

    def _see_to(self, room: Room) -> None:
        if room.work is None:
            room.work = asyncio.create_task(self._work(room))

    async def _work(self, room: Room) -> None:
        try:
            while room.sought or self._is_empty(room):
                if room.sought:
                    room.sought = False
                    await self._resolve(room)
                else:
                    await self._release(room)
                    if not room.sought and self._is_empty(room):
                        self._rooms.pop(room.number, None)
                        return
        except Exception:
            # A fault of ours: the next beat tries again.
            logger.exception("No home was found", extra=about(room.number))
            room.sought_again = True
        finally:
            room.work = None

    async def _resolve(self, room: Room) -> None:
        """Find out whose the room is, or make it ours; move everybody there."""
        home, taken_from = await self._homes.find(room)
        if not home or not self.beats.online:
            self._go_alone(room)
        elif home == self.name:
            self._come_home(room)
            if taken_from:
                self.post.send(taken_from, Taken(room.number))
        else:
            self._go(room, home)

    def _come_home(self, room: Room) -> None:
        """The room is ours, by Redis."""
        room.home = self.name
        room.claimed = True
        room.settled = 0
        self._move(room)

    def _go(self, room: Room, home: str) -> None:
        """The room is another's."""
        lost = self.hub.forget(room.number) if room.home == self.name else None
        room.home = home
        room.claimed = room.partial = room.doubted = False
        room.written = b""
        room.copy = None
        self._move(room)
        if lost is not None:
            # After the sockets: who comes with one is seen to come by all.
            self.post.send(home, Handed(copy_of(lost)))

    def _go_alone(self, room: Room) -> None:
        """Nobody can be asked: run the call here, for those who are here."""
        if self.beats.online and self._is_alive(room.home):
            # Only Redis was slow; the home answers. The next beat asks again.
            room.sought_again = True
            return
        room.home = self.name
        room.claimed = False
        self._doubt(room)
        self._move(room)

    def _is_alive(self, process: str) -> bool:
        return self.beats.standing(process) in (Standing.LIVES, Standing.LEAVES)

    async def _release(self, room: Room) -> None:
        claimed, room.claimed = room.claimed, False
        room.home = ""
        room.written = b""
        room.partial = room.doubted = False
        if claimed:
            await self._homes.release(room)

    def _is_empty(self, room: Room) -> bool:
        here = room.home == self.name and self.hub.get(room.number) is not None
        return not (room.attendances or room.remotes or here)

    def _look_whether_empty(self, room: Room) -> None:
        if self._is_empty(room):
            self._see_to(room)

    # Whether all of a room is known here

    def _doubt(self, room: Room) -> None:
        """Others may know more of this room than is known here."""
        room.partial = True
        call = self.hub.get(room.number)
        if call is not None:
            call.partial = True
            call.seats.recall()

    def _become_whole(self, room: Room) -> None:
        """All who could know more have come with what they knew."""
        room.partial = False
        doubted, room.doubted = room.doubted, False
        call = self.hub.get(room.number)
        if call is None:
            return
        call.partial = False
        if doubted and not call.seats.partial:
            call.welcome_all()

    # Sockets, to where their call is run

    def _move(self, room: Room) -> None:
        for attendance in list(room.attendances):
            self._place(room, attendance)
        for remote in list(room.remotes):
            if room.home != self.name:
                self._drop(remote)
                remote.lose()
            elif not remote.is_admitted:
                self._admit(room, remote)
        self._look_whether_empty(room)

    def _place(self, room: Room, attendance: Attendance) -> None:
        if room.home != self.name:
            if attendance.home != room.home:
                self._attach(attendance, room.home)
        elif not attendance.is_here:
            self._unlist(attendance)
            call = self._open(room, attendance.entry)
            attendance.sit_here(self._converse)
            self.hub.settle(call)

    def _open(self, room: Room, entry: Entry) -> Call:
        """The room's call, with all that is known of it; somebody is about to enter."""
        call = self.hub.open(entry)
        call.partial = room.partial
        room.doubted = room.doubted or room.partial
        copy, room.copy = room.copy, None
        if copy is not None:
            restore(call, copy)
        return call

    def _handed(self, copy: Copy) -> None:
        """Somebody was a room's home, or thought so, and knows who was there."""
        room = self._rooms.get(copy.facts.room)
        if room is None or room.home != self.name:
            return
        call = self.hub.get(room.number)
        if call is None:
            room.copy = copy
            return
        known = len(call.seats)
        restore(call, copy)
        if len(call.seats) > known:
            call.welcome_all()
        self.hub.settle(call)

    # Sockets of ours at other processes

    def _attach(self, attendance: Attendance, home: str) -> None:
        if attendance.home != home:
            self._unlist(attendance)
        number = next(self._numbers)
        # Until the home answers, what it said to the one before is for this one, too.
        self._by_number[number] = attendance
        self._unanswered[attendance] = None
        attendance.attach(home, number)

    def _attach_anew(self, process: str) -> None:
        for attendance in dict.fromkeys(self._by_number.values()):
            if attendance.home == process:
                self._attach(attendance, process)

    def _answered(self, attendance: Attendance) -> None:
        for earlier in attendance.earlier:
            self._by_number.pop(earlier, None)
        attendance.earlier.clear()
        self._unanswered.pop(attendance, None)

    def _lost(self, attendance: Attendance) -> None:
        room = self._room(attendance.entry.room)
        self._unlist(attendance)
        attendance.set_off()
        self._seek(room)

    def _unlist(self, attendance: Attendance) -> None:
        self._unanswered.pop(attendance, None)
        for number in (attendance.number, *attendance.earlier):
            self._by_number.pop(number, None)

    # Sockets of other processes here

    def _attached(self, process: str, packet: Attach) -> None:
        if len(self._remotes) >= REMOTES_AT_MOST:
            self.post.send(process, Lost(packet.socket))
            return
        room = self._room(packet.entry.room)
        remote = Remote(self, process, packet)
        self._remotes[process, packet.socket] = remote
        room.remotes[remote] = None
        if room.home == self.name:
            self._admit(room, remote)
        else:
            self._seek(room)

    def _admit(self, room: Room, remote: Remote) -> None:
        earlier = [self._remotes.get((remote.process, n)) for n in remote.instead]
        before = [each for each in earlier if each is not None]
        for each in before:
            self._drop(each)
        call = self._open(room, remote.entry)
        remote.admit(self._converse, before)
        self.hub.settle(call)

    def _drop(self, remote: Remote) -> None:
        self._remotes.pop((remote.process, remote.number), None)
        room = self._rooms.get(remote.room)
        if room is not None:
            room.remotes.pop(remote, None)

    def _let_go(self, remote: Remote) -> None:
        """Its line is lost; the seat awaits the person for a while."""
        self._drop(remote)
        remote.depart("lost")
        self._look_whether_empty(self._room(remote.room))

    # Beats

    async def _beat_on(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + BEAT_SECONDS
            try:
                if self.beats.sent():
                    self._redis_is_away()
                self._look_around()
            except Exception:
                # A fault of ours: others must not take this process for dead.
                logger.exception("A beat left something undone")
            await self._tell_all()
            await asyncio.sleep(max(due - loop.time(), 0.0))

    async def _tell_all(self, *, gone: bool = False) -> None:
        unsure = any(
            room.home == self.name and not room.claimed for room in self._rooms.values()
        )
        leaving = self._homes.leaving
        try:
            await self.post.tell_all(unsure=unsure, leaving=leaving, gone=gone)
        except MailAway as fault:
            logger.debug("A beat did not leave: %r", fault)

    def _heard_itself(self) -> None:
        returned, dead = self.beats.came_back()
        if returned:
            self._redis_is_back()
        for name in dead:
            logger.warning("A process is silent: what it had is taken over")
            self._bury(name)

    def _heard(self, beat: Beat) -> None:
        was_dead, begins_to_leave = self.beats.heard(beat.sender, leaving=beat.leaving)
        if beat.unsure:
            self._unsure.add(beat.sender)
        else:
            self._unsure.discard(beat.sender)
        if was_dead:
            # What it had attached here was let go.
            self.post.send(beat.sender, Renew())
        if begins_to_leave and not self._homes.leaving:
            for room in self._rooms.values():
                if room.home == beat.sender and room.attendances:
                    self._seek(room)

    def _bury(self, process: str) -> None:
        """It is dead, or as good as that."""
        self.beats.bury(process)
        self._unsure.discard(process)
        self._stale.pop(process, None)
        for remote in list(self._remotes.values()):
            if remote.process == process:
                self._let_go(remote)
        for room in list(self._rooms.values()):
            if room.home == process:
                self._set_off(room)
        self.post.forget(process)

    def _set_off(self, room: Room) -> None:
        """The room's home is no more."""
        room.home = ""
        for attendance in room.attendances:
            self._unlist(attendance)
            attendance.set_off()
        if room.attendances or room.remotes:
            self._seek(room)
        else:
            self._look_whether_empty(room)

    def _redis_is_away(self) -> None:
        logger.warning("Redis is away: each process goes on with the people it has")
        self.post.open = False
        for room in list(self._rooms.values()):
            if room.home == self.name:
                room.claimed = False
                self._doubt(room)
        self._homes.beaten()

    def _redis_is_back(self) -> None:
        logger.info("Redis is back: rooms come together again")
        self.post.open = True
        self._returning = True
        self._unsure = self.beats.others
        for room in self._rooms.values():
            if room.partial:
                self._doubt(room)

    def _look_around(self) -> None:
        """Once a beat: see to what was put off, lost or forgotten."""
        if not self.beats.online:
            self._go_on_alone()
            return
        # The others are given a beat to find that Redis is back.
        returning, self._returning = self._returning, False
        for room in list(self._rooms.values()):
            self._look_at(room, returning=returning)
        for attendance in list(self._unanswered):
            attendance.unanswered += 1
            if attendance.unanswered > UNANSWERED_BEATS:
                self._attach(attendance, attendance.home)
        self._drop_stale()

    def _look_at(self, room: Room, *, returning: bool) -> None:
        if room.home == self.name and not room.claimed and not returning:
            self._seek(room)
        elif room.sought_again:
            room.sought_again = False
            self._seek(room)
        elif room.partial and room.claimed and not self._unsure:
            room.settled += 1
            if room.settled > SETTLED_BEATS:
                self._become_whole(room)
        self._look_whether_empty(room)

    def _go_on_alone(self) -> None:
        for room in list(self._rooms.values()):
            if room.home != self.name and room.work is None:
                self._go_alone(room)
            call = self.hub.get(room.number)
            if call is not None:
                # Whoever is missed may well be with a process that cannot say so.
                call.seats.put_off(BEAT_SECONDS)
                self.hub.settle(call)

    def _drop_stale(self) -> None:
        for process in list(self._stale):
            self._stale[process] -= 1
            if self._stale[process] <= 0:
                del self._stale[process]
                for remote in list(self._remotes.values()):
                    if remote.process == process and remote.is_stale:
                        self._let_go(remote)

    async def _renew_on(self) -> None:
        for turn in count(1):
            await asyncio.sleep(WRITE_SECONDS)
            try:
                if turn % RENEW_EVERY == 0:
                    await self._renew()
                elif self.hub.touched:
                    await self._renew(self.hub.touched)
            except Exception:
                # A fault of ours: homes must not be lost by it.
                logger.exception("Homes were not renewed")

    async def _renew(self, only: set[int] | None = None) -> None:
        if not self.beats.online:
            if self.hub.touched:
                self.hub.touched &= self._rooms.keys()
            return
        numbers = self._rooms.keys() if only is None else only & self._rooms.keys()
        ours = [
            room
            for room in map(self._room, numbers)
            if room.home == self.name and room.claimed
        ]
        for room in await self._homes.renew(ours):
            if room.home == self.name:
                room.claimed = False
                self._seek(room)


def _fault(refused: Refused) -> ProtocolError:
    if refused.revoked:
        return Revoked(refused.about)
    return ProtocolError(refused.code, refused.about, refused.to)

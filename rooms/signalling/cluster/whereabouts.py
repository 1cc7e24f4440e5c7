"""Where rooms have their homes: found out, followed, and given up."""

import asyncio
import logging
from collections.abc import Iterable

from conference.log import about

from ..holder import Departure
from ..hub import Hub
from .attendance import Attendance
from .beats import Beats, Standing
from .copies import copy_of
from .homes import Homes
from .moves import Moves
from .packets import Attach, Handed, Taken
from .post import Post
from .remote import Remote
from .remotes import Remotes
from .room import Room
from .rooms import Rooms

logger = logging.getLogger(__name__)


class Whereabouts:
    """Asks `homes` whose a room is, and moves everybody there."""

    def __init__(
        self,
        hub: Hub,
        post: Post,
        beats: Beats,
        homes: Homes,
        rooms: Rooms,
        remotes: Remotes,
        moves: Moves,
    ) -> None:
        self._hub = hub
        self._post = post
        self._beats = beats
        self._homes = homes
        self._rooms = rooms
        self._remotes = remotes
        self._moves = moves

    # Sockets that come and go

    def arrive(self, attendance: Attendance) -> None:
        """A socket of ours has come to its room."""
        room = self._rooms.at(attendance.entry.room)
        room.attendances[attendance] = None
        if room.home:
            self._moves.place(room, attendance)
        else:
            self.seek(room)

    def lost(self, attendance: Attendance, *, later: bool) -> None:
        """Where a socket of ours was served, it is not any more."""
        room = self._rooms.at(attendance.entry.room)
        if later:
            room.sought_again = True
        else:
            self.seek(room)

    def detach(self, attendance: Attendance) -> None:
        """A socket of ours is no more."""
        room = self._rooms.get(attendance.entry.room)
        if room is not None:
            room.attendances.pop(attendance, None)
            self.look_whether_empty(room)

    def attached(self, process: str, packet: Attach) -> None:
        """A socket of another process has come to its room."""
        remote = self._remotes.take(process, packet)
        if remote is None:
            return
        room = self._rooms.at(remote.room)
        if self._rooms.is_ours(room):
            self._moves.admit(room, remote)
        else:
            self.seek(room)

    def let_go(self, remote: Remote, how: Departure = "lost") -> None:
        """It departs: its line is lost, or its tab was closed."""
        self._remotes.drop(remote)
        remote.depart(how)
        self.look_whether_empty(self._rooms.at(remote.room))

    # The search

    def seek(self, room: Room) -> None:
        """Ask for the room's home, after what is under way for this room."""
        room.sought = True
        self._see_to(room)

    def look_whether_empty(self, room: Room) -> None:
        """Give the room up if nobody here needs it."""
        if self._rooms.is_empty(room):
            self._see_to(room)

    def taken_by(self, process: str, number: int) -> None:
        """Somebody says that the room is theirs now."""
        room = self._rooms.get(number)
        if room is not None and room.home != process:
            self.seek(room)

    def set_off(self, room: Room) -> None:
        """The room's home is no more."""
        room.home = ""
        self._moves.set_off(room)
        if room.attendances or room.remotes:
            self.seek(room)
        else:
            self.look_whether_empty(room)

    def go_alone(self, room: Room) -> None:
        """Nobody can be asked: run the call here, for those who are here."""
        if self._beats.online and self._is_alive(room.home):
            # Only Redis was slow; the home answers. The next beat asks again.
            room.sought_again = True
            return
        room.home = self._rooms.own
        room.claimed = False
        self._rooms.doubt(room)
        self._move(room)

    # Homes that are ours

    async def renew(self) -> None:
        """Say of all homes of this process that they stay its own."""
        await self._renew(self._rooms)

    async def write(self) -> None:
        """Write what has changed since the last time."""
        if touched := self._hub.touched:
            await self._renew([room for room in self._rooms if room.number in touched])

    async def give_up(self) -> None:
        """The process ends: work on nothing any more, and leave the homes to others."""
        works = [room.work for room in self._rooms if room.work is not None]
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
        for room in self._rooms:
            if self._rooms.is_ours(room) and room.claimed and self._beats.online:
                await self._homes.release(room)

    async def _renew(self, rooms: Iterable[Room]) -> None:
        if not self._beats.online:
            if touched := self._hub.touched:
                known = {number for number in touched if number in self._rooms}
                self._hub.touched = known
            return
        ours = [room for room in rooms if self._rooms.is_ours(room) and room.claimed]
        for room in await self._homes.renew(ours):
            if self._rooms.is_ours(room):
                room.claimed = False
                self.seek(room)

    # What is done about one room, one after the other

    def _see_to(self, room: Room) -> None:
        if room.work is None:
            room.work = asyncio.create_task(self._work(room))

    async def _work(self, room: Room) -> None:
        try:
            while room.sought or self._rooms.is_empty(room):
                if room.sought:
                    room.sought = False
                    await self._resolve(room)
                else:
                    await self._release(room)
                    if not room.sought and self._rooms.is_empty(room):
                        self._rooms.forget(room)
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
        if not home or not self._beats.online:
            self.go_alone(room)
        elif home == self._rooms.own:
            self._come_home(room)
            if taken_from:
                self._post.send(taken_from, Taken(room.number))
        else:
            self._go(room, home)

    def _come_home(self, room: Room) -> None:
        """The room is ours, by Redis."""
        room.home = self._rooms.own
        room.claimed = True
        room.settled = 0
        self._move(room)

    def _go(self, room: Room, home: str) -> None:
        """The room is another's."""
        ours = self._rooms.is_ours(room)
        lost = self._hub.forget(room.number) if ours else None
        room.home = home
        room.claimed = room.partial = room.doubted = False
        room.written = b""
        room.copy = None
        self._move(room)
        if lost is not None:
            # After the sockets: who comes with one is seen to come by all.
            self._post.send(home, Handed(copy_of(lost)))

    def _move(self, room: Room) -> None:
        self._moves.move(room)
        self.look_whether_empty(room)

    async def _release(self, room: Room) -> None:
        claimed, room.claimed = room.claimed, False
        room.home = ""
        room.written = b""
        room.partial = room.doubted = False
        if claimed:
            await self._homes.release(room)

    def _is_alive(self, process: str) -> bool:
        return self._beats.standing(process) in (Standing.LIVES, Standing.LEAVES)

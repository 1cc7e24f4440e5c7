"""One process among several: who is where, and what is done when something breaks.

A room's call is run by one process, its home. Other processes that hold sockets of the
room are its branches: they pass on what their clients say. Whatever breaks, a socket
stays open; its client is shown a fresh `welcome` when the call is run elsewhere.
"""

import asyncio
from collections.abc import Awaitable, Callable

from ..hub import Hub
from .attachments import Attachments
from .attendance import Attendance
from .beats import Beats
from .heart import Heart
from .homes import Homes
from .moves import Moves
from .neighbours import Neighbours
from .packets import (
    Act,
    AnyPacket,
    Attach,
    Beat,
    Closed,
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
from .post import Mail, Post
from .registry import Registry
from .remotes import Remotes
from .rooms import Rooms
from .upkeep import Upkeep
from .whereabouts import Whereabouts

FLUSH_SECONDS = 1.0


class Cluster:
    """This process, `name`: puts its parts together, and hands each what is for it."""

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
        self.rooms = Rooms(name, hub)
        self.remotes = Remotes(self.post, hub, self.rooms)
        self._attachments = Attachments()
        self._homes = Homes(name, hub, registry, self.beats, newest)
        self._whereabouts = Whereabouts(
            hub,
            self.post,
            self.beats,
            self._homes,
            self.rooms,
            self.remotes,
            Moves(hub, self.rooms, self._attachments, self.remotes, converse),
        )
        self._neighbours = Neighbours(
            self.post,
            self.beats,
            self._homes,
            self.rooms,
            self.remotes,
            self._whereabouts,
        )
        self._upkeep = Upkeep(
            self.post,
            self.beats,
            self._homes,
            self.rooms,
            self._attachments,
            self.remotes,
            self._whereabouts,
            self._neighbours,
        )
        self._heart = Heart(
            self.post, self._homes, self.rooms, self._whereabouts, self._upkeep
        )

    # What there is just now, for those who watch

    @property
    def homes(self) -> int:
        """Rooms whose call is run here."""
        return self.rooms.homes

    @property
    def branches(self) -> int:
        """Rooms with sockets here whose call is run elsewhere."""
        return self.rooms.branches

    def home_of(self, room: int) -> str:
        """The process that runs this room's call, as far as it is known here."""
        known = self.rooms.get(room)
        return "" if known is None else known.home

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """All that goes on here by itself, letters apart."""
        works = [room.work for room in self.rooms if room.work is not None]
        return [*self._heart.tasks, *works]

    # The life of it

    def start(self) -> None:
        """Begin to live, as far as others are concerned."""
        self._heart.start()

    async def leave(self) -> None:
        """Give the homes of this process to whoever wants them; it is about to end.

        Others take them over at once where they have people in them, and else when
        the first comes to them. Until then all goes on here.
        """
        self._homes.leaving = True
        await self._whereabouts.renew()
        await self._heart.tell_all()

    async def stop(self) -> None:
        """Be no more. The copies of what was here stay for a while."""
        self._homes.leaving = True
        await self._heart.stop()
        await self._whereabouts.renew()
        await self.post.flush(FLUSH_SECONDS)
        await self._heart.tell_all(gone=True)
        await self._whereabouts.give_up()
        self.rooms.clear()
        self._attachments.clear()
        self.remotes.clear()
        self.hub.touched = None
        await self.post.stop()

    # Sockets of this process

    def arrive(self, attendance: Attendance) -> None:
        """Somebody said hello here."""
        self._whereabouts.arrive(attendance)

    def detach(self, attendance: Attendance) -> None:
        """A socket is no more."""
        self._attachments.unlist(attendance)
        self._whereabouts.detach(attendance)

    def will_welcome(self, room: int) -> None:
        """Somebody here asks for a seat of this room."""
        self.rooms.will_welcome(room)

    # What others say

    def beat(self, beat: Beat) -> None:
        if beat.sender == self.name:
            self._upkeep.came_back()
        else:
            self._neighbours.heard(beat)
        self._homes.beaten()

    def missed(self, process: str) -> None:
        """Something it said got lost, for its sockets here or for ours there."""
        self._attachments.attach_anew(process)
        self.remotes.have_renewed(process)

    def undelivered(self, process: str, packet: AnyPacket) -> None:
        match packet:
            case Act():
                self._attachments.undelivered(packet)
            case Said():
                self.remotes.undelivered(process, packet)
            case _:
                # The other side notices the gap, and both begin anew.
                pass

    def read(self, process: str, packet: AnyPacket) -> None:
        match packet:
            case Said() | Stands() | Refused() | Closed():
                self._attachments.read(packet)
            case Lost():
                if attendance := self._attachments.lose(packet.socket):
                    self._whereabouts.lost(attendance, later=packet.later)
            case Act() | Show():
                self.remotes.read(process, packet)
            case Depart():
                if remote := self.remotes.get(process, packet.socket):
                    self._whereabouts.let_go(remote, packet.how)
            case Attach():
                self._whereabouts.attached(process, packet)
            case Renew():
                self._attachments.attach_anew(process)
            case Taken():
                self._whereabouts.taken_by(process, packet.room)
            case Handed():
                self.rooms.take_in(packet.copy)

"""What has to be seen to at each beat, and what is done while Redis is away."""

import logging

from .attachments import Attachments
from .beats import Beats
from .homes import Homes
from .neighbours import Neighbours
from .post import Post
from .remotes import Remotes
from .room import Room
from .rooms import Rooms
from .whereabouts import Whereabouts

logger = logging.getLogger(__name__)

BEAT_SECONDS = 1.0

SETTLED_BEATS = 2
"""So long after all others have found their homes a room is taken for whole."""


class Upkeep:
    """Goes by this process's own beats: those that leave, and those that come back."""

    def __init__(
        self,
        post: Post,
        beats: Beats,
        homes: Homes,
        rooms: Rooms,
        attachments: Attachments,
        remotes: Remotes,
        whereabouts: Whereabouts,
        neighbours: Neighbours,
    ) -> None:
        self._post = post
        self._beats = beats
        self._homes = homes
        self._rooms = rooms
        self._attachments = attachments
        self._remotes = remotes
        self._whereabouts = whereabouts
        self._neighbours = neighbours
        self._returning = False

    def beat(self) -> None:
        """A beat of our own is about to leave: see to what was put off or lost."""
        if self._beats.sent():
            self._redis_is_away()
        if not self._beats.online:
            self._go_on_alone()
            return
        # The others are given a beat to find that Redis is back.
        returning, self._returning = self._returning, False
        for room in self._rooms:
            self._look_at(room, returning=returning)
        self._attachments.ask_again()
        for remote in self._remotes.not_renewed():
            self._whereabouts.let_go(remote)

    def came_back(self) -> None:
        """A beat of our own was heard: so Redis is there, and the silent are dead."""
        returned, dead = self._beats.came_back()
        if returned:
            self._redis_is_back()
        for name in dead:
            logger.warning("A process is silent: what it had is taken over")
            self._neighbours.bury(name)

    def _look_at(self, room: Room, *, returning: bool) -> None:
        if self._rooms.is_ours(room) and not room.claimed and not returning:
            self._whereabouts.seek(room)
        elif room.sought_again:
            room.sought_again = False
            self._whereabouts.seek(room)
        elif room.partial and room.claimed and self._neighbours.are_sure:
            room.settled += 1
            if room.settled > SETTLED_BEATS:
                self._rooms.become_whole(room)
        self._whereabouts.look_whether_empty(room)

    def _redis_is_away(self) -> None:
        logger.warning("Redis is away: each process goes on with the people it has")
        self._post.open = False
        for remote in self._remotes:
            # Nobody can say any more whether it is still there.
            self._whereabouts.let_go(remote)
        for room in self._rooms:
            if self._rooms.is_ours(room):
                room.claimed = False
                self._rooms.doubt(room)
        self._homes.beaten()

    def _go_on_alone(self) -> None:
        for room in self._rooms:
            if not self._rooms.is_ours(room) and room.work is None:
                self._whereabouts.go_alone(room)
            if not self._beats.is_alone:
                self._rooms.put_off(room, BEAT_SECONDS)

    def _redis_is_back(self) -> None:
        logger.info("Redis is back: rooms come together again")
        # The others may not know that we were away: whose socket went is let go then.
        self._post.reopen()
        self._returning = True
        self._neighbours.ask_all()
        for room in self._rooms:
            if room.partial:
                self._rooms.doubt(room)

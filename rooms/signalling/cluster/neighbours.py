"""The other processes: how they live, and what is done when one of them dies."""

from .beats import Beats
from .homes import Homes
from .packets import Beat, Renew
from .post import Post
from .remotes import Remotes
from .rooms import Rooms
from .whereabouts import Whereabouts


class Neighbours:
    """Follows the others' beats."""

    def __init__(
        self,
        post: Post,
        beats: Beats,
        homes: Homes,
        rooms: Rooms,
        remotes: Remotes,
        whereabouts: Whereabouts,
    ) -> None:
        self._post = post
        self._beats = beats
        self._homes = homes
        self._rooms = rooms
        self._remotes = remotes
        self._whereabouts = whereabouts
        self._unsure: set[str] = set()

    @property
    def are_sure(self) -> bool:
        """Whether all have found the homes of their rooms, as far as they said."""
        return not self._unsure

    def ask_all(self) -> None:
        """Take nobody's homes for found until they say so anew."""
        self._unsure = self._beats.others

    def heard(self, beat: Beat) -> None:
        """Another process lives, or says that it is about to end."""
        if beat.gone:
            self.bury(beat.sender)
            return
        was_dead, begins_to_leave = self._beats.heard(beat.sender, leaving=beat.leaving)
        if beat.unsure:
            self._unsure.add(beat.sender)
        else:
            self._unsure.discard(beat.sender)
        if was_dead:
            # What it had attached here was let go.
            self._post.send(beat.sender, Renew())
        if begins_to_leave and not self._homes.leaving:
            for room in self._rooms:
                if room.home == beat.sender and room.attendances:
                    self._whereabouts.seek(room)

    def bury(self, process: str) -> None:
        """It is dead, or as good as that."""
        self._beats.bury(process)
        self._unsure.discard(process)
        self._remotes.forget_stale(process)
        for remote in self._remotes.of(process):
            self._whereabouts.let_go(remote)
        for room in self._rooms:
            if room.home == process:
                self._whereabouts.set_off(room)
        self._post.forget(process)

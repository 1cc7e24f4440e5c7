"""Sockets of other processes whose call is run here."""

from collections.abc import Iterator

from ..hub import Hub
from .packets import Act, Attach, Lost, Renew, Said, Show
from .post import Post
from .remote import Remote
from .rooms import Rooms

REMOTES_AT_MOST = 20_000
"""Sockets of other processes that one process serves; more have to look elsewhere."""

STALE_BEATS = 5
"""So long a branch has to renew what got lost; who is not renewed lost their line."""


class Remotes:
    """Remotes by process and number, and the processes that have to renew theirs."""

    def __init__(self, post: Post, hub: Hub, rooms: Rooms) -> None:
        self._post = post
        self._hub = hub
        self._rooms = rooms
        self._remotes: dict[tuple[str, int], Remote] = {}
        self._by_first: dict[tuple[str, int], Remote] = {}
        self._stale: dict[str, int] = {}

    def __iter__(self) -> Iterator[Remote]:
        return iter(list(self._remotes.values()))

    def __len__(self) -> int:
        return len(self._remotes)

    def get(self, process: str, number: int) -> Remote | None:
        return self._remotes.get((process, number))

    def of(self, process: str) -> list[Remote]:
        """All that this process has attached here."""
        return [each for each in self._remotes.values() if each.process == process]

    def take(self, process: str, packet: Attach) -> Remote | None:
        """A branch attached a socket; the one that has the same `first` is replaced.

        None where there are too many already.
        """
        before = self._by_first.get((process, packet.first))
        if before is not None:
            self.drop(before)
        elif len(self._remotes) >= REMOTES_AT_MOST:
            self._post.send(process, Lost(packet.socket, later=True))
            return None
        remote = Remote(self._post, self._hub, process, packet, before)
        self._remotes[process, remote.number] = remote
        self._by_first[process, remote.first] = remote
        self._rooms.at(remote.room).remotes[remote] = None
        return remote

    def drop(self, remote: Remote) -> None:
        """Know it no more, neither here nor in its room."""
        self._remotes.pop((remote.process, remote.number), None)
        self._by_first.pop((remote.process, remote.first), None)
        room = self._rooms.get(remote.room)
        if room is not None:
            room.remotes.pop(remote, None)

    def clear(self) -> None:
        self._remotes.clear()
        self._by_first.clear()

    def read(self, process: str, packet: Act | Show) -> None:
        """What a branch says of a socket of its own."""
        remote = self.get(process, packet.socket)
        if remote is None:
            self._post.send(process, Lost(packet.socket))
        elif isinstance(packet, Act):
            remote.act(packet.message)
        else:
            remote.show()

    def undelivered(self, process: str, said: Said) -> None:
        """A frame did not reach the process that holds these sockets."""
        for number in said.sockets:
            if remote := self.get(process, number):
                remote.tell_sender(said.frame)

    # What got lost on the way from a branch

    def have_renewed(self, process: str) -> None:
        """Ask the process for its sockets anew; those it does not renew are stale."""
        theirs = self.of(process)
        if theirs:
            for remote in theirs:
                remote.is_stale = True
            self._stale[process] = STALE_BEATS
            self._post.send(process, Renew())

    def forget_stale(self, process: str) -> None:
        """The process is no more: nothing of it is waited for."""
        self._stale.pop(process, None)

    def not_renewed(self) -> list[Remote]:
        """Once a beat: those whose process did not renew them in time."""
        overdue: list[Remote] = []
        for process in list(self._stale):
            self._stale[process] -= 1
            if self._stale[process] <= 0:
                del self._stale[process]
                overdue += [each for each in self.of(process) if each.is_stale]
        return overdue

"""Whom rooms keep out, as this process has heard and read."""

from collections.abc import Callable, Collection, Mapping

from ..rights import always_gets_in
from .right import Right
from .tickets import TICKET_SECONDS, Entry

ROOMS_AT_MOST = 4096
"""Of so many rooms it is remembered; of those with a call here it is read anyway."""

Marks = frozenset[str]
"""`u:<account>` and `g:<guest>`, as tickets name people; the latter a browser, too."""

NOBODY: Marks = frozenset()


def marks(person: str, browser: str) -> Marks:
    """All by which somebody is known again who was sent away."""
    return frozenset({person, f"g:{browser}"} if browser else {person})


class Bans:
    """By room. What was just heard is newer than what is just being read.

    Of rooms with a call here it is read every few seconds. Of others it counts for as
    long as a ticket: whoever comes later, the rows are asked about. `now` is a clock
    whose seconds only grow.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self.heard = 0
        """Grows with each word of a ban."""
        self._now = now
        self._rooms: dict[int, tuple[Marks, float]] = {}

    def keep_out(self, room: int, kept_out: Marks) -> None:
        """These may not come in from now on."""
        self.heard += 1
        self._know(room, self._of(room) | kept_out)

    def let_back(self, room: int, let_in: Marks) -> None:
        """These may come in again."""
        self.heard += 1
        self._know(room, self._of(room) - let_in)

    def drop_old(self, room: int) -> None:
        """No call was here: what was heard long ago may be over."""
        if self._rooms.get(room, (NOBODY, 0.0))[1] < self._now():
            self._rooms.pop(room, None)

    def read(self, rows: Mapping[int, Collection[str]], heard: int) -> bool:
        """The rows say so of these rooms; False if they may be older than the news.

        `heard` is how much had been heard before they were read.
        """
        if heard != self.heard:
            return False
        for room, kept_out in rows.items():
            self._know(room, frozenset(kept_out))
        return True

    def keeps_out(self, entry: Entry) -> bool:
        """Whether somebody may not come in."""
        kept_out = self._of(entry.room)
        return _is_meant(kept_out, entry.person, entry.browser, entry.role)

    def ends(self, room: int, right: Right) -> bool:
        """Whether somebody has to go who is there."""
        return _is_meant(self._of(room), right.person, right.browser, right.role)

    def clear(self) -> None:
        """Know nothing any more; the process ends."""
        self._rooms.clear()

    def _of(self, room: int) -> Marks:
        return self._rooms.get(room, (NOBODY, 0.0))[0]

    def _know(self, room: int, kept_out: Marks) -> None:
        self._rooms.pop(room, None)
        if kept_out:
            self._rooms[room] = (kept_out, self._now() + TICKET_SECONDS)
        if len(self._rooms) > ROOMS_AT_MOST:
            del self._rooms[next(iter(self._rooms))]


def _is_meant(kept_out: Marks, person: str, browser: str, role: str) -> bool:
    """A host is not kept out for having shared a browser."""
    if person in kept_out:
        return True
    return bool(browser) and f"g:{browser}" in kept_out and not always_gets_in(role)

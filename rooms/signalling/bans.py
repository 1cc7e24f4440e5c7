"""Whom rooms keep out, as this process has heard and read."""

from collections.abc import Collection, Mapping

from ..rights import always_gets_in
from .right import Right
from .tickets import Entry

ROOMS_AT_MOST = 4096
"""Of so many rooms it is remembered; of those with a call here it is read anyway."""

Marks = frozenset[str]
"""`u:<account>` and `g:<guest>`, as tickets name people; the latter a browser, too."""


def marks(person: str, browser: str) -> Marks:
    """All by which somebody is known again who was sent away."""
    return frozenset({person, f"g:{browser}"} if browser else {person})


class Bans:
    """By room. What was just heard is newer than what is just being read."""

    def __init__(self) -> None:
        self.heard = 0
        """Grows with each word of a ban."""
        self._rooms: dict[int, Marks] = {}

    def keep_out(self, room: int, kept_out: Marks) -> None:
        """These may not come in from now on."""
        self.heard += 1
        self._know(room, self._rooms.get(room, frozenset()) | kept_out)

    def let_back(self, room: int, let_in: Marks) -> None:
        """These may come in again."""
        self.heard += 1
        self._know(room, self._rooms.get(room, frozenset()) - let_in)

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
        return _is_meant(
            self._rooms.get(entry.room), entry.person, entry.browser, entry.role
        )

    def ends(self, room: int, right: Right) -> bool:
        """Whether somebody has to go who is there."""
        return _is_meant(self._rooms.get(room), right.person, right.browser, right.role)

    def clear(self) -> None:
        """Know nothing any more; the process ends."""
        self._rooms.clear()

    def _know(self, room: int, kept_out: Marks) -> None:
        self._rooms.pop(room, None)
        if kept_out:
            self._rooms[room] = kept_out
        if len(self._rooms) > ROOMS_AT_MOST:
            del self._rooms[next(iter(self._rooms))]


def _is_meant(kept_out: Marks | None, person: str, browser: str, role: str) -> bool:
    """A host is not kept out for having shared a browser."""
    if not kept_out:
        return False
    if person in kept_out:
        return True
    return bool(browser) and f"g:{browser}" in kept_out and not always_gets_in(role)

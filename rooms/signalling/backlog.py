"""What a socket was sent and its client has not heard yet.

Servers differ in whether sending waits for a reader, and the operating system takes
megabytes in silence: only the client itself knows what has reached it. So it is asked
(`ping`, `heard`), and what it does not say counts against it.
"""

from .protocol import ProtocolError

BACKLOG_CHARACTERS = 512 * 1024
"""So much may be unheard. Clients answer for each 64 Ki, so honest ones stay below."""

FRAME_CHARACTERS = 64
"""What a frame costs beside its text, or many small ones would cost nothing."""

MARK_CHARACTERS = 4096
"""Frames are remembered in lots of about so many characters."""


class Backlog:
    """The frames of one socket, numbered from 1 in the order they are sent."""

    __slots__ = ("_heard", "_marks", "_unheard", "_unmarked", "sent")

    def __init__(self) -> None:
        self.sent = 0
        """The number of the last frame."""
        self._heard = 0
        self._unheard = 0
        self._unmarked = 0
        self._marks: list[tuple[int, int]] = []

    @property
    def characters(self) -> int:
        """What is not heard, as it is counted."""
        return self._unheard

    def takes(self, characters: int) -> bool:
        """Count one more frame; false, and it is not counted, if it is too much."""
        cost = characters + FRAME_CHARACTERS
        if self._unheard + cost > BACKLOG_CHARACTERS:
            return False
        self._count(cost)
        return True

    def takes_in_any_case(self, characters: int) -> None:
        """Count one more frame, the last word to a client that is behind."""
        self._count(characters + FRAME_CHARACTERS)

    def unsend(self, frames: int) -> None:
        """The last frames were thrown away; what they cost stays until all is heard."""
        self.sent -= frames

    def hear(self, frames: int, waiting: int) -> bool:
        """The client has so many frames; whether that is all there are.

        `waiting` of those counted have not left yet. Raises ProtocolError if it cannot
        have so many, or said before that it had more.
        """
        if not self._heard <= frames <= self.sent - waiting:
            raise ProtocolError("bad-message", "ping")
        self._heard = frames
        if frames == self.sent:
            self._unheard = self._unmarked = 0
            self._marks.clear()
            return True
        freed = 0
        while freed < len(self._marks) and self._marks[freed][0] <= frames:
            self._unheard -= self._marks[freed][1]
            freed += 1
        del self._marks[:freed]
        return False

    def _count(self, cost: int) -> None:
        self.sent += 1
        self._unheard += cost
        self._unmarked += cost
        if self._unmarked >= MARK_CHARACTERS:
            self._marks.append((self.sent, self._unmarked))
            self._unmarked = 0

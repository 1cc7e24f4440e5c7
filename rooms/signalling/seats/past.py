"""What a room may have been before its process knew it, and what it was since."""

from .seat import Claim, Clock

GRACE_SECONDS = 30.0
"""How long a seat stays without a socket, when the socket was lost and not closed.

So long, too, a room that is new to a process waits for those who were in it before.
"""

FREED_AT_MOST = 64
"""So many seats that were given up are remembered, each with its `since`."""


class Past:
    """Who may come back as they were, and who may not: they were given up here.

    `partial`: somebody has come back, so others may, too.
    """

    def __init__(self, clock: Clock) -> None:
        self.partial = False
        self._clock = clock
        self._until: float | None = clock.now() + GRACE_SECONDS
        self._freed: dict[str, int] = {}
        self._freed_before = 0

    @property
    def deadline(self) -> float | None:
        """Until when somebody is awaited; None if nobody is."""
        return self._until if self.partial else None

    @property
    def is_open(self) -> bool:
        """Whether this room may have been another process's a moment ago."""
        return self._until is not None and self._clock.now() < self._until

    def recalls(self, claim: Claim) -> bool:
        """Whether an unknown seat goes on as it was signed, with its `since`."""
        return self.knew(claim.seat, claim.since)

    def knew(self, seat: str, since: int) -> bool:
        """Whether this room may have known the seat before, taken at that time."""
        given_up = max(self._freed_before, self._freed.get(seat, 0))
        return since > given_up and self.is_open

    def reopen(self) -> None:
        """Others of this room may be elsewhere, and come back as they were."""
        self._until = self._clock.now() + GRACE_SECONDS
        self.partial = True

    def close(self) -> None:
        """Who is unknown is new from now on."""
        self._until = None
        self.partial = False

    def put_off(self, seconds: float) -> None:
        """Nobody could come in so long."""
        if self._until is not None:
            self._until += seconds

    def free(self, seat: str, since: int) -> None:
        """A seat was given up: the same one is a new life from now on."""
        self._freed.pop(seat, None)
        self._freed[seat] = since
        if len(self._freed) > FREED_AT_MOST:
            forgotten = self._freed.pop(next(iter(self._freed)))
            self._freed_before = max(self._freed_before, forgotten)

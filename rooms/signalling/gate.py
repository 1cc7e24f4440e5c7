"""What every frame of a client passes first: its shape, its size, its rate.

One gate a socket, beside the socket: what may not pass is refused where it arrives.
"""

from collections.abc import Callable

from . import metrics
from .limits import Clock, Patience, TokenBucket
from .protocol import FORGIVEN, ErrorCode, Incoming, Kind, ProtocolError, Rank, parse

ERRORS_AT_MOST = 30
ERRORS_SECONDS = 10.0


def refusal_of(rank: Rank, needs: Rank) -> ErrorCode | None:
    """Why somebody of this rank may not say what needs that one; None: they may."""
    if rank >= needs:
        return None
    return "not-allowed" if rank >= Rank.SEAT else "not-yet"


class Gate:
    """`rank` is asked anew for each message: how far its sender has come."""

    __slots__ = ("_buckets", "_clock", "_patience", "_rank")

    def __init__(self, clock: Clock, rank: Callable[[], Rank]) -> None:
        self._clock = clock
        self._rank = rank
        self._buckets: dict[str, TokenBucket] = {}
        self._patience = Patience(ERRORS_AT_MOST, ERRORS_SECONDS, clock)

    def read(self, text: str | None) -> Incoming:
        """The message in a frame; None stands for a binary one.

        Raises ProtocolError for all that may not pass.
        """
        if text is None:
            raise ProtocolError("bad-message")
        message = parse(text, self._allow)
        metrics.read(message)
        return message

    def shut(self) -> None:
        """The socket is no more: let go of it."""
        self._rank = _nobody

    def has_enough(self, fault: ProtocolError) -> bool:
        """Whether this fault was one too many."""
        return fault.code not in FORGIVEN and self._patience.lost()

    def _allow(self, about: str, kind: Kind) -> ErrorCode | None:
        if refusal := refusal_of(self._rank(), kind.who):
            return refusal
        bucket = self._buckets.get(about)
        if bucket is None:
            bucket = TokenBucket(kind.rate, kind.burst, self._clock)
            self._buckets[about] = bucket
        return None if bucket.take() else "too-fast"


def _nobody() -> Rank:
    return Rank.ANYONE

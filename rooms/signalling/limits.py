"""How much one socket may send, and how often it may be wrong."""

from collections import deque
from collections.abc import Callable

Clock = Callable[[], float]


class TokenBucket:
    """Lets `burst` through at once and `rate` a second in the long run (RFC 2697)."""

    __slots__ = ("_burst", "_clock", "_filled", "_rate", "_tokens")

    def __init__(self, rate: float, burst: int, clock: Clock) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._tokens: float = burst
        self._filled = clock()

    def take(self) -> bool:
        """Whether one more may pass now; one that may not costs nothing."""
        now = self._clock()
        earned = max(now - self._filled, 0.0) * self._rate
        self._tokens = min(self._tokens + earned, self._burst)
        self._filled = now
        if self._tokens < 1.0:
            return False
        self._tokens -= 1.0
        return True


class Patience:
    """Runs out when `limit` faults fall within `seconds`."""

    __slots__ = ("_clock", "_faults", "_limit", "_seconds")

    def __init__(self, limit: int, seconds: float, clock: Clock) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        # Most sockets never need it, and it is the largest part of an idle one's gate.
        self._faults: deque[float] | None = None

    def lost(self) -> bool:
        """Note a fault; true when it was one too many."""
        now = self._clock()
        if self._faults is None:
            self._faults = deque(maxlen=self._limit)
        self._faults.append(now)
        return len(self._faults) == self._limit and (
            now - self._faults[0] <= self._seconds
        )

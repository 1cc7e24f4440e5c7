"""How many may stand at a call's door, and how often people may want something anew."""

from .holder import Socket
from .knocks import KNOCKS_AT_ONCE, KNOCKS_PER_SECOND
from .limits import TokenBucket
from .seats import Clock

SOCKETS_OF_A_SEAT = 4
"""A page that comes back fast has two; more stand there for nobody."""

SOCKETS_BESIDE = 50
SOCKETS_PER_PLACE = 10

LIVES_PER_SECOND = 1.0
LIVES_AT_ONCE = 5
"""Each new life of a seat costs every other page a connection."""

ORDERS_PER_SECOND = 10.0
ORDERS_AT_ONCE = 40
"""Of all kinds together: each is a transaction, and most are a row that stays."""

REMEMBERED_AT_MOST = 256


class Throng:
    """The bounds of one room; who opens more sockets gets nothing more by it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lives: dict[str, TokenBucket] = {}
        self._knocks: dict[str, TokenBucket] = {}
        self._orders: dict[str, TokenBucket] = {}

    def too_many(self, at_door: list[Socket], limit: int) -> list[Socket]:
        """Those who may be sent away because of the last one; the oldest is first.

        Empty while nobody has to go: then none has come too much.
        """
        came = at_door[-1]
        own = [each for each in at_door if each.entry.seat == came.entry.seat]
        if len(own) > SOCKETS_OF_A_SEAT:
            return own
        if len(at_door) > SOCKETS_BESIDE + SOCKETS_PER_PLACE * limit:
            return at_door
        return []

    def may_live(self, seat: str) -> bool:
        """Whether this seat may begin another life now."""
        return self._take(self._lives, seat, LIVES_PER_SECOND, LIVES_AT_ONCE)

    def may_knock(self, person: str) -> bool:
        """Whether this person may ring at the hosts' once more now."""
        return self._take(self._knocks, person, KNOCKS_PER_SECOND, KNOCKS_AT_ONCE)

    def may_order(self, person: str) -> bool:
        """Whether this person may give one more order now, by whichever page."""
        return self._take(self._orders, person, ORDERS_PER_SECOND, ORDERS_AT_ONCE)

    def _take(
        self, buckets: dict[str, TokenBucket], whose: str, rate: float, burst: int
    ) -> bool:
        bucket = buckets.pop(whose, None)
        if bucket is None:
            bucket = TokenBucket(rate, burst, self._clock.now)
        buckets[whose] = bucket
        if len(buckets) > REMEMBERED_AT_MOST:
            del buckets[next(iter(buckets))]
        return bucket.take()

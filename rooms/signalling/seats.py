"""Who sits in a room, who waits for a place, and for how long an empty chair is kept.

Pure rules: no socket, no task, no clock of its own. Each method returns, in order, what
became true; telling people is for others. A *holder* is whatever serves a seat at the
moment: a seat outlives it.
"""

import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from .protocol import Person, Role, Slots

GRACE_SECONDS = 8.0
"""How long a seat stays without a socket, when the socket was lost and not closed."""

HOLD_SECONDS = 3.0
"""How long the place of a closed tab is kept for it, so that a reload gets it back."""

Holder = TypeVar("Holder", bound=Hashable)
Reason = Literal["left", "closed", "lost"]


@dataclass(frozen=True)
class Clock:
    """Seconds that only grow, and seconds since 1970."""

    now: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


@dataclass(frozen=True)
class Claim:
    """What somebody asks a seat with: what was signed, and what they say themselves."""

    seat: str
    user: int | None
    role: Role
    guest: bool
    instance: str
    name: str
    version: int
    slots: Slots
    answers_only: bool = False
    picture: str = ""


@dataclass(eq=False)
class Seat(Generic[Holder]):
    """A taken place; `lost` is when it is given up unless a socket comes back."""

    claim: Claim
    since: int
    holder: Holder | None
    version: int = field(init=False)
    slots: Slots = field(init=False)
    lost: float | None = None
    unheard: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.version = self.claim.version
        self.slots = self.claim.slots

    @property
    def id(self) -> str:
        return self.claim.seat

    def change(self, version: int, slots: Slots) -> bool:
        """Take over a newer state; false if a newer one is already known."""
        if version <= self.version:
            return False
        self.version = version
        self.slots = slots
        return True

    def person(self) -> Person:
        """What the others get to know."""
        claim = self.claim
        return Person(
            seat=claim.seat,
            instance=claim.instance,
            since=self.since,
            name=claim.name,
            picture=claim.picture,
            role=claim.role,
            guest=claim.guest,
            answers_only=claim.answers_only,
            away=self.holder is None,
            version=self.version,
            slots=self.slots,
        )


@dataclass(frozen=True)
class Welcomed(Generic[Holder]):
    """The holder serves the seat now."""

    holder: Holder
    seat: Seat[Holder]


@dataclass(frozen=True)
class Queued(Generic[Holder]):
    """The holder waits, with so many in front."""

    holder: Holder
    ahead: int


@dataclass(frozen=True)
class Moved(Generic[Holder]):
    """Another holder has what this one had."""

    holder: Holder


@dataclass(frozen=True)
class Joined(Generic[Holder]):
    """For the others: somebody, or a new instance of somebody, took the seat."""

    seat: Seat[Holder]


@dataclass(frozen=True)
class Changed(Generic[Holder]):
    """For the others: the seat's state is another."""

    seat: Seat[Holder]


@dataclass(frozen=True)
class Left(Generic[Holder]):
    """For the others: the seat is empty."""

    seat: Seat[Holder]
    reason: Reason


Fact = (
    Welcomed[Holder]
    | Queued[Holder]
    | Moved[Holder]
    | Joined[Holder]
    | Changed[Holder]
    | Left[Holder]
)


class Seats(Generic[Holder]):
    """The seats of one room, and the queue for them, first come first served."""

    def __init__(self, limit: int, clock: Clock) -> None:
        self._limit = limit
        self._clock = clock
        self._taken: dict[str, Seat[Holder]] = {}
        self._kept: dict[str, float] = {}
        self._queue: dict[str, tuple[Claim, Holder]] = {}
        self._told: dict[str, int] = {}
        self._by_holder: dict[Holder, Seat[Holder]] = {}
        self._last_since = 0

    def __iter__(self) -> Iterator[Seat[Holder]]:
        """The taken seats in the order of `since`."""
        return iter(self._taken.values())

    def __len__(self) -> int:
        return len(self._taken)

    def get(self, seat: str) -> Seat[Holder] | None:
        return self._taken.get(seat)

    def of(self, holder: Holder) -> Seat[Holder] | None:
        """The seat this holder serves."""
        return self._by_holder.get(holder)

    @property
    def full(self) -> bool:
        """Whether a newcomer would have to wait."""
        return self._used() + len(self._queue) >= self._limit

    @property
    def idle(self) -> bool:
        """Whether nothing here needs to be remembered."""
        return not (self._taken or self._kept or self._queue)

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to do next, on the clock's growing seconds."""
        lost = (seat.lost for seat in self._taken.values() if seat.lost is not None)
        return min((*lost, *self._kept.values()), default=None)

    def ask(self, claim: Claim, holder: Holder) -> list[Fact[Holder]]:
        """Take the seat that is named, take it over, or wait for a place.

        Somebody whose seat is taken by an earlier instance or socket of their own, or
        kept for them, needs no free place.
        """
        if seat := self._taken.get(claim.seat):
            return self._take_over(seat, claim, holder)
        if self._kept.pop(claim.seat, None) is not None:
            return self._take(claim, holder)
        if claim.seat not in self._queue and self._used() < self._limit:
            return self._take(claim, holder)
        facts: list[Fact[Holder]] = []
        if (waiting := self._queue.get(claim.seat)) and waiting[1] is not holder:
            facts.append(Moved(waiting[1]))
        self._told.pop(claim.seat, None)
        self._queue[claim.seat] = (claim, holder)
        return facts + self._tell_queue()

    def state(self, holder: Holder, version: int, slots: Slots) -> list[Fact[Holder]]:
        """The seat's slots carry something else."""
        seat = self._by_holder.get(holder)
        return [Changed(seat)] if seat and seat.change(version, slots) else []

    def unheard(self, holder: Holder, seats: Iterable[str]) -> list[Fact[Holder]]:
        """The seats whose heartbeat the holder's page misses; replaces the last."""
        if seat := self._by_holder.get(holder):
            seat.unheard = frozenset(seats)
        return []

    def leave(self, holder: Holder) -> list[Fact[Holder]]:
        """Give up the seat, or the wait for one, for good."""
        if (seat := self._by_holder.get(holder)) is None:
            return self._stop_waiting(holder)
        self._free(seat)
        return [Left(seat, "left"), *self._admit()]

    def drop(self, holder: Holder, *, closed: bool) -> list[Fact[Holder]]:
        """The holder is gone: its tab was closed, or its line was lost."""
        if (seat := self._by_holder.get(holder)) is None:
            return self._stop_waiting(holder)
        now = self._clock.now()
        if not closed:
            del self._by_holder[holder]
            seat.holder = None
            seat.lost = now + GRACE_SECONDS
            return []
        self._free(seat)
        self._kept[seat.id] = now + HOLD_SECONDS
        return [Left(seat, "closed")]

    def expire(self) -> list[Fact[Holder]]:
        """Give up what has been kept long enough."""
        now = self._clock.now()
        facts: list[Fact[Holder]] = []
        for seat in list(self._taken.values()):
            if seat.lost is not None and seat.lost <= now:
                self._free(seat)
                facts.append(Left(seat, "lost"))
        for place, until in list(self._kept.items()):
            if until <= now:
                del self._kept[place]
        return facts + self._admit()

    def limit_to(self, limit: int) -> list[Fact[Holder]]:
        """Change how many may sit; a lower limit sends nobody away."""
        self._limit = limit
        return self._admit()

    def clear(self) -> None:
        """Forget everybody; for a room that is no more."""
        for known in (
            *(self._taken, self._kept, self._queue, self._told),
            self._by_holder,
        ):
            known.clear()

    def _used(self) -> int:
        return len(self._taken) + len(self._kept)

    def _take(self, claim: Claim, holder: Holder) -> list[Fact[Holder]]:
        seat = Seat(claim, self._next_since(), holder)
        self._taken[claim.seat] = seat
        self._by_holder[holder] = seat
        return [Welcomed(holder, seat), Joined(seat)]

    def _take_over(
        self, seat: Seat[Holder], claim: Claim, holder: Holder
    ) -> list[Fact[Holder]]:
        facts: list[Fact[Holder]] = []
        if seat.holder is not None and seat.holder is not holder:
            facts.append(Moved(seat.holder))
        if seat.claim.instance != claim.instance:
            self._free(seat)
            return facts + self._take(claim, holder)
        if seat.holder is not None:
            del self._by_holder[seat.holder]
        seat.holder = holder
        seat.lost = None
        self._by_holder[holder] = seat
        facts.append(Welcomed(holder, seat))
        if seat.change(claim.version, claim.slots):
            facts.append(Changed(seat))
        return facts

    def _free(self, seat: Seat[Holder]) -> None:
        del self._taken[seat.id]
        if seat.holder is not None:
            del self._by_holder[seat.holder]

    def _admit(self) -> list[Fact[Holder]]:
        facts: list[Fact[Holder]] = []
        while self._queue and self._used() < self._limit:
            first = next(iter(self._queue))
            claim, holder = self._queue.pop(first)
            self._told.pop(first, None)
            facts += self._take(claim, holder)
        return facts + self._tell_queue()

    def _stop_waiting(self, holder: Holder) -> list[Fact[Holder]]:
        for place, (_, waiting) in self._queue.items():
            if waiting is holder:
                del self._queue[place]
                self._told.pop(place, None)
                return self._tell_queue()
        return []

    def _tell_queue(self) -> list[Fact[Holder]]:
        facts: list[Fact[Holder]] = []
        for ahead, (place, (_, holder)) in enumerate(self._queue.items()):
            if self._told.get(place) != ahead:
                self._told[place] = ahead
                facts.append(Queued(holder, ahead))
        return facts

    def _next_since(self) -> int:
        now = int(self._clock.wall() * 1000)
        self._last_since = max(now, self._last_since + 1)
        return self._last_since

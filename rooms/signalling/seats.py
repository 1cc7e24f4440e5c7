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

GRACE_SECONDS = 30.0
"""How long a seat stays without a socket, when the socket was lost and not closed.

So long, too, a room that is new to a process waits for those who were in it before.
"""

SILENT_SECONDS = 10.0
"""How long it stays if everybody else misses the person's heartbeat as well."""

HOLD_SECONDS = 3.0
"""How long the place of a closed tab is kept for it, so that a reload gets it back."""

FREED_AT_MOST = 64
"""So many seats that were given up are remembered, each with its `since`."""

Holder = TypeVar("Holder", bound=Hashable)
Reason = Literal["left", "closed", "lost"]


@dataclass(frozen=True)
class Clock:
    """Seconds that only grow, and seconds since 1970."""

    now: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time


@dataclass(frozen=True)
class Claim:
    """What somebody asks a seat with: what was signed, and what they say themselves.

    `since`: when this very instance took the seat, if it was signed so; else 0.
    `revocations` are those of account and room as signed. `checked`: what was signed
    was compared with the rows, or is so young that it need not be.
    """

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
    since: int = 0
    revocations: tuple[int, int] = (0, 0)
    checked: bool = True


@dataclass(eq=False)
class Seat(Generic[Holder]):
    """A taken place.

    Without a holder it is given up at `lost`, and at `silent` if that is sooner: then
    all who could hear the person have missed them for long. `unheard` are the seats
    which this one's page misses. `checked` is the claim's, until somebody compares.
    """

    claim: Claim
    since: int
    holder: Holder | None
    version: int = field(init=False)
    slots: Slots = field(init=False)
    checked: bool = field(init=False)
    lost: float | None = None
    silent: float | None = None
    unheard: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.version = self.claim.version
        self.slots = self.claim.slots
        self.checked = self.claim.checked

    @property
    def id(self) -> str:
        return self.claim.seat

    @property
    def until(self) -> float | None:
        """When it is given up unless a socket comes back."""
        if self.lost is None or self.silent is None:
            return self.lost
        return min(self.lost, self.silent)

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
class Away(Generic[Holder]):
    """For the others: no socket serves the seat now, or one does again."""

    seat: Seat[Holder]
    away: bool


@dataclass(frozen=True)
class Whole:
    """Whoever was in the room before this process knew it is back, or gone."""


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
    | Away[Holder]
    | Whole
    | Changed[Holder]
    | Left[Holder]
)


class Seats(Generic[Holder]):
    """The seats of one room, and the queue for them, first come first served.

    A room may be older than this object: its process was started anew, or took it
    over. So for the first `GRACE_SECONDS` a seat that is unknown here is taken up
    again as it was signed, and what is known is `partial`. Later, and once it was given
    up here, the same seat is a new life, with a `since` of its own.
    """

    def __init__(self, limit: int, clock: Clock) -> None:
        self._limit = limit
        self._clock = clock
        self._taken: dict[str, Seat[Holder]] = {}
        self._kept: dict[str, float] = {}
        self._queue: dict[str, tuple[Claim, Holder]] = {}
        self._told: dict[str, int] = {}
        self._by_holder: dict[Holder, Seat[Holder]] = {}
        self._freed: dict[str, int] = {}
        self._freed_before = 0
        self._recalls_until: float | None = clock.now() + GRACE_SECONDS
        self._recalled = False
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

    def ahead_of(self, holder: Holder) -> int | None:
        """How many wait in front of this one; None if it does not wait."""
        for ahead, (_, waiting) in enumerate(self._queue.values()):
            if waiting is holder:
                return ahead
        return None

    @property
    def partial(self) -> bool:
        """Whether others who were here before may still come back as they were."""
        return self._recalled

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to do next, on the clock's growing seconds."""
        if self.idle:
            return None
        due = [*self._kept.values()]
        due += [seat.until for seat in self._taken.values() if seat.until is not None]
        if self._recalled and self._recalls_until is not None:
            due.append(self._recalls_until)
        return min(due, default=None)

    def ask(self, claim: Claim, holder: Holder) -> list[Fact[Holder]]:
        """Take the seat that is named, take it over, or wait for a place.

        Somebody whose seat is taken by an earlier instance or socket of their own, or
        kept for them, needs no free place; nor does who sat here before this process
        knew the room.
        """
        if seat := self._taken.get(claim.seat):
            return self._watched(self._take_over(seat, claim, holder))
        held = self._kept.pop(claim.seat, None) is not None
        if held or (claim.seat not in self._queue and self._has_place(claim)):
            return self._watched(self._take(claim, holder))
        facts: list[Fact[Holder]] = []
        if (waiting := self._queue.get(claim.seat)) and waiting[1] is not holder:
            facts.append(Moved(waiting[1]))
        self._told.pop(claim.seat, None)
        self._queue[claim.seat] = (claim, holder)
        return facts + self._tell_queue()

    def restore(self, claim: Claim, version: int, slots: Slots) -> None:
        """Know of a seat that another process knew, `claim.since` included.

        No socket serves it yet: it has `GRACE_SECONDS` from now. Nobody is told.
        """
        if claim.seat in self._taken:
            return
        seat: Seat[Holder] = Seat(claim, self._signed_since(claim), None)
        seat.change(version, slots)
        seat.lost = self._clock.now() + GRACE_SECONDS
        self._sit(seat)

    def know_all(self) -> None:
        """What is known is the whole room: who is unknown is new from now on."""
        self._recalls_until = None
        self._recalled = False

    def recall(self) -> None:
        """Others of this room may be elsewhere, and come back as they were."""
        self._recalls_until = self._clock.now() + GRACE_SECONDS
        self._recalled = True

    def refresh(self) -> None:
        """Whoever is awaited has `GRACE_SECONDS` from now."""
        now = self._clock.now()
        for seat in self._taken.values():
            if seat.lost is not None:
                seat.lost = now + GRACE_SECONDS
                seat.silent = None
        self._watch()

    def put_off(self, seconds: float) -> None:
        """Let time that has passed count for nobody: nobody could be heard in it."""
        for seat in self._taken.values():
            if seat.lost is not None:
                seat.lost += seconds
            if seat.silent is not None:
                seat.silent += seconds
        for place in self._kept:
            self._kept[place] += seconds
        if self._recalls_until is not None:
            self._recalls_until += seconds

    def state(self, holder: Holder, version: int, slots: Slots) -> list[Fact[Holder]]:
        """The seat's slots carry something else."""
        seat = self._by_holder.get(holder)
        return [Changed(seat)] if seat and seat.change(version, slots) else []

    def unheard(self, holder: Holder, seats: Iterable[str]) -> None:
        """The seats whose heartbeat the holder's page misses; replaces the last."""
        if seat := self._by_holder.get(holder):
            seat.unheard = frozenset(seats)
            self._watch()

    def leave(self, holder: Holder) -> list[Fact[Holder]]:
        """Give up the seat, or the wait for one, for good."""
        if (seat := self._by_holder.get(holder)) is None:
            return self._watched(self._stop_waiting(holder))
        return self.remove(seat)

    def remove(self, seat: Seat[Holder]) -> list[Fact[Holder]]:
        """Take a seat away, whether a socket serves it or not."""
        self._free(seat)
        return self._watched([Left(seat, "left"), *self._admit()])

    def drop(self, holder: Holder, *, closed: bool) -> list[Fact[Holder]]:
        """The holder is gone: its tab was closed, or its line was lost."""
        if (seat := self._by_holder.get(holder)) is None:
            return self._watched(self._stop_waiting(holder))
        now = self._clock.now()
        if not closed:
            del self._by_holder[holder]
            seat.holder = None
            seat.lost = now + GRACE_SECONDS
            return self._watched([Away(seat, True)])
        self._free(seat)
        self._kept[seat.id] = now + HOLD_SECONDS
        return self._watched([Left(seat, "closed")])

    def expire(self) -> list[Fact[Holder]]:
        """Give up what has been kept long enough."""
        now = self._clock.now()
        facts: list[Fact[Holder]] = []
        for seat in list(self._taken.values()):
            if seat.until is not None and seat.until <= now:
                self._free(seat)
                facts.append(Left(seat, "lost"))
        for place, until in list(self._kept.items()):
            if until <= now:
                del self._kept[place]
        facts += self._admit()
        if self._recalled and not self._recalling:
            self.know_all()
            facts.append(Whole())
        return self._watched(facts)

    def limit_to(self, limit: int) -> list[Fact[Holder]]:
        """Change how many may sit; a lower limit sends nobody away."""
        self._limit = limit
        return self._watched(self._admit())

    def clear(self) -> None:
        """Forget everybody; for a room that is no more."""
        for known in (
            *(self._taken, self._kept, self._queue, self._told),
            self._by_holder,
        ):
            known.clear()

    def _used(self) -> int:
        return len(self._taken) + len(self._kept)

    def _has_place(self, claim: Claim) -> bool:
        """Whether this one may sit down; newcomers who were quicker cost nobody a seat.

        So there may be more people than the limit for a while, but never by those who
        come back alone.
        """
        if self._used() < self._limit:
            return True
        back = sum(seat.claim.since == seat.since for seat in self._taken.values())
        return self._recalls(claim) and back < self._limit

    @property
    def _recalling(self) -> bool:
        """Whether this room may have been another process's a moment ago."""
        until = self._recalls_until
        return until is not None and self._clock.now() < until

    def _recalls(self, claim: Claim) -> bool:
        """Whether an unknown seat goes on as it was signed, with its `since`."""
        given_up = max(self._freed_before, self._freed.get(claim.seat, 0))
        return claim.since > given_up and self._recalling

    def _take(self, claim: Claim, holder: Holder) -> list[Fact[Holder]]:
        if self._recalls(claim):
            since = self._signed_since(claim)
            self._recalled = True
        else:
            since = self._next_since(claim)
        seat = Seat(claim, since, holder)
        self._sit(seat)
        return [Welcomed(holder, seat), Joined(seat)]

    def _sit(self, seat: Seat[Holder]) -> None:
        """Put the seat where its `since` belongs."""
        in_order = seat.since >= self._last_since
        self._last_since = max(self._last_since, seat.since)
        self._taken[seat.id] = seat
        if not in_order:
            ordered = sorted(self._taken.values(), key=lambda each: each.since)
            self._taken = {each.id: each for each in ordered}
        if seat.holder is not None:
            self._by_holder[seat.holder] = seat

    def _take_over(
        self, seat: Seat[Holder], claim: Claim, holder: Holder
    ) -> list[Fact[Holder]]:
        before = seat.holder
        moved: list[Fact[Holder]] = []
        if before is not None and before is not holder:
            moved.append(Moved(before))
        if seat.claim.instance != claim.instance:
            self._free(seat)
            return self._take(claim, holder) + moved
        if before is not None:
            del self._by_holder[before]
        seat.holder = holder
        seat.lost = seat.silent = None
        seat.unheard = frozenset()
        seat.checked = seat.checked or claim.checked
        self._by_holder[holder] = seat
        facts: list[Fact[Holder]] = [Welcomed(holder, seat), *moved]
        if before is None:
            facts.append(Away(seat, False))
        if seat.change(claim.version, claim.slots):
            facts.append(Changed(seat))
        return facts

    def _free(self, seat: Seat[Holder]) -> None:
        del self._taken[seat.id]
        if seat.holder is not None:
            del self._by_holder[seat.holder]
        self._freed.pop(seat.id, None)
        self._freed[seat.id] = seat.since
        if len(self._freed) > FREED_AT_MOST:
            forgotten = self._freed.pop(next(iter(self._freed)))
            self._freed_before = max(self._freed_before, forgotten)

    def _watched(self, facts: list[Fact[Holder]]) -> list[Fact[Holder]]:
        self._watch()
        return facts

    def _watch(self) -> None:
        """See whom nobody hears any more, of those whom no socket serves."""
        if len(self._by_holder) == len(self._taken):
            return
        missed = [s.unheard for s in self._taken.values() if s.holder is not None]
        for seat in self._taken.values():
            if seat.holder is not None:
                continue
            if not missed or not all(seat.id in each for each in missed):
                seat.silent = None
            elif seat.silent is None:
                seat.silent = self._clock.now() + SILENT_SECONDS

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

    def _signed_since(self, claim: Claim) -> int:
        """What was signed, unless another seat here has it."""
        if any(seat.since == claim.since for seat in self._taken.values()):
            return self._next_since(claim)
        return claim.since

    def _next_since(self, claim: Claim) -> int:
        """Larger than any known, and than this one's own before."""
        now = int(self._clock.wall() * 1000)
        return max(now, self._last_since + 1, claim.since + 1)

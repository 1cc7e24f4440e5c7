"""Who sits in a room, and for how long an empty chair is kept."""

from collections.abc import Iterable, Iterator
from typing import Generic

from ...rights import always_gets_in
from ..protocol import Power, Role, Slots
from .facts import (
    Away,
    Changed,
    Fact,
    Joined,
    Left,
    Moved,
    Reason,
    Welcomed,
    Whole,
)
from .lobby import Threshold
from .past import GRACE_SECONDS, Past
from .seat import Claim, Clock, Holder, Seat
from .waiting import Waiting

SILENT_SECONDS = 10.0
"""How long a seat stays if everybody else misses the person's heartbeat as well."""

HOLD_SECONDS = 3.0
"""How long the place of a closed tab is kept for it, so that a reload gets it back."""


class Seats(Generic[Holder]):
    """The seats of one room, and the queue for them, first come first served.

    A room may be older than this object: its process was started anew, or took it
    over. So for the first `GRACE_SECONDS` a seat that is unknown here is taken up
    again as it was signed, and what is known is `partial`. Later, and once it was given
    up here, the same seat is a new life, with a `since` of its own. `goes_on`: people
    were in the room a moment before, as far as whoever made this knows.
    """

    def __init__(
        self,
        limit: int,
        clock: Clock,
        *,
        lobby: bool = False,
        locked: bool = False,
        goes_on: bool = True,
    ) -> None:
        self._limit = limit
        self._clock = clock
        self._goes_on = goes_on
        self._taken: dict[str, Seat[Holder]] = {}
        self._kept: dict[str, float] = {}
        self.waiting: Waiting[Holder] = Waiting(
            clock, self._returns, lobby=lobby, locked=locked
        )
        self._by_holder: dict[Holder, Seat[Holder]] = {}
        self._past = Past(clock)
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
    def used(self) -> int:
        """Places that are taken, or kept for somebody."""
        return len(self._taken) + len(self._kept)

    @property
    def full(self) -> bool:
        """Whether a newcomer would have to wait."""
        return self.used + len(self.waiting.queue) >= self._limit

    @property
    def idle(self) -> bool:
        """Whether nothing here needs to be remembered."""
        return not (self._taken or self._kept or self.waiting)

    def ahead_of(self, holder: Holder) -> int | None:
        """How many wait in front of this one; None if it waits for no place."""
        return self.waiting.queue.ahead_of(holder)

    def waits(self, holder: Holder) -> bool:
        """Whether this one wants to come in, and waits for a host or a place."""
        return self.ahead_of(holder) is not None or self.waiting.for_host(holder)

    @property
    def partial(self) -> bool:
        """Whether others who were here before may still come back as they were."""
        return self._past.partial

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to do next, on the clock's growing seconds."""
        if self.idle:
            return None
        due = [*self._kept.values()]
        due += [seat.until for seat in self._taken.values() if seat.until is not None]
        if self._past.deadline is not None:
            due.append(self._past.deadline)
        return min(due, default=None)

    def ask(self, claim: Claim, holder: Holder) -> list[Fact[Holder]]:
        """Take the seat that is named, take it over, or wait for a host or a place.

        Somebody whose seat is taken by an earlier instance or socket of their own, or
        kept for them, needs neither; nor does a host. Who sat here before this process
        knew the room needs no free place.
        """
        if seat := self._taken.get(claim.seat):
            return self._watched(self._take_over(seat, claim, holder))
        held = self._kept.pop(claim.seat, None) is not None
        if not held and (facts := self.waiting.ask(claim, holder)) is not None:
            return self._watched(facts)
        facts = self.waiting.gets_in(claim, holder)
        is_next = claim.seat not in self.waiting.queue and self._has_place(claim)
        if held or is_next or always_gets_in(claim.role):
            return self._watched(self._take(claim, holder) + facts)
        return self._watched(self.waiting.queue.put(claim, holder) + facts)

    def admit(self, seats: Iterable[str]) -> list[Fact[Holder]]:
        """A host lets these in who wait for one."""
        self.waiting.admit(seats)
        return self._resettled()

    def refuse(self, seats: Iterable[str]) -> list[Fact[Holder]]:
        """A host does not let these in, this time."""
        return self._watched(self.waiting.refuse(seats))

    def stand(
        self, person: str, role: Role, forbidden: tuple[Power, ...] = ()
    ) -> list[Fact[Holder]]:
        """Somebody who may be waiting is something else, or may do something else."""
        self.waiting.stand(person, role, forbidden)
        return self._resettled()

    def rule(self, *, limit: int, lobby: bool, locked: bool) -> list[Fact[Holder]]:
        """Change how many may sit, and who comes in at once; sends nobody away."""
        self._limit = limit
        present = [seat.claim.person for seat in self._taken.values()]
        self.waiting.rule(present, lobby=lobby, locked=locked)
        return self._resettled()

    def know(self, threshold: Threshold) -> None:
        """Know what another process knew of who may come in."""
        self.waiting.restore(threshold)

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
        self._past.close()

    def recall(self) -> None:
        """Others of this room may be elsewhere, and come back as they were."""
        self._past.reopen()

    def refresh(self) -> None:
        """Whoever is awaited has `GRACE_SECONDS` from now."""
        now = self._clock.now()
        for seat in self._taken.values():
            if seat.lost is not None:
                seat.lost = now + GRACE_SECONDS
                seat.silent = None
        self._watch()

    def put_off_the_lost(self, seconds: float) -> None:
        """Let time count for nobody who may be elsewhere and cannot say so.

        Whom nobody hears, and who closed their tab, is nowhere.
        """
        for seat in self._taken.values():
            if seat.lost is not None:
                seat.lost += seconds
        self._past.put_off(seconds)

    def put_off(self, seconds: float) -> None:
        """Let time that has passed count for nobody: nobody could be heard in it."""
        for seat in self._taken.values():
            if seat.lost is not None:
                seat.lost += seconds
            if seat.silent is not None:
                seat.silent += seconds
        for place in self._kept:
            self._kept[place] += seconds
        self._past.put_off(seconds)

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
            return self._watched(self.waiting.drop(holder))
        self.waiting.forget(seat.id)
        return self.remove(seat)

    def remove(self, seat: Seat[Holder], reason: Reason = "left") -> list[Fact[Holder]]:
        """Take a seat away, whether a socket serves it or not."""
        self._free(seat)
        person = seat.claim.person
        if all(each.claim.person != person for each in self._taken.values()):
            self.waiting.gets_up(person)
        return self._watched([Left(seat, reason), *self._admit()])

    def drop(self, holder: Holder, *, closed: bool) -> list[Fact[Holder]]:
        """The holder is gone: its tab was closed, or its line was lost."""
        if (seat := self._by_holder.get(holder)) is None:
            return self._watched(self.waiting.drop(holder))
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
        if self._past.partial and not self._past.is_open:
            self.know_all()
            facts.append(Whole())
        return self._watched(facts)

    def clear(self) -> None:
        """Forget everybody; for a room that is no more."""
        for known in (self._taken, self._kept, self._by_holder, self.waiting):
            known.clear()

    def _returns(self, claim: Claim) -> bool:
        """Whether this one may have sat here before this process knew the room."""
        return self._goes_on and self._past.knew(claim.seat, claim.sat)

    def _has_place(self, claim: Claim) -> bool:
        """Whether this one may sit down; newcomers who were quicker cost nobody a seat.

        So there may be more people than the limit for a while, but never by those who
        come back alone.
        """
        if self.used < self._limit:
            return True
        back = sum(seat.claim.since == seat.since for seat in self._taken.values())
        return self._past.recalls(claim) and back < self._limit

    def _take(self, claim: Claim, holder: Holder) -> list[Fact[Holder]]:
        if self._past.recalls(claim):
            since = self._signed_since(claim)
            self._past.partial = True
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
        self.waiting.sits(seat.claim.person)
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
            taken = self._take(claim, holder)
            self._taken[claim.seat].follow(seat)
            return taken + moved
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
        self._past.free(seat.id, seat.since)

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

    def _resettled(self) -> list[Fact[Holder]]:
        facts = self.waiting.resettle()
        return self._watched(facts + self._admit())

    def _admit(self) -> list[Fact[Holder]]:
        """Give every host a seat, and the others who wait the places there are."""
        facts: list[Fact[Holder]] = []
        queue = self.waiting.queue
        for claim, holder in queue.take_out(lambda each: always_gets_in(each.role)):
            facts += self._take(claim, holder)
        while queue and self.used < self._limit:
            facts += self._take(*queue.take())
        return facts + queue.tell()

    def _signed_since(self, claim: Claim) -> int:
        """What was signed, unless another seat here has it."""
        if any(seat.since == claim.since for seat in self._taken.values()):
            return self._next_since(claim)
        return claim.since

    def _next_since(self, claim: Claim) -> int:
        """Larger than any known, and than this one's own before."""
        now = int(self._clock.wall() * 1000)
        return max(now, self._last_since + 1, claim.since + 1)

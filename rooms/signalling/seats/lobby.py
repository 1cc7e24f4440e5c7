"""Who waits until a host lets them in, and whom hosts have decided about."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from .facts import Fact, Knocked, LobbyChanged, Moved, Refused, TurnedAway
from .seat import Claim, Clock, Holder

KNOCKS_AT_MOST = 64
"""So many wait; more are asked to try again."""

REFUSED_SECONDS = 60.0
"""For so long whoever was refused knocks in vain."""

REMEMBERED_AT_MOST = 256
"""So many who were admitted are remembered, and so many who were refused."""

Value = TypeVar("Value")


@dataclass
class Knock(Generic[Holder]):
    """Somebody who waits; `since` is when they knocked, in ms since 1970."""

    claim: Claim
    holder: Holder
    since: int


@dataclass(frozen=True)
class Threshold:
    """What whoever runs the call next has to know of who may come in.

    `knocks`: when those who wait have knocked, by their seats. `admitted` are seats
    whose people need not knock any more. `refused`: until when, in seconds since 1970,
    people knock in vain. `insiders` were there while the room was locked.
    """

    knocks: dict[str, int] = field(default_factory=dict)
    admitted: tuple[str, ...] = ()
    refused: dict[str, float] = field(default_factory=dict)
    insiders: tuple[str, ...] = ()


class Lobby(Generic[Holder]):
    """First come, first shown. Nobody in it takes a place, or hears of anybody."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: dict[str, Knock[Holder]] = {}
        self._admitted: dict[str, None] = {}
        self._refused: dict[str, float] = {}
        self._knocked: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, seat: str) -> bool:
        return seat in self._waiting

    @property
    def knocks(self) -> list[Knock[Holder]]:
        """Who waits, first come first."""
        return sorted(self._waiting.values(), key=lambda knock: knock.since)

    def holds(self, holder: Holder) -> bool:
        """Whether this one waits here."""
        return any(knock.holder is holder for knock in self._waiting.values())

    def has_admitted(self, seat: str) -> bool:
        return seat in self._admitted

    def knock(self, claim: Claim, holder: Holder) -> list[Fact[Holder]]:
        """Wait for a host, or go on waiting with another holder."""
        if self._clock.wall() < self._refused.get(claim.person, 0.0):
            return [TurnedAway(holder)]
        before = self._waiting.get(claim.seat)
        if before is None and len(self._waiting) >= KNOCKS_AT_MOST:
            return [Refused(holder, "try-again")]
        since = self._since(claim.seat) if before is None else before.since
        self._waiting[claim.seat] = Knock(claim, holder, since)
        facts: list[Fact[Holder]] = [Knocked(holder)]
        if before is not None and before.holder is not holder:
            facts.append(Moved(before.holder))
        if before is None or before.claim.name != claim.name:
            facts.append(LobbyChanged())
        return facts

    def admit(self, seats: Iterable[str]) -> None:
        """Let those of these who wait need no host any more."""
        for seat in seats:
            if knock := self._waiting.get(seat):
                knock.claim = replace(knock.claim, admitted=True)
                _note(self._admitted, seat, None)

    def refuse(self, seats: Iterable[str]) -> list[Fact[Holder]]:
        """Turn the people of these away, in whatever tab they wait, and for a while."""
        waiting = [knock for seat in seats if (knock := self._waiting.get(seat))]
        people = {knock.claim.person for knock in waiting}
        for person in people:
            _note(self._refused, person, self._clock.wall() + REFUSED_SECONDS)
        gone = self.take(lambda claim: claim.person in people)
        facts: list[Fact[Holder]] = [TurnedAway(knock.holder) for knock in gone]
        return [*facts, LobbyChanged()] if facts else []

    def change(self, change: Callable[[Claim], Claim]) -> None:
        """Something else holds of those who wait."""
        for knock in self._waiting.values():
            knock.claim = change(knock.claim)

    def take(self, whom: Callable[[Claim], bool]) -> list[Knock[Holder]]:
        """Those of whom this is true, who wait no more; first come first."""
        taken = [knock for knock in self.knocks if whom(knock.claim)]
        for knock in taken:
            del self._waiting[knock.claim.seat]
        return taken

    def drop(self, holder: Holder) -> list[Fact[Holder]]:
        """This one waits no more."""
        for seat, knock in self._waiting.items():
            if knock.holder is holder:
                del self._waiting[seat]
                return [LobbyChanged()]
        return []

    def forget(self, seat: str) -> None:
        """Who gets up from it on purpose has to knock again."""
        self._admitted.pop(seat, None)

    def clear(self) -> None:
        """Nobody waits, and hosts have let nobody in; who was refused stays so."""
        self._waiting.clear()
        self._admitted.clear()
        self._knocked.clear()

    # For whoever runs the call next

    def threshold(self, insiders: Iterable[str]) -> Threshold:
        return Threshold(
            {knock.claim.seat: knock.since for knock in self.knocks},
            tuple(self._admitted),
            dict(self._refused),
            tuple(insiders),
        )

    def restore(self, threshold: Threshold) -> None:
        """Know what was known; those who wait knock again, and keep their turn."""
        self._knocked.update(threshold.knocks)
        for seat in threshold.admitted:
            _note(self._admitted, seat, None)
        for person, until in threshold.refused.items():
            _note(self._refused, person, until)

    def _since(self, seat: str) -> int:
        return self._knocked.pop(seat, 0) or int(self._clock.wall() * 1000)


def _note(known: dict[str, Value], key: str, value: Value) -> None:
    """Remember this, and forget the oldest if it is too much."""
    known.pop(key, None)
    known[key] = value
    if len(known) > REMEMBERED_AT_MOST:
        del known[next(iter(known))]

"""Who waits for a place in a full room."""

from collections.abc import Callable
from typing import Generic

from .facts import Fact, Moved, Queued
from .seat import Claim, Holder


class Queue(Generic[Holder]):
    """First come, first served; each is told how many are in front."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Claim, Holder]] = {}
        self._told: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, seat: str) -> bool:
        return seat in self._waiting

    def ahead_of(self, holder: Holder) -> int | None:
        """How many wait in front of this one; None if it does not wait."""
        for ahead, (_, waiting) in enumerate(self._waiting.values()):
            if waiting is holder:
                return ahead
        return None

    def put(self, claim: Claim, holder: Holder) -> list[Fact[Holder]]:
        """Wait, or go on waiting with another holder."""
        facts: list[Fact[Holder]] = []
        before = self._waiting.get(claim.seat)
        if before is not None and before[1] is not holder:
            facts.append(Moved(before[1]))
        self.add(claim, holder)
        return facts + self.tell()

    def add(self, claim: Claim, holder: Holder) -> None:
        """Wait; who is told of it when is for the caller to say."""
        self._told.pop(claim.seat, None)
        self._waiting[claim.seat] = (claim, holder)

    def change(self, change: Callable[[Claim], Claim]) -> None:
        """Something else holds of those who wait."""
        for seat, (claim, holder) in self._waiting.items():
            self._waiting[seat] = (change(claim), holder)

    def take(self) -> tuple[Claim, Holder]:
        """The first, who waits no more."""
        first = next(iter(self._waiting))
        self._told.pop(first, None)
        return self._waiting.pop(first)

    def take_out(self, whom: Callable[[Claim], bool]) -> list[tuple[Claim, Holder]]:
        """Those of whom this is true, who wait no more; first come first."""
        taken = [one for one in self._waiting.values() if whom(one[0])]
        for claim, _ in taken:
            self._told.pop(claim.seat, None)
            del self._waiting[claim.seat]
        return taken

    def drop(self, holder: Holder) -> list[Fact[Holder]]:
        """This one waits no more."""
        for seat, (_, waiting) in self._waiting.items():
            if waiting is holder:
                del self._waiting[seat]
                self._told.pop(seat, None)
                return self.tell()
        return []

    def tell(self) -> list[Fact[Holder]]:
        """What those who wait do not know yet."""
        facts: list[Fact[Holder]] = []
        for ahead, (seat, (_, holder)) in enumerate(self._waiting.items()):
            if self._told.get(seat) != ahead:
                self._told[seat] = ahead
                facts.append(Queued(holder, ahead))
        return facts

    def clear(self) -> None:
        self._waiting.clear()
        self._told.clear()

"""What was sent to whom, and what became of it: nothing may be lost or come twice.

All clients of a test live in one process, so one clock says how long each took.
"""

import time
from typing import NamedTuple


class Letter(NamedTuple):
    """One message on its way: the `number`th of its `kind` from one seat to another."""

    kind: str
    sender: str
    to: str
    epoch: int
    number: int


class Ledger:
    """Takes note of each message twice: as it leaves, and as it arrives."""

    def __init__(self) -> None:
        self.sent = 0
        self.arrived = 0
        self.doubled = 0
        self.misrouted = 0
        self.reordered = 0
        self.latencies: list[float] = []
        """Seconds from one client to the other, in the order of arrival."""
        self._under_way: dict[Letter, float] = {}
        self._newest: dict[tuple[bool, str, str], tuple[int, int]] = {}

    @property
    def lost(self) -> int:
        """How many have not arrived, as yet."""
        return len(self._under_way)

    @property
    def sound(self) -> bool:
        """Whether everything arrived, once, in order, where it was meant to."""
        return not (self.lost or self.doubled or self.misrouted or self.reordered)

    def leaves(self, letter: Letter) -> None:
        self.sent += 1
        self._under_way[letter] = time.perf_counter()
        self._newest.setdefault(_order(letter), NOTHING)

    def stays(self, letter: Letter) -> None:
        """It could not leave after all: no socket was open."""
        self.sent -= 1
        del self._under_way[letter]

    def arrives(self, letter: Letter, at: str) -> None:
        """`at` is the seat that got it; the letter says for whom it was."""
        now = time.perf_counter()
        newest = self._newest.get(_order(letter))
        if letter.to != at or newest is None:
            self.misrouted += 1
            return
        left = self._under_way.pop(letter, None)
        if left is None:
            self.doubled += 1
            return
        self.arrived += 1
        self.latencies.append(now - left)
        if (letter.epoch, letter.number) < newest:
            self.reordered += 1
        else:
            self._newest[_order(letter)] = (letter.epoch, letter.number)


NOTHING = (-1, -1)


def _order(letter: Letter) -> tuple[bool, str, str]:
    """Signals between two seats keep one order, states another."""
    return letter.kind == "state", letter.sender, letter.to

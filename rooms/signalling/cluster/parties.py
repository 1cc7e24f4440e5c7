"""The shapes in which this package sees those whom the call serves."""

from collections.abc import Callable
from typing import Protocol

from ..holder import Departure
from ..protocol import Incoming, Rank
from ..tickets import Entry


class Wire(Protocol):
    """What reaches one client. Neither waits, and neither fails."""

    def post(self, frame: str) -> None: ...

    def close(self, code: int) -> None: ...


class Party(Protocol):
    """Somebody in the process that runs their room's call: a Conversation."""

    entry: Entry
    wire: Wire
    checked: bool

    @property
    def rank(self) -> Rank: ...

    @property
    def since(self) -> int:
        """When they took their seat; 0 at the door."""

    def enter(self) -> None: ...

    def act(self, message: Incoming) -> None: ...

    def show(self) -> None: ...

    def depart(self, how: Departure) -> None: ...


Converse = Callable[[Wire, Entry, str, str, bool], Party]
"""Begins a conversation: wire, entry, binding, instance, whether it was checked."""


class Silence:
    """A wire to nobody."""

    def post(self, frame: str) -> None:
        pass

    def close(self, code: int) -> None:
        pass


SILENCE = Silence()

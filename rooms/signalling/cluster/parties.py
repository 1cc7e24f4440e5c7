"""The shapes in which this package sees those whom the call serves."""

from collections.abc import Callable
from typing import Protocol

from ..gate import refusal_of
from ..holder import Departure
from ..protocol import TABLE, Incoming, Join, ProtocolError, Rank
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

Refuse = Callable[[ProtocolError], None]
"""Tells a client what is not acted on, and closes its socket where nothing follows."""


def bring_in(party: Party, wire: Wire, wish: Join | None, refuse: Refuse) -> None:
    """Come to the door, and on to the seat that was wished for.

    Who goes on is not shown the door first.
    """
    party.wire = wire if wish is None else SILENCE
    try:
        party.enter()
        party.wire = wire
        if wish is not None:
            party.act(wish)
    except ProtocolError as fault:
        party.wire = wire
        refuse(fault)


def need_rank(party: Party, message: Incoming) -> None:
    """Raise ProtocolError if somebody has not come far enough to say this."""
    kind = str(message.__struct_config__.tag)
    if refusal := refusal_of(party.rank, TABLE[kind].who):
        raise ProtocolError(refusal, kind, target_of(message))


def target_of(message: Incoming) -> str:
    to = getattr(message, "to", None)
    return to if isinstance(to, str) else ""

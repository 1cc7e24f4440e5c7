"""What became true of the seats of a room; telling people is for others."""

from dataclasses import dataclass
from typing import Generic, Literal

from ..protocol import ErrorCode
from .seat import Holder, Seat

Reason = Literal["left", "closed", "lost", "removed", "revoked"]
"""The last two: the right to the seat was taken back."""


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
class Knocked(Generic[Holder]):
    """The holder waits until a host lets it in."""

    holder: Holder


@dataclass(frozen=True)
class TurnedAway(Generic[Holder]):
    """A host did not let the holder in, this time."""

    holder: Holder


@dataclass(frozen=True)
class Refused(Generic[Holder]):
    """The holder does not come in now, and waits for nothing."""

    holder: Holder
    code: ErrorCode


@dataclass(frozen=True)
class LobbyChanged:
    """For hosts: others wait for them than before."""


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
    | Knocked[Holder]
    | TurnedAway[Holder]
    | Refused[Holder]
    | LobbyChanged
    | Moved[Holder]
    | Joined[Holder]
    | Away[Holder]
    | Whole
    | Changed[Holder]
    | Left[Holder]
)

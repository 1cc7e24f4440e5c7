"""A taken place, and what it was taken with."""

import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ..protocol import Person, Power, Role, Slot, Slots

Holder = TypeVar("Holder", bound=Hashable)
"""Whatever serves a seat at the moment; a seat outlives it."""


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
    was compared with the rows, or is so young that it need not be. `person` and
    `browser` are who it is, as in tickets; `admitted`: a host has let them in before.
    `sat`: when any page of theirs took this seat, if it was signed so; else 0.
    `bind`, `login` and `invited` are as in a right (signalling/right.py); `forbidden`
    is what hosts have forbidden to this person alone.
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
    person: str = ""
    browser: str = ""
    admitted: bool = False
    sat: int = 0
    bind: str = ""
    login: int = 0
    invited: bool = False
    forbidden: tuple[Power, ...] = ()


@dataclass(eq=False)
class Seat(Generic[Holder]):
    """A taken place.

    Without a holder it is given up at `lost`, and at `silent` if that is sooner: then
    all who could hear the person have missed them for long. `unheard` are the seats
    which this one's page misses. `checked` is the claim's, until somebody compares.
    `held` are slots that a host turned off, and the person's page not yet.
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
    held: tuple[Slot, ...] = ()

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
        self._let_go()
        return True

    def hold(self, *slots: Slot) -> None:
        """A host turns these off, whatever is known of them."""
        self.held = tuple(dict.fromkeys((*self.held, *slots)))

    def follow(self, before: "Seat[Holder]") -> None:
        """Another page of the same person: what was held stays so until it is off."""
        self.held = before.held
        self._let_go()

    def _let_go(self) -> None:
        self.held = tuple(slot for slot in self.held if _carries(self.slots, slot))

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
            lookalike=False,
            forbidden=claim.forbidden,
            held=self.held,
            answers_only=claim.answers_only,
            away=self.holder is None,
            version=self.version,
            slots=self.slots,
        )


def _carries(slots: Slots, slot: Slot) -> bool:
    """Whether this is on; of a screen, its sound counts."""
    return "on" in (
        getattr(slots, slot),
        slots.screen_audio if slot == "screen" else "off",
    )

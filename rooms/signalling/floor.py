"""What hosts have decided about one call: who may do what there, and what is held.

It tells everybody inside what of that is new for them, each change once.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

import msgspec

from ..lookalikes import skeleton
from ..rights import GUEST, is_host, outranks
from .bus import CallEnds, StandingChanged
from .holder import Socket
from .protocol import Ending, PeerStanding, Person, Power, Role, Slot, Spotlit
from .seats import Claim, Clock, Seat
from .tickets import Entry

if TYPE_CHECKING:
    from .call import Call

POWERS: tuple[Power, ...] = get_args(Power)

RENAMED_AT_MOST = 256
"""So many guests whom hosts have renamed are remembered for each call."""

NAMES_SECONDS = 60.0
"""For so long the names of those with a role in the room are taken to be the same."""

LATEST_SECONDS = 61.0
"""Nobody may end a call later than in a minute, whatever clock they go by."""


@dataclass(frozen=True)
class Named:
    """Somebody with a role in the room, whether they are in the call or not."""

    person: str
    role: Role
    name: str


class Laid(msgspec.Struct, frozen=True, array_like=True):
    """What whoever runs the call next has to know of what hosts decided."""

    spotlight: str = ""
    ends_at: int = 0
    ended_by: str = ""
    renamed: dict[str, str] = {}
    by_site: bool = False


class Floor:
    """Belongs to one call. `deadline`: when the call ends, on the growing seconds.

    `ends_by_site`: the people who run the site end it, and no host takes that back.
    """

    def __init__(self, call: "Call", clock: Clock) -> None:
        self._call = call
        self._clock = clock
        self.spotlight = ""
        self.ends_at = 0
        self.deadline: float | None = None
        self.ends_by_site = False
        self._ended_by = ""
        self._renamed: dict[str, str] = {}
        self._named: Mapping[str, list[Named]] = {}
        self._named_until: float | None = None
        self._told: dict[str, PeerStanding] = {}

    # Of people

    def person(self, seat: Seat[Socket]) -> Person:
        """Somebody as the others get to know them."""
        return msgspec.structs.replace(
            seat.person(),
            lookalike=self._is_lookalike(seat.claim),
            forbidden=self.forbidden_to(seat.claim),
        )

    def forbidden_to(self, claim: Claim) -> tuple[Power, ...]:
        """What this person may not do: what nobody may, and what they alone may not."""
        if is_host(claim.role):
            return ()
        barred = {*self._call.facts.forbidden, *claim.forbidden}
        return tuple(power for power in POWERS if power in barred)

    def forbids(self, socket: Socket, power: Power) -> bool:
        """Whether whoever sits here by this socket may not do this."""
        seat = self._call.seats.of(socket)
        return seat is not None and power in self.forbidden_to(seat.claim)

    def name_of(self, person: str, name: str) -> str:
        """What this person is called here: as a host has said, or as they say."""
        return self._renamed.get(person, name)

    def looks_alike(self, name: str, person: str, role: str) -> bool:
        """Whether this can be taken for the name of somebody of a higher role here."""
        mine = skeleton(name)
        claims = (seat.claim for seat in self._call.seats)
        like = [
            Named(claim.person, claim.role, claim.name)
            for claim in claims
            if skeleton(claim.name) == mine
        ]
        return any(
            other.person != person and outranks(other.role, role)
            for other in (*like, *self._named.get(mine, ()))
        )

    @property
    def needs_names(self) -> bool:
        """Whether the names of those with a role here should be read (again)."""
        return self._named_until is None or self._named_until <= self._clock.now()

    def names_are(self, named: Iterable[Named]) -> None:
        """These have a role here; whoever is named like one of them is marked."""
        self._named_until = self._clock.now() + NAMES_SECONDS
        by_skeleton: dict[str, list[Named]] = defaultdict(list)
        for each in named:
            by_skeleton[skeleton(each.name)].append(each)
        self._named = dict(by_skeleton)
        self.tell()
        if self._call.seats.waiting.knocks:
            self._call.tell_knocks()

    def sits(self, seat: Seat[Socket], entry: Entry) -> None:
        """Somebody has come back to this one as what their entry says they are."""
        seat.claim = replace(seat.claim, role=entry.role, forbidden=entry.forbidden)

    def stand(self, news: StandingChanged) -> None:
        """Somebody is something else here, or may do something else."""
        for seat in self._call.seats:
            if seat.claim.person == news.person:
                if seat.holder is not None:
                    take_over(seat.holder, news.role, news.forbidden)
                seat.claim = replace(
                    seat.claim, role=news.role, forbidden=news.forbidden
                )
        self.tell()

    def rename(self, seat: Seat[Socket], name: str) -> None:
        """Show a guest under this name for as long as the call goes on."""
        self._rename(seat.claim.person, name)
        for each in self._call.seats:
            if each.claim.person == seat.claim.person:
                each.claim = replace(each.claim, name=name)
        self.tell()

    def mute(self, slot: Slot, seats: Iterable[Seat[Socket]]) -> None:
        """Turn this off for these, until their pages have done so."""
        for seat in seats:
            seat.hold(slot)
        self.tell()

    def tell(self) -> None:
        """Tell everybody what they do not know yet of anybody inside."""
        told, self._told = self._told, {}
        for seat in self._call.seats:
            standing = self._standing(seat)
            self._told[seat.id] = standing
            before = told.get(seat.id)
            if before is not None and before != standing:
                self._call.broadcast(standing)

    def heeded(self, seat: Seat[Socket]) -> None:
        """This one's page has said what is on: some of it may be held no more."""
        told = self._told.get(seat.id)
        if told is None or told.held != seat.held:
            self.tell()

    def shown(self, seat: Seat[Socket]) -> None:
        """Everybody is told of this one anyway, as it is now."""
        self._told[seat.id] = self._standing(seat)

    # Of the call

    def light(self, seat: str) -> None:
        """Show this one large to everybody; empty: nobody."""
        if seat != self.spotlight:
            self.spotlight = seat
            self._call.broadcast(Spotlit(seat))

    def gone(self, seat: str) -> None:
        """This one got up for good, or was sent away."""
        if seat == self.spotlight:
            self.light("")

    def end(self, news: CallEnds) -> None:
        """The call ends for everybody at that time, or it goes on."""
        if self.ends_by_site and not news.by_site:
            return
        self.ends_by_site = news.by_site and news.at > 0
        if news.at == self.ends_at:
            return
        self.ends_at, self._ended_by = news.at, news.name
        self.deadline = self._due()
        self._call.broadcast(Ending(news.at, news.name))

    def over(self) -> None:
        """The call has ended; whoever meets here next begins anew."""
        self.spotlight = self._ended_by = ""
        self.ends_at, self.deadline = 0, None
        self.ends_by_site = False
        self._renamed.clear()
        self._told.clear()

    # For whoever runs the call next

    def laid(self) -> Laid:
        return Laid(
            self.spotlight,
            self.ends_at,
            self._ended_by,
            dict(self._renamed),
            self.ends_by_site,
        )

    def restore(self, laid: Laid) -> None:
        """Know what another process knew; whoever comes in is told it."""
        for person, name in laid.renamed.items():
            self._rename(person, name)
        self.spotlight = self.spotlight or laid.spotlight
        if not self.ends_at and laid.ends_at:
            self.ends_at, self._ended_by = laid.ends_at, laid.ended_by
            self.ends_by_site = laid.by_site
            self.deadline = self._due()

    def _due(self) -> float | None:
        if not self.ends_at:
            return None
        seconds = self.ends_at / 1000 - self._clock.wall()
        return self._clock.now() + min(max(seconds, 0.0), LATEST_SECONDS)

    def _rename(self, person: str, name: str) -> None:
        self._renamed.pop(person, None)
        self._renamed[person] = name
        if len(self._renamed) > RENAMED_AT_MOST:
            del self._renamed[next(iter(self._renamed))]

    def _standing(self, seat: Seat[Socket]) -> PeerStanding:
        claim = seat.claim
        return PeerStanding(
            seat=claim.seat,
            name=claim.name,
            role=claim.role,
            lookalike=self._is_lookalike(claim),
            forbidden=self.forbidden_to(claim),
            held=seat.held,
        )

    def _is_lookalike(self, claim: Claim) -> bool:
        return self.looks_alike(claim.name, claim.person, claim.role)


def take_over(socket: Socket, role: Role, forbidden: tuple[Power, ...]) -> None:
    """Let what is signed for this one next say what they are now."""
    entry = socket.entry
    socket.entry = msgspec.structs.replace(
        entry,
        role=role,
        forbidden=forbidden,
        invited=entry.invited or outranks(role, GUEST),
    )

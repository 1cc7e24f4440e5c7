"""Whom a room lets in at once, and what the others wait for: a host, or a place."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Generic

from ...rights import always_gets_in, comes_in_at_once
from ..protocol import Power, Role
from .facts import Fact, LobbyChanged, Moved, Refused
from .lobby import Knock, Lobby, Threshold
from .queue import Queue
from .seat import Claim, Clock, Holder


class Waiting(Generic[Holder]):
    """Those of one room, and the rules by which they wait.

    In a room with a lobby, whoever has no role there knocks before they wait for a
    place. Into one that is locked come hosts, and who was inside while it was and did
    not get up on purpose. `returns`: whether somebody may have sat there before this
    process knew the room.
    """

    def __init__(
        self,
        clock: Clock,
        returns: Callable[[Claim], bool],
        *,
        lobby: bool,
        locked: bool,
    ) -> None:
        self.queue: Queue[Holder] = Queue()
        self._lobby: Lobby[Holder] = Lobby(clock)
        self._returns = returns
        self._has_lobby = lobby
        self._locked = locked
        self._insiders: set[str] = set()

    def __bool__(self) -> bool:
        return bool(self.queue or self._lobby)

    @property
    def knocks(self) -> list[Knock[Holder]]:
        """Who waits for a host, first come first."""
        return self._lobby.knocks

    def for_host(self, holder: Holder) -> bool:
        """Whether this one waits for a host."""
        return self._lobby.holds(holder)

    def has_to_knock(self, seat: str, role: Role, *, admitted: bool) -> bool:
        """Whether somebody who wants this seat has to wait for a host first."""
        if not self._has_lobby or admitted or comes_in_at_once(role):
            return False
        return not self._lobby.has_admitted(seat)

    def is_in_lobby(self, seat: str) -> bool:
        """Whether somebody waits for a host with this seat."""
        return seat in self._lobby

    def ask(self, claim: Claim, holder: Holder) -> list[Fact[Holder]] | None:
        """Wait for a host, or be refused; None: only a place is needed."""
        if not self._is_open_to(claim):
            return [*self.drop(holder), Refused(holder, "locked")]
        if self._must_knock(claim):
            return self._lobby.knock(claim, holder)
        return None

    def gets_in(self, claim: Claim, holder: Holder) -> list[Fact[Holder]]:
        """The seat needs no host: whoever else knocked with it does so no more."""
        knocked = self._take(lambda each: each.seat == claim.seat)
        queued: list[tuple[Claim, Holder]] = []
        if always_gets_in(claim.role):
            queued = self.queue.take_out(lambda each: each.seat == claim.seat)
        facts: list[Fact[Holder]] = [
            Moved(other) for _, other in knocked + queued if other is not holder
        ]
        return [*facts, LobbyChanged()] if knocked else facts

    def drop(self, holder: Holder) -> list[Fact[Holder]]:
        """This one waits for nothing any more."""
        return [*self.queue.drop(holder), *self._lobby.drop(holder)]

    def clear(self) -> None:
        """The call is over: nobody waits, and nobody was inside or let in before."""
        self.queue.clear()
        self._lobby.clear()
        self._insiders.clear()

    # What hosts decide; `resettle` follows

    def admit(self, seats: Iterable[str]) -> None:
        self._lobby.admit(seats)

    def refuse(self, seats: Iterable[str]) -> list[Fact[Holder]]:
        return self._lobby.refuse(seats)

    def stand(self, person: str, role: Role, forbidden: tuple[Power, ...]) -> None:
        """Somebody is something else, or may do something else."""

        def change(claim: Claim) -> Claim:
            if claim.person != person:
                return claim
            return replace(claim, role=role, forbidden=forbidden)

        self._lobby.change(change)
        self.queue.change(change)

    def rule(self, present: Iterable[str], *, lobby: bool, locked: bool) -> None:
        """The room has other rules; `present` are the people in it now."""
        if locked and not self._locked:
            self._insiders = set(present)
        self._has_lobby, self._locked = lobby, locked

    def resettle(self) -> list[Fact[Holder]]:
        """Let everybody wait for what they have to wait for by now.

        Who needs a place alone is in the queue then, and the queue is yet to be told.
        """
        before = {knock.claim.seat for knock in self.knocks}
        shut_out = self.queue.take_out(self._is_shut_to)
        shut_out += self._take(self._is_shut_to)
        facts: list[Fact[Holder]] = [Refused(each, "locked") for _, each in shut_out]
        for claim, holder in self.queue.take_out(self._must_knock):
            facts += self._lobby.knock(claim, holder)
        for claim, holder in self._take(lambda claim: not self._must_knock(claim)):
            self.queue.add(claim, holder)
        if before - {knock.claim.seat for knock in self.knocks}:
            facts.append(LobbyChanged())
        return facts

    # Who was inside

    def sits(self, person: str) -> None:
        """Somebody has taken a seat."""
        if self._locked:
            self._insiders.add(person)

    def gets_up(self, person: str) -> None:
        """Somebody is gone, and not by accident: while it is locked they are new."""
        self._insiders.discard(person)

    def forget(self, seat: str) -> None:
        """Who got up from it has to knock again."""
        self._lobby.forget(seat)

    # For whoever runs the call next

    @property
    def threshold(self) -> Threshold:
        return self._lobby.threshold(self._insiders)

    def restore(self, threshold: Threshold) -> None:
        self._lobby.restore(threshold)
        self._insiders.update(threshold.insiders)

    def _take(self, whom: Callable[[Claim], bool]) -> list[tuple[Claim, Holder]]:
        return [(knock.claim, knock.holder) for knock in self._lobby.take(whom)]

    def _is_open_to(self, claim: Claim) -> bool:
        """Whether this one may come in although nobody new may."""
        if not self._locked or always_gets_in(claim.role):
            return True
        return claim.person in self._insiders or self._returns(claim)

    def _is_shut_to(self, claim: Claim) -> bool:
        return not self._is_open_to(claim)

    def _must_knock(self, claim: Claim) -> bool:
        return self.has_to_knock(claim.seat, claim.role, admitted=claim.admitted)

"""Hosts' orders and everybody's reports, in the process that runs the room's call.

In the room's queue, like its chat: the rows are asked and changed off the loop, then
the call follows at once, and then the other processes are told. What the socket's rank
let pass counts for nothing here: roles are read from their rows at each order.
"""

import asyncio
import logging
from collections.abc import Mapping

from channels.db import database_sync_to_async

from conference.log import about

from ..models import Room
from ..names import BadName, clean_name
from ..order.actor import Actor, Refused
from ..order.orders import CALL, obey
from ..order.reports import report
from . import bus
from .call import Call
from .holder import Socket
from .hub import Hub
from .protocol import (
    Admit,
    Ask,
    End,
    GoOn,
    Mute,
    Order,
    PeerAsks,
    ProtocolError,
    Refuse,
    Rename,
    Report,
    Reported,
    Spotlight,
)
from .queues import Queues
from .seats import Claim, Seat

logger = logging.getLogger(__name__)

ANNOUNCE_SECONDS = 5.0

SITE_ENDS = "The people who run this site are ending this call."


class Chair:
    """Sees to it that in all rooms of this process hosts are obeyed, and only they."""

    def __init__(self, queues: Queues, hub: Hub) -> None:
        self._queues = queues
        self._hub = hub
        self._announcing: set[asyncio.Task[None]] = set()

    def take(self, call: Call, socket: Socket, order: Order) -> None:
        """Do what a host wants, or tell them why not.

        Raises ProtocolError where they want too much at once, of all kinds together.
        """
        tag = str(order.__struct_config__.tag)
        if not call.may_order(socket.entry.person):
            raise ProtocolError("too-fast", tag)

        async def job() -> None:
            await self._obey(call, socket, order)

        self._queues.put(call.room, socket, tag, job)

    def report(self, call: Call, socket: Socket, message: Report) -> None:
        """Keep a report, and say so to the one who made it."""

        async def job() -> None:
            await self._report(call, socket, message)

        self._queues.put(call.room, socket, "report", job)

    async def stop(self) -> None:
        """Announce nothing more."""
        announcing = list(self._announcing)
        for task in announcing:
            task.cancel()
        await asyncio.gather(*announcing, return_exceptions=True)

    async def _obey(self, call: Call, socket: Socket, order: Order) -> None:
        actor, about = _actor(call, socket), _people(call, order)
        name = _name(order)
        moot = _moot(call, order, about, name)
        if isinstance(order, Ask) and order.slot in _forbidden_to(call, order.to):
            raise ProtocolError("not-allowed", to=order.to)
        if isinstance(order, End | GoOn) and call.floor.ends_by_site:
            raise ProtocolError("not-allowed", words=SITE_ENDS)
        try:
            done = await database_sync_to_async(obey)(
                call.room, order, about, actor, self._hub.clock.wall(), moot
            )
        except Refused:
            to = next(iter(about)) if len(about) == 1 else ""
            raise ProtocolError("not-allowed", to=to) from None
        for news in done.news:
            self._hub.hear(news)
        _follow(call, socket, order, done.people, name)
        self._hub.settle(call)
        self._announce(call.room, done.news)

    async def _report(self, call: Call, socket: Socket, message: Report) -> None:
        reporter = _actor(call, socket)
        about_seat = None if message.to is None else _sitting(call, message.to)
        claim = None if about_seat is None else about_seat.claim

        def keep() -> None:
            report(
                Room.objects.get(pk=call.room),
                reporter=reporter,
                about="" if claim is None else claim.person,
                about_name="" if claim is None else claim.name,
                reason=message.reason,
                words=message.words,
            )

        try:
            await database_sync_to_async(keep)()
        except Refused:
            raise ProtocolError("too-fast") from None
        socket.tell(Reported())

    def _announce(self, room: int, told: list[bus.News]) -> None:
        """Tell the other processes, without keeping anybody here waiting."""
        if told:
            task = asyncio.create_task(_announce(room, told))
            self._announcing.add(task)
            task.add_done_callback(self._announcing.discard)


async def _announce(room: int, told: list[bus.News]) -> None:
    try:
        async with asyncio.timeout(ANNOUNCE_SECONDS):
            for news in told:
                await bus.announce(news, followed_here=True)
    except Exception as fault:
        # The rows say it as well, and every process reads them every few seconds.
        logger.warning("An order was not announced: %r", fault, extra=about(room))


def _follow(
    call: Call, socket: Socket, order: Order, people: frozenset[str], name: str
) -> None:
    """What of an order concerns this call alone, and is in no row."""
    match order:
        case Mute(slot=slot):
            seats = [seat for seat in call.seats if seat.claim.person in people]
            call.floor.mute(slot, seats)
        case Ask(to=to, slot=slot):
            call.deliver(socket, to, PeerAsks(socket.entry.seat, slot))
        case Rename(to=to) if seat := call.seats.get(to):
            call.floor.rename(seat, name)
        case Spotlight(seat=lit):
            call.floor.light(lit if call.seats.get(lit) else "")
        case Admit(seats=seats):
            call.admit(seats)
        case Refuse(seats=seats):
            call.refuse(seats)


def _actor(call: Call, socket: Socket) -> Actor:
    """Who gives an order; raises ProtocolError if they have got up meanwhile."""
    seat = call.seats.of(socket)
    if seat is None:
        raise ProtocolError("not-yet")
    claim, entry = seat.claim, socket.entry
    return Actor(entry.person, claim.name, claim.role, entry.address)


def _people(call: Call, order: Order) -> dict[str, Claim]:
    """Whom an order is about, by their seats."""
    match order:
        case Admit(seats=seats) | Refuse(seats=seats):
            return {
                knock.claim.seat: knock.claim
                for knock in call.seats.waiting.knocks
                if knock.claim.seat in seats
            }
        case Mute(seats=None):
            return {seat.id: seat.claim for seat in call.seats}
        case Mute(seats=tuple() as seats):
            known = [seat for each in seats if (seat := call.seats.get(each))]
            if not known:
                raise ProtocolError("unknown-seat", to=seats[0])
            return {seat.id: seat.claim for seat in known}
        case Spotlight(seat=seat):
            return {seat: _sitting(call, seat).claim} if seat else {}
        case _:
            to = getattr(order, "to", None)
            return {} if to is None else {to: _sitting(call, to).claim}


def _moot(
    call: Call, order: Order, about: Mapping[str, Claim], name: str
) -> frozenset[str]:
    """For whom this changes nothing, as far as the call knows."""
    match order:
        case Mute(slot=slot):
            seats = [seat for each in about if (seat := call.seats.get(each))]
            changed = {seat.claim.person for seat in seats if slot not in seat.held}
            return frozenset(claim.person for claim in about.values()) - changed
        case Rename():
            return frozenset(
                claim.person for claim in about.values() if claim.name == name
            )
        case Spotlight(seat=lit) if call.floor.spotlight == lit:
            return frozenset({CALL, *(claim.person for claim in about.values())})
        case GoOn() if not call.floor.ends_at:
            return frozenset({CALL})
        case _:
            return frozenset()


def _name(order: Order) -> str:
    """What somebody is to be called; empty where an order names nobody."""
    if not isinstance(order, Rename):
        return ""
    try:
        return clean_name(order.name)
    except BadName:
        raise ProtocolError("bad-name", to=order.to) from None


def _forbidden_to(call: Call, seat: str) -> tuple[str, ...]:
    return call.floor.forbidden_to(_sitting(call, seat).claim)


def _sitting(call: Call, seat: str) -> Seat[Socket]:
    found = call.seats.get(seat)
    if found is None:
        raise ProtocolError("unknown-seat", to=seat)
    return found

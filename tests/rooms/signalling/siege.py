"""People of one kind who send hostile frames into a room, round after round."""

import msgspec
from asgiref.sync import sync_to_async

from accounts.models import User
from conference.rights import Who
from rooms import access
from rooms.models import Membership, Role, Room
from rooms.signalling import socket as sockets
from rooms.signalling.lifecycle import hub
from rooms.signalling.protocol import Close
from tests.factories import make_room

from .cast import CastTestCase
from .fuzzer import Fuzzer
from .meeting import SDP, Caller, Closed, Meeting, quiet
from .rows import Rows, changes, is_right, rows
from .test_protocol import SERVER_TYPES

BATCH = 20
ROUND = 5_000
INNOCENT_EVERY = 100
ATTACKERS = 5

HOSTS = (Who.CO_HOST, Who.OWNER)
NOT_SEATED = (Who.ANONYMOUS, Who.WAITING)
SEND_AWAY = frozenset({"end", "remove", "transfer", "lock", "lobby"})
"""Orders after which there may be nobody left to fire at."""

FOR_ANYONE = {"error", "pong", "resync"}
FOR_THE_WAITING = FOR_ANYONE | {"door", "knocking", "turned-away"}
"""What those who do not sit are told, whatever they send."""

CLOSED = {
    *(Close.ABUSE, Close.TICKET_REFUSED, Close.BAD_PROTOCOL, Close.MOVED),
    *(Close.SLOW_READER, Close.HELLO_TIMEOUT, sockets.TOO_BIG),
}
BY_HOSTS = {Close.REMOVED, Close.ENDED}


class Siege:
    """Attackers of one kind; a room of their own for each round, and one next door.

    A round is over when nobody is left whom they could attack: hosts may send people
    away, and where all are `slow` readers, some do not keep up.
    """

    def __init__(
        self, case: CastTestCase, meeting: Meeting, who: Who, *, slow: bool = False
    ) -> None:
        self.told: list[str] = []
        self._case = case
        self._meeting = meeting
        self._who = who
        rare = SEND_AWAY if who in HOSTS else frozenset[str]()
        self._fuzzer = Fuzzer(7 + list(Who).index(who), rare)
        self._dice = self._fuzzer.dice
        self._lost_by = {Close.SLOW_READER} if slow else set[Close]()
        self._lost_by |= BY_HOSTS if who in HOSTS else set()
        self._codes: list[int] = []
        self._attackers: list[Caller] = []
        self._persons: set[str] = set()

    async def go_on_for(self, frames: int) -> None:
        """Send so many, and look after each round at what has become of the rows."""
        amara = await self._meeting.joined(self._case.other_room, "Amara")
        mira = await self._meeting.joined(self._case.other_room, "Mira")
        await quiet(amara)
        sent = rounds = 0
        while sent < frames:
            sent += await self._round(amara, mira, min(ROUND, frames - sent))
            rounds += 1
        assert set(self._codes) <= CLOSED | (BY_HOSTS if self._who in HOSTS else set())
        assert Close.ABUSE in self._codes, self._codes
        everything = str(amara.frames + mira.frames)
        assert "Under fire" not in everything
        assert "error" not in everything

    async def _round(self, amara: Caller, mira: Caller, frames: int) -> int:
        room = await sync_to_async(self._fresh_room)()
        victims = await self._victims(room)
        before = await sync_to_async(rows)()
        sent = 0
        while sent < frames and victims:
            self._fuzzer.seats = [*(one.seat for one in victims), amara.seat, "nobody"]
            await self._volley(room)
            sent += BATCH
            if self._dice.random() < 0.7:
                await self._meeting.some_time(10.1)
            if len(self._attackers) > ATTACKERS:
                how = self._dice.choice((1000, 1001, 1006))
                await self._attackers.pop(0).go(how)
            if sent % INNOCENT_EVERY == 0:
                await self._next_door_goes_on(amara, mira, sent)
                victims = [one for one in victims if await self._stays(one)]
        await self._no_right_was_gained(room, before)
        await self._everybody_goes(room, victims)
        return sent

    def _fresh_room(self) -> Room:
        """A room in which the attackers are what they are."""
        case = self._case
        waits = self._who is Who.WAITING
        room = make_room(
            case.owner, "Under fire", keeps_chat=True, people_limit=16, lobby=waits
        )
        case.place(room, case.users[Who.CO_HOST], Role.CO_HOST)
        case.place(room, case.users[Who.MEMBER], Role.MEMBER)
        case.place(room, case.bystander, Role.MEMBER)
        return room

    async def _victims(self, room: Room) -> list[Caller]:
        """Honest people who sit there: one with a role, one of those beside it."""
        bystander = self._case.bystander
        known = await self._meeting.joined(room, bystander.display_name, bystander)
        if self._who is Who.WAITING:
            return [known]
        return [known, await self._meeting.joined(room, "June")]

    async def _volley(self, room: Room) -> None:
        """Somebody fires, and hears the answers out."""
        if not self._attackers or self._dice.random() < 0.05:
            self._attackers.append(await self._attacker(room))
        attacker = self._dice.choice(self._attackers)
        for _ in range(BATCH):
            frame = self._fuzzer.frame()
            if isinstance(frame, bytes):
                await attacker.say_raw(data=frame)
            else:
                await attacker.say_raw(frame)
        await attacker.say(type="ping", heard=0)
        try:
            while not await self._hears_end(attacker):
                pass
        except Closed as end:
            self._codes.append(end.code)
            self._attackers.remove(attacker)
            await attacker.go(end.code)

    async def _attacker(self, room: Room) -> Caller:
        user = self._case.users.get(self._who)
        await room.arefresh_from_db()
        caller = await self._meeting.caller(room, "Eve", user)
        self._persons.add(caller.entry.person)
        if self._who is Who.ANONYMOUS or self._dice.random() < 0.1:
            return caller
        try:
            await caller.hello()
            if self._dice.random() < 0.9:
                await caller.ask()
        except Closed as end:
            self._codes.append(end.code)
        return caller

    async def _stays(self, victim: Caller) -> bool:
        """Whether somebody is still there, who reads all as honest clients do."""
        try:
            await victim.say(type="ping", heard=len(victim.frames))
            while not await self._hears_end(victim):
                pass
        except Closed as end:
            self._codes.append(end.code)
            if end.code in self._lost_by:
                return False
            raise
        return True

    async def _hears_end(self, hearer: Caller) -> bool:
        """Take in the next frame, and catch up; whether it answers a ping."""
        frame = await hearer.next()
        msgspec.convert(frame, SERVER_TYPES[frame["type"]])
        self.told.append(frame["type"])
        if frame["type"] == "resync":
            await hearer.say(type="ping", heard=len(hearer.frames))
        if self._who in NOT_SEATED and hearer in self._attackers:
            self._learns_nothing(frame)
        return frame["type"] == "pong" or frame.get("about") == "ping"

    def _learns_nothing(self, frame: dict[str, object]) -> None:
        waits = self._who is Who.WAITING
        assert frame["type"] in (FOR_THE_WAITING if waits else FOR_ANYONE), frame
        if frame["type"] == "door":
            assert frame["people"] == [], frame

    async def _no_right_was_gained(self, room: Room, before: Rows) -> None:
        """By the rows, and by the seats in memory, which have the roles of rows."""
        after = await sync_to_async(rows)()
        wrong = [
            change
            for change in changes(before, after)
            if not is_right(change, self._who, self._persons, room)
        ]
        assert wrong == [], [(each.model, each.fields, each.now) for each in wrong]
        owners = Membership.objects.filter(room=room, role=Role.OWNER)
        assert await owners.acount() == 1
        await room.arefresh_from_db()
        call = hub.get(room.pk)
        for seat in call.seats if call is not None else ():
            claim = seat.claim
            user = await sync_to_async(self._user)(claim.user)
            role = await sync_to_async(access.role_in)(room, user)
            assert claim.role == role, claim
            if self._who in NOT_SEATED:
                assert claim.user == self._case.bystander.pk or claim.name == "June"

    def _user(self, number: int | None) -> User | None:
        known = [*self._case.users.values(), self._case.bystander]
        return next((user for user in known if user.pk == number), None)

    async def _everybody_goes(self, room: Room, victims: list[Caller]) -> None:
        for caller in [*self._attackers, *victims]:
            await caller.go()
        self._attackers.clear()
        self._persons.clear()
        await self._meeting.some_time(61)

    async def _next_door_goes_on(
        self, amara: Caller, mira: Caller, number: int
    ) -> None:
        offer = {"epoch": 1, "number": number, "sdp": SDP}
        await amara.say(type="offer", to=mira.seat, **offer)
        heard = await mira.hears("peer-offer")
        assert (heard["number"], heard["from"]) == (number, amara.seat)
        await mira.say(type="answer", to=amara.seat, **offer)
        assert (await amara.hears("peer-answer"))["number"] == number
        await quiet(amara, mira)
        self._meeting.time.pass_by(1)

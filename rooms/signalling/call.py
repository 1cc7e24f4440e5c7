"""What goes on in one room, in this process: who is at the door, who hears of what.

`Seats` decides, `Call` tells. All of it happens at once, between two awaits of the
loop, so everybody hears things in one order. Frames are encoded once per broadcast.
"""

from collections.abc import Callable, Collection, Iterable

import msgspec

from ..rights import Act, always_gets_in, may
from . import metrics
from .admission import facts_of, open_to
from .bus import RoomChanged, StandingChanged
from .doorway import Doorway, Sight
from .floor import Floor, take_over
from .hiding import hidden
from .holder import Departure, Socket
from .knocks import knocks
from .protocol import (
    Close,
    Door,
    Join,
    Knocking,
    Named,
    PeerAway,
    PeerJoined,
    PeerLeft,
    PeerRevoked,
    PeerState,
    ProtocolError,
    Rank,
    Relayed,
    ServerMessage,
    Slot,
    Slots,
    State,
    Unheard,
    Waiting,
    Welcome,
    encode,
    error,
    relayed,
)
from .protocol import RoomChanged as RoomChangedMessage
from .protocol import TurnedAway as TurnedAwayMessage
from .right import REFUSED, REVOKED, Right, TakenBack, of_seat, of_socket
from .seats import (
    Away,
    Changed,
    Claim,
    Clock,
    Fact,
    Joined,
    Knocked,
    Left,
    LobbyChanged,
    Moved,
    Queued,
    Refused,
    Seat,
    Seats,
    TurnedAway,
    Welcomed,
    Whole,
)
from .throng import Throng
from .tickets import Entry
from .welcomes import shown, welcome

LEFT_AT_MOST = 256
"""So many seats that were left on purpose are remembered for each call."""

BARRED_AT_MOST = 1024
"""So many seats to which the right was taken back."""


RANKS = {"co-host": Rank.HOST, "owner": Rank.OWNER}
"""Of those who sit; the others have the rank of a seat."""


class Call:
    """One room's people. Made by the hub when the first of them says hello.

    `partial`: others of this room are with processes that cannot be reached just now.
    `checked`: the room's facts are those of its row, as of a minute ago at most.
    """

    def __init__(self, entry: Entry, clock: Clock) -> None:
        self.facts = facts_of(entry)
        self.partial = False
        self.checked = False
        self.chat_number = entry.chat_number
        self.seats: Seats[Socket] = Seats(
            entry.limit,
            clock,
            lobby=entry.lobby,
            locked=entry.locked,
            goes_on=entry.running,
        )
        self._clock = clock
        self._door = Doorway(self._seen_from_door, self._sight_of)
        self._throng = Throng(clock)
        self._arriving: set[Seat[Socket]] = set()
        self.left: dict[str, int] = {}
        """Seats that were left on purpose, with the `since` that ended so."""
        self.barred: dict[str, None] = {}
        """Seats to which the right was taken back: pages here hear of none again."""
        self.floor = Floor(self, clock)
        """What hosts have decided about those inside."""
        self.sent_away: Callable[[int, list[Right], TakenBack], None] = _nothing
        """Told of those whose right was taken back, with the room and how."""

    @property
    def room(self) -> int:
        return self.facts.room

    @property
    def idle(self) -> bool:
        """Whether nobody is here and nothing is kept for anybody."""
        return not self._door and self.seats.idle

    @property
    def deadline(self) -> float | None:
        """When `expire` has something to do next, on the clock's growing seconds."""
        due = (self.seats.deadline, self.floor.deadline)
        return min((each for each in due if each is not None), default=None)

    def rank(self, socket: Socket) -> Rank:
        seat = self.seats.of(socket)
        return Rank.DOOR if seat is None else RANKS.get(seat.claim.role, Rank.SEAT)

    def admits(self, entry: Entry) -> bool:
        """Whether the room, as it is known here, is open to this person.

        Who sits keeps the seat when a room is closed to guests, or to the uninvited.
        """
        newest = max(self.facts, facts_of(entry), key=lambda facts: facts.version)
        return open_to(entry, newest) or self.seats.get(entry.seat) is not None

    def enter(self, socket: Socket) -> None:
        """Stand at the door: be told who is inside, and be told of to nobody."""
        self.checked = self.checked or socket.checked
        self.change(facts_of(socket.entry))
        self._recall(socket)
        self.chat_number = max(self.chat_number, socket.entry.chat_number)
        self._door.stand(socket)
        many = self._throng.too_many(list(self._door), self.facts.limit)
        if many:
            self._make_way(many)

    def join(self, socket: Socket, message: Join, name: str) -> None:
        """Take the seat of the socket's entry, or wait for a host or a place.

        Whoever sits already is welcomed again, with fresh credentials. Raises
        ProtocolError where the seat was taken anew, or somebody knocked, too often.
        """
        entry = socket.entry
        sits = self.seats.get(entry.seat)
        if self._knocks_anew(entry) and not self._throng.may_knock(entry.person):
            raise ProtocolError("too-fast", "join")
        goes_on = sits is not None and sits.claim.instance == socket.instance
        if not goes_on and not self._throng.may_live(entry.seat):
            raise ProtocolError("too-fast", "join")
        claim = Claim(
            seat=entry.seat,
            user=entry.user,
            role=entry.role,
            guest=entry.guest,
            instance=socket.instance,
            name=self.floor.name_of(entry.person, name),
            version=message.version,
            slots=message.slots,
            answers_only=message.answers_only,
            picture=entry.picture,
            since=entry.since if entry.instance == socket.instance else 0,
            revocations=entry.revocations,
            checked=socket.checked,
            person=entry.person,
            browser=entry.browser,
            admitted=entry.admitted,
            sat=entry.since,
            bind=socket.bind,
            login=entry.login,
            invited=entry.invited,
            forbidden=entry.forbidden,
        )
        facts = self.seats.ask(claim, socket)
        if (seat := self.seats.of(socket)) is not None:
            self.floor.sits(seat, entry)
        self._follow(facts)

    def restore(
        self, claim: Claim, version: int, slots: Slots, held: Iterable[Slot]
    ) -> None:
        """Know of a seat that another process knew, and of what is held there."""
        is_new = self.seats.get(claim.seat) is None
        self.seats.restore(claim, version, slots)
        seat = self.seats.get(claim.seat)
        if seat is not None and seat.claim.instance == claim.instance:
            seat.hold(*held)
            if is_new:
                self.floor.shown(seat)
            else:
                self.floor.tell()

    def _recall(self, socket: Socket) -> None:
        """Of who comes back to a seat, more is known here than was signed once."""
        entry = socket.entry
        seat = self.seats.get(entry.seat)
        if seat is not None and seat.checked and entry.since:
            take_over(socket, seat.claim.role, seat.claim.forbidden)

    def stand(self, news: StandingChanged) -> None:
        """Somebody is something else here, or may do something else."""
        for socket in self._door:
            if socket.entry.person == news.person:
                take_over(socket, news.role, news.forbidden)
        self.floor.stand(news)
        # It may let them in where they wait, or show them who does.
        self._follow(self.seats.stand(news.person, news.role, news.forbidden))
        for seat in self._present():
            if seat.claim.person == news.person:
                self._tell_knocks_to(seat)

    def leave(self, socket: Socket) -> None:
        """Back to the door, on the person's own wish.

        They may sit down again from there; the tokens they had open nothing more.
        """
        self._door.leave(socket)
        socket.entry = msgspec.structs.replace(socket.entry, admitted=False)
        self._get_up(socket)
        self._door.stand(socket)

    def ended(self, entry: Entry) -> bool:
        """Whether this is the token of a seat that its person has left on purpose."""
        return 0 < entry.since <= self.left.get(entry.seat, 0)

    def gone(self, socket: Socket, how: Departure) -> None:
        """The socket is no more."""
        self._door.leave(socket)
        if how == "left":
            self._get_up(socket)
        else:
            self._follow(self.seats.drop(socket, closed=how == "closed"))

    def state(self, socket: Socket, message: State) -> None:
        self._follow(self.seats.state(socket, message.version, message.slots))

    def unheard(self, socket: Socket, message: Unheard) -> None:
        """Whose heartbeat this person misses, as their page says."""
        self.seats.unheard(socket, message.seats)

    def relay(self, socket: Socket, message: Relayed) -> bool:
        """Hand a message to the one it is for; false if nobody sits there."""
        let_through = hidden(message) if self.facts.relay_only else message
        if let_through is None:
            return self._sits_beside(socket, message.to) is not None
        sender = socket.entry.seat
        return self.deliver(socket, message.to, relayed(let_through, sender))

    def deliver(self, socket: Socket, to: str, message: ServerMessage) -> bool:
        """Send to one other seat of this room; false if nobody sits there."""
        seat = self._sits_beside(socket, to)
        if seat is None:
            return False
        if seat.holder is not None:
            seat.holder.tell(message)
        else:
            metrics.dropped("away")
        return True

    def _sits_beside(self, socket: Socket, to: str) -> Seat[Socket] | None:
        return None if to == socket.entry.seat else self.seats.get(to)

    def broadcast(
        self, message: ServerMessage, but: Seat[Socket] | None = None
    ) -> None:
        """Send to everybody who has been welcomed, or to every other."""
        frame = encode(message)
        for seat in self._present():
            if seat is not but and seat.holder is not None:
                seat.holder.post(frame)

    def expire(self) -> None:
        """Give up the places that were kept long enough; end, if it is to end now."""
        ends = self.floor.deadline
        if ends is not None and ends <= self._clock.now():
            self.finish()
        else:
            self._follow(self.seats.expire())

    def finish(self) -> None:
        """Send everybody home who sits or waits; who stands at the door stays there."""
        waiting = [each for each in self._door if self.seats.waits(each)]
        for socket in (*waiting, *self._inside()):
            self._door.leave(socket)
            socket.close(Close.ENDED)
        self.seats.clear()
        self.floor.over()
        self._door.tell()

    def change(self, facts: RoomChanged, *, row: bool = False) -> bool:
        """Take over newer facts about the room; those of an old token are older.

        `row`: they are read from the room's row. Until that can be read, a room whose
        addresses any token hides does so: its owner's last word is not known.

        Returns whether they change anything.
        """
        before = self.facts
        newer = facts.version > before.version
        same = facts.version == before.version
        newest = facts if newer or (row and same) else before
        hides = facts.relay_only or before.relay_only
        # A token may know the newest facts and an older revocation.
        revocation = max(facts.revocation, before.revocation)
        self.facts = msgspec.structs.replace(
            newest,
            revocation=revocation,
            relay_only=newest.relay_only or (hides and not self.checked),
        )
        if revocation > before.revocation:
            self.revoke(lambda right: right.revocations[1] < revocation)
        if newer or self.facts.relay_only != before.relay_only:
            self._close_door()
            self.broadcast(RoomChangedMessage(shown(self.facts)))
            self.floor.tell()
            self._follow(
                self.seats.rule(
                    limit=self.facts.limit,
                    lobby=self.facts.lobby,
                    locked=self.facts.locked,
                )
            )
            if self.facts.link not in ("", before.link):
                self.welcome_all()
        return self.facts != before

    def at_door(self) -> Iterable[Entry]:
        """The entries of those who do not sit, also of those who wait for a place."""
        return [socket.entry for socket in self._door]

    def people(self) -> Iterable[int]:
        """The accounts of all who sit here or stand at the door."""
        for entry in self.at_door():
            if entry.user is not None:
                yield entry.user
        for seat in self.seats:
            if seat.claim.user is not None:
                yield seat.claim.user

    def logins(self) -> Iterable[int]:
        """The log-ins by which people sit here or stand at the door."""
        for entry in self.at_door():
            if entry.login:
                yield entry.login
        for seat in self.seats:
            if login := of_seat(seat).login:
                yield login

    def unchecked(self) -> Iterable[Socket]:
        """Those who came in by what was signed, since no rows could be read."""
        return [
            socket for socket in (*self._door, *self._inside()) if not socket.checked
        ]

    def check(self, socket: Socket, entry: Entry) -> None:
        """The rows have been read for somebody who came in without: this holds."""
        self.checked = socket.checked = True
        socket.entry = entry
        seat = self.seats.of(socket)
        if seat is not None:
            seat.checked = True
            self.floor.sits(seat, entry)
            self.floor.tell()
        if open_to(entry, self.facts):
            return
        if seat is None:
            self._close_door()
        else:
            self.revoke(lambda right: right.seat == seat.id, REFUSED)

    def revoke(
        self, ends: Callable[[Right], bool], how: TakenBack = REVOKED
    ) -> list[Right]:
        """Take back the right of all of whom `ends` is true; who they were.

        The others are told so of each seat, also of one that no socket serves, and hear
        of it never again.
        """
        gone = [socket for socket in self._door if ends(of_socket(socket))]
        seats = [seat for seat in self.seats if ends(of_seat(seat))]
        rights = [*map(of_socket, gone), *map(of_seat, seats)]
        self.bar(right.seat for right in rights)
        self._send_away(gone, how)
        for seat in seats:
            self._remove(seat, how)
        if rights:
            self.sent_away(self.room, rights, how)
        return rights

    def hear_barred(self, seat: str, how: TakenBack) -> None:
        """A process that cannot be reached took back the right to this seat."""
        known = self.seats.get(seat) is not None
        self.revoke(lambda right: right.seat == seat, how)
        self.bar([seat])
        if not known:
            # Pages here may be connected to it all the same.
            self.broadcast(PeerRevoked(seat, how.reason))

    def bar(self, seats: Iterable[str]) -> None:
        """Let nobody sit in these any more, whatever was signed."""
        for seat in seats:
            self.barred.pop(seat, None)
            self.barred[seat] = None
            if len(self.barred) > BARRED_AT_MOST:
                del self.barred[next(iter(self.barred))]

    def show(self, socket: Socket) -> None:
        """Tell somebody anew all that they should know of the call by now."""
        if (seat := self.seats.of(socket)) is not None:
            self._welcome_again(socket, seat)
            return
        socket.tell(self._seen_from_door(self._sight_of(socket)))
        if (ahead := self.seats.ahead_of(socket)) is not None:
            socket.tell(Waiting(ahead))
        if self.seats.waiting.for_host(socket):
            socket.tell(Knocking())

    def welcome_all(self) -> None:
        """Tell everybody inside anew who is here, and whether that is everybody."""
        for seat in self._present():
            if seat.holder is not None:
                self._welcome_again(seat.holder, seat)

    def _welcome_again(self, socket: Socket, seat: Seat[Socket]) -> None:
        # Whoever is welcomed begins anew to say whom they miss.
        self.seats.unheard(socket, ())
        socket.tell(self._welcome(socket, seat))
        self._tell_knocks_to(seat)

    def may_order(self, person: str) -> bool:
        """Whether this person may give one more order now."""
        return self._throng.may_order(person)

    def admit(self, seats: Iterable[str]) -> None:
        """A host lets these in who knocked; others are passed over."""
        self._follow(self.seats.admit(seats))

    def refuse(self, seats: Iterable[str]) -> None:
        """A host does not let these in who knocked."""
        self._follow(self.seats.refuse(seats))

    def tell_knocks(self) -> None:
        """Show every host who waits in the lobby."""
        for seat in self._present():
            self._tell_knocks_to(seat)

    def uninvite(self, people: Collection[str]) -> None:
        """These may come in no more by invitation or role; those who sit may stay."""
        for socket in self._door:
            if socket.entry.person in people:
                socket.entry = msgspec.structs.replace(socket.entry, invited=False)
        self._close_door()

    def disinvite(self, people: Collection[str]) -> None:
        """What let these in was taken back: where that is needed they have to go."""
        self.uninvite(people)
        if self.facts.access == "invited":
            self.revoke(lambda right: right.invited and right.person in people)

    def end(self) -> None:
        """The room is deleted: everybody goes."""
        rights = [*map(of_socket, self._door), *map(of_seat, self.seats)]
        self.close_all(Close.ROOM_DELETED)
        self._door.clear()
        self.seats.clear()
        self.sent_away(self.room, rights, REVOKED)

    def close_all(self, code: int) -> None:
        """Close the sockets of everybody inside and at the door."""
        for socket in [*self._door, *self._inside()]:
            socket.close(code)

    def _close_door(self) -> None:
        """Send those away who stand at the door and may not come in any more."""
        gone = [each for each in self._door if not self.admits(each.entry)]
        self._send_away(gone, REFUSED)

    def _make_way(self, many: list[Socket]) -> None:
        """Let the first of these go who does not wait for a place; they may return."""
        for socket in many:
            # The last has only just come, so there is one.
            if not self.seats.waits(socket):
                self._door.leave(socket)
                socket.close(Close.HELLO_TIMEOUT)
                return

    def _send_away(self, sockets: Collection[Socket], how: TakenBack) -> None:
        """Close these, which stand at the door."""
        for socket in sockets:
            self._door.leave(socket)
            socket.tell(error(how.error, words=how.words))
            socket.close(how.code)
        for socket in sockets:
            self._follow(self.seats.leave(socket))

    def _remove(self, seat: Seat[Socket], how: TakenBack) -> None:
        """Send somebody away who sits, or whose line was lost."""
        if seat.holder is not None:
            seat.holder.tell(error(how.error, words=how.words))
            seat.holder.close(how.code)
        self._follow(self.seats.remove(seat, how.reason))

    def _get_up(self, socket: Socket) -> None:
        if (seat := self.seats.of(socket)) is not None:
            self.left.pop(seat.id, None)
            self.left[seat.id] = seat.since
            if len(self.left) > LEFT_AT_MOST:
                del self.left[next(iter(self.left))]
        self._follow(self.seats.leave(socket))

    def _inside(self) -> Iterable[Socket]:
        return [seat.holder for seat in self.seats if seat.holder is not None]

    def _present(self) -> Iterable[Seat[Socket]]:
        """The seats, without those whose welcome is about to be said."""
        return [seat for seat in self.seats if seat not in self._arriving]

    def _follow(self, facts: list[Fact[Socket]]) -> None:
        # The seats are already as they are after the last fact. Somebody who is let in
        # by one of them must not hear of what came before.
        self._arriving = {fact.seat for fact in facts if isinstance(fact, Welcomed)}
        for fact in facts:
            match fact:
                case Welcomed(holder, seat):
                    self._door.leave(holder)
                    holder.tell(self._welcome(holder, seat))
                    self._arriving.discard(seat)
                    self._tell_knocks_to(seat)
                case Queued(holder, ahead):
                    holder.tell(Waiting(ahead))
                case Knocked(holder):
                    holder.tell(Knocking())
                case TurnedAway(holder):
                    holder.tell(TurnedAwayMessage())
                case Refused(holder, code):
                    holder.tell(error(code, "join"))
                case LobbyChanged():
                    self.tell_knocks()
                case Moved(holder):
                    self._door.leave(holder)
                    holder.close(Close.MOVED)
                case Joined(seat):
                    self.broadcast(PeerJoined(self.floor.person(seat)), but=seat)
                    self.floor.shown(seat)
                case Away(seat, away):
                    self.broadcast(PeerAway(seat.id, away), but=seat)
                case Whole():
                    self.welcome_all()
                case Changed(seat):
                    self.broadcast(
                        PeerState(seat.id, seat.version, seat.slots), but=seat
                    )
                    self.floor.heeded(seat)
                case Left(seat, "removed" | "revoked" as reason):
                    self.broadcast(PeerRevoked(seat.id, reason))
                    self.floor.gone(seat.id)
                case Left(seat, "left" | "closed" | "lost" as reason):
                    self.broadcast(PeerLeft(seat.id, reason))
                    if reason == "left":
                        self.floor.gone(seat.id)
        if any(isinstance(fact, Welcomed | Joined | Left) for fact in facts):
            self.floor.tell()
        self._door.tell()

    def _sight_of(self, socket: Socket) -> Sight:
        entry = socket.entry
        if always_gets_in(entry.role):
            return Sight.AS_HOST
        hidden = self._has_to_knock(entry) and self.seats.get(entry.seat) is None
        return Sight.NOTHING if hidden else Sight.ALL

    def _seen_from_door(self, sight: Sight) -> Door:
        if sight is Sight.NOTHING:
            return Door(shown(self.facts), (), full=False)
        people = tuple(
            Named(seat.claim.name, seat.claim.picture) for seat in self.seats
        )
        full = self.seats.full and sight is not Sight.AS_HOST
        return Door(shown(self.facts), people, full)

    def _has_to_knock(self, entry: Entry) -> bool:
        return self.seats.waiting.has_to_knock(
            entry.seat, entry.role, admitted=entry.admitted
        )

    def _knocks_anew(self, entry: Entry) -> bool:
        is_new = self.seats.get(entry.seat) is None
        is_new = is_new and not self.seats.waiting.is_in_lobby(entry.seat)
        return is_new and self._has_to_knock(entry)

    def _tell_knocks_to(self, seat: Seat[Socket]) -> None:
        """Show a host who waits in the lobby; a room without one has nobody there."""
        if seat.holder is None or not may(seat.claim.role, Act.ADMIT):
            return
        if self.facts.lobby:
            seat.holder.tell(knocks(self.seats.waiting.knocks, self._looks_alike))

    def _looks_alike(self, claim: Claim) -> bool:
        return self.floor.looks_alike(claim.name, claim.person, claim.role)

    def _welcome(self, socket: Socket, seat: Seat[Socket]) -> Welcome:
        return welcome(
            socket,
            seat,
            self.facts,
            self.floor,
            tuple(
                self.floor.person(each) for each in self._present() if each is not seat
            ),
            chat_number=self.chat_number,
            partial=self.partial or self.seats.partial,
            seconds=self._clock.wall(),
        )


def _nothing(room: int, rights: list[Right], how: TakenBack) -> None:
    pass

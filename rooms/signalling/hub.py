"""All calls of this process: finds them, keeps their deadlines, passes on the news."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator, Mapping

from conference.log import about

from .admission import facts_of, open_to
from .bans import Bans, marks
from .bus import (
    AccountRevoked,
    CallEnds,
    KeptOut,
    LetBack,
    News,
    Notice,
    RoomChanged,
    RoomDeleted,
    SessionsEnded,
    StandingChanged,
    Uninvited,
)
from .call import Call
from .holder import Departure, Socket
from .protocol import Announcement
from .right import REMOVED, REVOKED, Right, TakenBack
from .seats import Clock
from .tickets import Entry

logger = logging.getLogger(__name__)

BEAT_SECONDS = 0.5
"""So often a process that awaits somebody looks whether it ran all the time."""

STILL_SECONDS = 2.0
"""Time in which the loop stood still for longer counts for nobody."""

RAISED_AT_MOST = 4096
"""So many accounts whose tokens were revoked are remembered."""

ENDED_AT_MOST = 8192
"""So many sessions that were ended."""

OVER_AT_MOST = 4096
"""So many calls that were ended for everybody, with the time."""


class Hub:
    """The calls by room. `changed` is called whenever somebody came or went."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.changed: Callable[[], None] = _nothing
        self.touched: set[int] | None = None
        """Rooms in which something has changed, while somebody collects them."""
        self.sent_away: Callable[[int, list[Right], TakenBack], None] = _nobody
        """Told of those whose right was taken back, with the room and how."""
        self.bans = Bans(lambda: self.clock.now())
        """Whom rooms keep out."""
        self._calls: dict[int, Call] = {}
        self._kept: set[Call] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._wakes = 0.0
        self._ran: float | None = None
        self._raised: dict[int, int] = {}
        self._ended: dict[str, None] = {}
        self._over: dict[int, int] = {}

    def __iter__(self) -> Iterator[Call]:
        return iter(list(self._calls.values()))

    def get(self, room: int) -> Call | None:
        return self._calls.get(room)

    def keeps_out(self, entry: Entry) -> bool:
        """Whether a host has sent this person away, as far as this process knows."""
        if entry.room not in self._calls:
            self.bans.drop_old(entry.room)
        return self.bans.keeps_out(entry)

    def admits(self, entry: Entry) -> bool:
        """Whether this person may come in, as far as this process knows."""
        call = self._calls.get(entry.room)
        return open_to(entry, facts_of(entry)) if call is None else call.admits(entry)

    def knows(self, entry: Entry) -> bool:
        """Whether this process needs no look at the rows for a token that is old.

        It hears what becomes of those who sit, and of nobody else: what is forbidden to
        them, and what they are, may have changed since.
        """
        call = self._calls.get(entry.room)
        seat = None if call is None else call.seats.get(entry.seat)
        return seat is not None and seat.checked

    def revokes(self, entry: Entry, bind: str) -> bool:
        """Whether the right to this seat was taken back, as far as is known here.

        Also by the person, who has left the seat on purpose while the call goes on.
        `bind` stands for the browser that brings it.
        """
        if self._is_void(entry.user, entry.revocations, bind):
            return True
        call = self._calls.get(entry.room)
        return call is not None and (
            entry.revocations[1] < call.facts.revocation
            or entry.seat in call.barred
            or call.ended(entry)
        )

    def _is_void(
        self, user: int | None, revocations: tuple[int, int], bind: str
    ) -> bool:
        """Whether account or session are known to open nothing any more."""
        if user is None:
            return False
        return bind in self._ended or revocations[0] < self._raised.get(user, 0)

    def remember(self, account: int, revocation: int) -> None:
        """Tokens of this account that were signed with a smaller number are void."""
        known = self._raised.pop(account, 0)
        self._raised[account] = max(known, revocation)
        if len(self._raised) > RAISED_AT_MOST:
            del self._raised[next(iter(self._raised))]

    def is_over(self, entry: Entry) -> bool:
        """Whether this seat was taken in a call that was ended for everybody since."""
        at = self._over.get(entry.room, 0)
        return 0 < entry.since <= at <= self.clock.wall() * 1000

    def enter(self, socket: Socket) -> Call:
        """Bring somebody who said hello to the door of their room."""
        call = self.open(socket.entry)
        call.enter(socket)
        self.changed()
        return call

    def open(self, entry: Entry) -> Call:
        """The call of this room, made if there is none; then somebody has to enter."""
        call = self._calls.get(entry.room)
        if call is None:
            self.bans.drop_old(entry.room)
            call = self._calls[entry.room] = Call(entry, self.clock)
            call.sent_away = self.sent_away
        return call

    def forget(self, room: int) -> Call | None:
        """Know this room's call no more; it goes on elsewhere, and nobody is told."""
        call = self._calls.pop(room, None)
        if call is not None:
            self._kept.discard(call)
            self.changed()
        return call

    def gone(self, call: Call, socket: Socket, how: Departure) -> None:
        """Somebody's socket is no more."""
        self._see_stall()
        call.gone(socket, how)
        self.settle(call)

    def settle(self, call: Call) -> None:
        """See to what a call's change calls for: deadlines, an end, the copy.

        Nothing, where the call is no longer this process's.
        """
        if self._calls.get(call.room) is not call:
            return
        if (deadline := call.deadline) is not None:
            self._kept.add(call)
            self._wake_at(deadline)
        else:
            self._kept.discard(call)
            if call.idle:
                del self._calls[call.room]
        if self.touched is not None:
            self.touched.add(call.room)
        self.changed()

    def tick(self) -> None:
        """Give up the places whose time is over."""
        self._stop_timer()
        self._see_stall()
        now = self.clock.now()
        for call in list(self._kept):
            deadline = call.deadline
            if deadline is not None and deadline > now:
                self._wake_at(deadline)
                continue
            try:
                call.expire()
                self.settle(call)
            except Exception:
                # A fault of ours: it costs no other room its deadlines.
                logger.exception("A call stands still", extra=about(call.room))
                self._wake_at(now + BEAT_SECONDS)
        if not self._kept:
            self._ran = None

    def hear(self, news: News) -> None:
        """Follow what some process announced."""
        match news:
            case AccountRevoked(user, revocation, why):
                self.remember(user, revocation)
                self.expel(
                    lambda right: (
                        right.user == user and right.revocations[0] < revocation
                    ),
                    REVOKED.saying(why),
                )
                return
            case SessionsEnded(binds):
                self._end_sessions(binds)
                return
            case CallEnds():
                self._note_end(news)
            case KeptOut():
                self._keep_out(news)
                return
            case LetBack(room, person, browser):
                self.bans.let_back(room, marks(person, browser))
                return
        call = self._calls.get(news.room)
        if call is None:
            return
        match news:
            case CallEnds():
                call.floor.end(news)
                self.settle(call)
            case StandingChanged():
                call.stand(news)
                self.settle(call)
            case Notice():
                call.broadcast(Announcement(news.text))
            case RoomChanged():
                call.checked = True
                if call.change(news, row=True):
                    self.settle(call)
            case RoomDeleted():
                self._end(call)
                self.changed()
            case Uninvited(people=people):
                self.disinvite(call.room, people)

    def read_bans(self, rows: Mapping[int, Collection[str]], heard: int) -> None:
        """These rooms keep these out, as their rows say; nobody else.

        `heard` is what `bans` had heard before they were read.
        """
        if not self.bans.read(rows, heard):
            return
        for room in rows:
            if (call := self._calls.get(room)) is not None:
                self._expel_kept_out(call, REMOVED)

    def _keep_out(self, news: KeptOut) -> None:
        self.bans.keep_out(news.room, marks(news.person, news.browser))
        if (call := self._calls.get(news.room)) is not None:
            self._expel_kept_out(call, REMOVED.saying(news.reason))

    def _expel_kept_out(self, call: Call, how: TakenBack) -> None:
        if call.revoke(lambda right: self.bans.ends(call.room, right), how):
            self.settle(call)

    def expel(self, ends: Callable[[Right], bool], how: TakenBack = REVOKED) -> None:
        """Take back the right of all of whom `ends` is true, in every call here."""
        for call in self:
            if call.revoke(ends, how):
                self.settle(call)

    def expel_void(self, call: Call) -> None:
        """Send away whom this process knows to have no right any more.

        For a call of which another process has just said what it knew.
        """
        call.revoke(
            lambda right: (
                right.seat in call.barred
                or self._is_void(right.user, right.revocations, right.bind)
            )
        )
        call.revoke(lambda right: self.bans.ends(call.room, right), REMOVED)

    def check(self, socket: Socket, entry: Entry) -> None:
        """The rows have been read for somebody who came in without: this holds."""
        call = self._calls.get(entry.room)
        if call is not None:
            call.check(socket, entry)
            self.settle(call)

    def uninvite(self, room: int, people: Collection[str]) -> None:
        """These may not come into a room for invited people any more."""
        if (call := self._calls.get(room)) is not None:
            call.uninvite(people)
            self.changed()

    def hear_barred(self, room: int, seat: str, reason: str) -> None:
        """A process that cannot be reached took back the right to this seat."""
        call = self._calls.get(room)
        if call is not None and seat not in call.barred:
            call.hear_barred(seat, REMOVED if reason == "removed" else REVOKED)
            self.settle(call)

    def disinvite(self, room: int, people: Collection[str]) -> None:
        """What let these in was taken back: where that is needed they have to go."""
        if (call := self._calls.get(room)) is not None:
            call.disinvite(people)
            self.settle(call)

    def end_logins(self, asked: Collection[int], living: Collection[int]) -> None:
        """Send away whose log-in was looked for, and is over."""
        gone = {*asked} - {*living}
        if gone:
            self.expel(lambda right: right.login in gone)

    def revoke(self, asked: Collection[int], living: Mapping[int, int]) -> None:
        """Send away whose account was closed or deleted, or whose tokens were revoked.

        `asked` are accounts that were looked for; `living` those of them that are there
        and not closed, by their revocation.
        """

        def ends(right: Right) -> bool:
            account, signed = right.user, right.revocations[0]
            if account is None or account not in asked:
                return False
            now = living.get(account)
            if now is not None and signed < now:
                self.remember(account, now)
            return now is None or signed < now

        self.expel(ends)

    def close_all(self, code: int) -> None:
        """Close every socket and forget every call; the process ends."""
        for call in self:
            call.close_all(code)
        self._calls.clear()
        self._kept.clear()
        self._raised.clear()
        self._ended.clear()
        self._over.clear()
        self.bans.clear()
        self._ran = None
        self._stop_timer()

    def _end_sessions(self, binds: Collection[str]) -> None:
        """Nothing that these sessions opened stays open; nor does their token."""
        for bind in binds:
            self._ended.pop(bind, None)
            self._ended[bind] = None
            if len(self._ended) > ENDED_AT_MOST:
                del self._ended[next(iter(self._ended))]
        ended = frozenset(binds)
        self.expel(lambda right: right.user is not None and right.bind in ended)

    def _note_end(self, news: CallEnds) -> None:
        """Remember when a call ends, for those who come back to it afterwards."""
        self._over.pop(news.room, None)
        if news.at:
            self._over[news.room] = news.at
        if len(self._over) > OVER_AT_MOST:
            del self._over[next(iter(self._over))]

    def _end(self, call: Call) -> None:
        logger.info("The room is deleted: its call ends", extra=about(call.room))
        call.end()
        self._calls.pop(call.room, None)
        self._kept.discard(call)

    def _wake_at(self, deadline: float) -> None:
        """Let `tick` run then at the latest; one timer serves all calls."""
        now = self.clock.now()
        wakes = min(deadline, now + BEAT_SECONDS)
        if self._ran is None:
            self._ran = now
        if self._timer is not None and self._wakes <= wakes:
            return
        self._stop_timer()
        self._wakes = wakes
        wait = max(wakes - now, 0.0)
        self._timer = asyncio.get_running_loop().call_later(wait, self.tick)

    def _see_stall(self) -> None:
        """Only time in which clients could reach this process counts for anybody."""
        now = self.clock.now()
        if self._ran is None:
            return
        still = now - self._ran - BEAT_SECONDS
        self._ran = now
        if still > STILL_SECONDS:
            logger.warning("This process stood still for %.1f seconds", still)
            for call in self._kept:
                call.seats.put_off(still + BEAT_SECONDS)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _nothing() -> None:
    pass


def _nobody(room: int, rights: list[Right], how: TakenBack) -> None:
    pass

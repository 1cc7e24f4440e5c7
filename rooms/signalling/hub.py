"""All calls of this process: finds them, keeps their deadlines, passes on the news."""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterator

from .bus import Announcement, RoomChanged, RoomDeleted
from .call import Call, Departure, Socket, facts_of, open_to
from .seats import Clock
from .tickets import Entry

logger = logging.getLogger(__name__)


class Hub:
    """The calls by room. `changed` is called whenever somebody came or went."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.changed: Callable[[], None] = _nothing
        self._calls: dict[int, Call] = {}
        self._kept: set[Call] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0

    def __iter__(self) -> Iterator[Call]:
        return iter(list(self._calls.values()))

    def get(self, room: int) -> Call | None:
        return self._calls.get(room)

    def admits(self, entry: Entry) -> bool:
        """Whether this person may come in, as far as this process knows."""
        call = self._calls.get(entry.room)
        return open_to(entry, facts_of(entry)) if call is None else call.admits(entry)

    def knows(self, entry: Entry) -> bool:
        """Whether this process needs no look at the rows for a token that is old.

        It hears of every change of a room with a call in it, but not of invitations or
        accounts that end: where they count, it knows only who sits.
        """
        call = self._calls.get(entry.room)
        if call is None:
            return False
        anybody = call.facts.access != "invited" and entry.user is None
        return anybody or call.seats.get(entry.seat) is not None

    def enter(self, socket: Socket) -> Call:
        """Bring somebody who said hello to the door of their room."""
        entry = socket.entry
        call = self._calls.get(entry.room)
        if call is None:
            call = self._calls[entry.room] = Call(entry, self.clock)
        call.enter(socket)
        self.changed()
        return call

    def gone(self, call: Call, socket: Socket, how: Departure) -> None:
        """Somebody's socket is no more."""
        call.gone(socket, how)
        self.settle(call)

    def settle(self, call: Call) -> None:
        """See to what a call's change calls for: deadlines, an end, the copy."""
        if (deadline := call.seats.deadline) is not None:
            self._kept.add(call)
            self._wake_at(deadline)
        elif call.idle and self._calls.get(call.room) is call:
            del self._calls[call.room]
        self.changed()

    def tick(self) -> None:
        """Give up the places whose time is over."""
        self._stop_timer()
        for call in list(self._kept):
            call.expire()
            if call.seats.deadline is None:
                self._kept.discard(call)
            self.settle(call)

    def hear(self, news: Announcement) -> None:
        """Follow what some process announced about a room."""
        call = self._calls.get(news.room)
        if call is None:
            return
        match news:
            case RoomChanged():
                call.change(news)
            case RoomDeleted():
                self._end(call)
        self.changed()

    def uninvite(self, room: int, people: Collection[str]) -> None:
        """These may not come into a room for invited people any more."""
        if (call := self._calls.get(room)) is not None:
            call.uninvite(people)
            self.changed()

    def close_all(self, code: int) -> None:
        """Close every socket and forget every call; the process ends."""
        for call in self:
            call.close_all(code)
        self._calls.clear()
        self._kept.clear()
        self._stop_timer()

    def _end(self, call: Call) -> None:
        logger.info("Room %d is deleted: its call ends", call.room)
        call.end()
        self._calls.pop(call.room, None)
        self._kept.discard(call)

    def _wake_at(self, deadline: float) -> None:
        """Let `tick` run then at the latest; one timer serves all calls."""
        if self._timer is not None and self._due <= deadline:
            return
        self._stop_timer()
        self._due = deadline
        wait = max(deadline - self.clock.now(), 0.0)
        self._timer = asyncio.get_running_loop().call_later(wait, self.tick)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _nothing() -> None:
    pass

"""The door for sockets: learns who it is, reads frames, answers what was wrong."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import msgspec
from django.conf import settings
from django.http import parse_cookie

from conference.client import of_scope
from conference.log import about

from . import cluster, metrics
from .bus import RoomDeleted
from .cluster.attendance import Attendance
from .conversation import Conversation
from .gate import Gate
from .holder import Departure
from .lifecycle import crowd, hub, lookups, start
from .lookups import as_of
from .protocol import (
    Close,
    ErrorCode,
    Hello,
    Incoming,
    Ping,
    Pong,
    ProtocolError,
    Rank,
    Revoked,
    ServerMessage,
    encode,
    error,
)
from .socket import GOING_AWAY, NORMAL, NowhereConsumer, SocketConsumer
from .strangers import Strangers
from .tickets import Entry, TicketRefused, bind_of, read, read_resume

__all__ = ["CallConsumer", "NowhereConsumer"]

logger = logging.getLogger(__name__)

HELLO_SECONDS = 5.0
DOOR_SECONDS = 12 * 60 * 60.0
"""For somebody at the door; then a page has to ask for a ticket again."""

HELD_FRAMES = 8
"""So many frames wait while a room is looked up; clients wait for the door anyway."""

FINAL: dict[ErrorCode, Close] = {
    "ticket-refused": Close.TICKET_REFUSED,
    "kept-out": Close.REMOVED,
    "bad-protocol": Close.BAD_PROTOCOL,
}
"""Errors after which nothing can follow on this socket."""

PONG = encode(Pong())

strangers: Strangers["CallConsumer"] = Strangers(settings.STRANGERS_PER_ADDRESS)


class CallConsumer(SocketConsumer):
    """One participant's socket, from the pre-join page to the end of the call."""

    def __init__(self) -> None:
        super().__init__()
        self._conversation: Conversation | Attendance | None = None
        self._gate = Gate(hub.clock.now, self._rank)
        self._due: asyncio.TimerHandle | None = None
        self._address = ""
        self._resumes = False
        self._looking: asyncio.Task[None] | None = None
        self._held: list[str | None] = []

    @property
    def link(self) -> str:
        """The room this socket asks for, as its address names it."""
        link: str = self.scope["url_route"]["kwargs"]["link"]
        return link

    def opened(self) -> None:
        start()
        crowd.arrive(self, self.link)
        self._due = asyncio.get_running_loop().call_later(
            HELLO_SECONDS, self.close, Close.HELLO_TIMEOUT
        )
        self._address = of_scope(self.scope)
        oldest = strangers.arrive(self, self._address)
        if oldest is not None:
            oldest.close(Close.HELLO_TIMEOUT)

    def received(self, text: str | None) -> None:
        try:
            if self._looking is not None:
                self._hold(text)
            else:
                self._handle(self._gate.read(text))
        except Exception as fault:
            self._answer(fault)

    def gone(self, code: int) -> None:
        crowd.depart(self, self.link)
        strangers.depart(self, self._address)
        self._gate.shut()
        if self._due is not None:
            self._due.cancel()
        if self._looking is not None:
            self._looking.cancel()
        self._depart("closed" if code in (NORMAL, GOING_AWAY) else "lost")

    def resynced(self) -> None:
        if self._conversation is not None:
            self._conversation.show()

    def tell(self, message: ServerMessage) -> None:
        """Send one message to this client."""
        self.post(encode(message))

    def _rank(self) -> Rank:
        conversation = self._conversation
        return Rank.ANYONE if conversation is None else conversation.rank

    def _depart(self, how: Departure) -> None:
        conversation, self._conversation = self._conversation, None
        if conversation is not None:
            conversation.depart(how)

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except Exception as fault:
            self._answer(fault)

    def _answer(self, fault: Exception) -> None:
        """Say what became of a message that was not acted on."""
        if isinstance(fault, ProtocolError):
            self._refuse(fault)
            return
        # A fault of ours: it ends neither this socket nor anybody else's.
        logger.error(
            "A message could not be handled", exc_info=fault, extra=self._about()
        )
        self.tell(error("try-again"))

    def _refuse(self, fault: ProtocolError) -> None:
        metrics.dropped(fault.code)
        revoked = isinstance(fault, Revoked)
        if self._resumes and fault.about == "hello" and self._conversation is None:
            metrics.resumed("revoked" if revoked else "refused")
        self.tell(error(fault.code, fault.about, fault.to))
        if revoked:
            self.close(Close.REVOKED)
        elif (code := FINAL.get(fault.code)) is not None:
            self.close(code)
        elif self._gate.has_enough(fault):
            if self._conversation is not None:
                logger.info("Closed for abuse", extra=self._about())
            self._depart("left")
            self.close(Close.ABUSE)

    def _handle(self, message: Incoming) -> None:
        match message:
            case Ping():
                self.heard(message.heard)
                self.post(PONG)
            case Hello():
                self._hello(message)
            case _:
                # Every other type needs a rank that only a hello gives.
                assert self._conversation is not None
                self._conversation.act(message)

    def _hello(self, message: Hello) -> None:
        if self._conversation is not None:
            raise ProtocolError("bad-message", "hello")
        self._resumes = message.resume is not None
        bind = bind_of(self._cookies())
        try:
            if message.ticket is not None:
                entry = read(message.ticket, bind)
            else:
                entry = read_resume(message.resume or "", bind)
        except TicketRefused:
            raise ProtocolError("ticket-refused", "hello") from None
        if entry.link != self.link:
            raise ProtocolError("ticket-refused", "hello")
        entry = msgspec.structs.replace(entry, address=self._address)
        self._is_known()
        if not self._resumes:
            self._enter(entry, bind, message.instance)
        elif hub.knows(entry):
            self._enter(entry, bind, message.instance)
            metrics.resumed("kept")
        else:
            # Hours may lie behind this token, and nobody here has heard since whether
            # the room was deleted or closed to this person, or their account was.
            self._hold_while(self._look_up, entry, bind, message.instance)

    def _is_known(self) -> None:
        """The client has said who it is."""
        strangers.depart(self, self._address)
        if self._due is not None:
            self._due.cancel()
        loop = asyncio.get_running_loop()
        self._due = loop.call_later(DOOR_SECONDS, self._end_waiting)

    def _end_waiting(self) -> None:
        """Somebody has been known for long: nobody stands at the door for ever."""
        if self._rank() < Rank.SEAT:
            self.close(Close.TICKET_REFUSED)
        else:
            loop = asyncio.get_running_loop()
            self._due = loop.call_later(DOOR_SECONDS, self._end_waiting)

    def _hold_while(
        self,
        work: Callable[[Entry, str, str], Coroutine[Any, Any, None]],
        entry: Entry,
        bind: str,
        instance: str,
    ) -> None:
        """Keep what comes until this work is done."""

        async def worked() -> None:
            await work(entry, bind, instance)
            if isinstance(self._conversation, Attendance):
                await self._conversation.answered()
            self._looking = None
            held, self._held = self._held, []
            for text in held:
                if self.close_code is None:
                    self.received(text)

        self._looking = asyncio.create_task(worked())

    async def _look_up(self, entry: Entry, bind: str, instance: str) -> None:
        facts = await lookups.facts(entry)
        if self.close_code is not None:
            return
        with self._answering():
            if facts is None:
                # Calls go on without a database: what was signed counts until the
                # copy of the living is compared with the rows again.
                self._enter(entry, bind, instance, checked=False)
                metrics.resumed("unchecked")
                return
            hub.hear(facts.news)
            if isinstance(facts.news, RoomDeleted):
                self.close(Close.ROOM_DELETED)
                return
            if entry.user is not None and facts.standing:
                hub.remember(entry.user, facts.standing)
            self._enter(as_of(entry, facts), bind, instance)
            metrics.resumed("looked-up")

    def _hold(self, text: str | None) -> None:
        if len(self._held) == HELD_FRAMES:
            raise ProtocolError("too-fast")
        self._held.append(text)

    def _enter(
        self, entry: Entry, bind: str, instance: str, *, checked: bool = True
    ) -> None:
        if (running := cluster.running()) is None:
            conversation = Conversation(self, entry, bind, instance, checked=checked)
            conversation.enter()
            self._conversation = conversation
            return
        attendance = running.attend(
            self, entry, bind, instance, checked=checked, refuse=self._refuse
        )
        self._conversation = attendance
        running.cluster.arrive(attendance)
        if not attendance.is_answered and self._looking is None:
            self._hold_while(_nothing_more, entry, bind, instance)

    def _about(self) -> dict[str, object]:
        """Whom a line of the log is about, if they have said hello."""
        if self._conversation is None:
            return {}
        return about(self._conversation.entry.room, self._conversation.entry.seat)

    def _cookies(self) -> dict[str, str]:
        sent = (value for name, value in self.scope["headers"] if name == b"cookie")
        return parse_cookie(b"; ".join(sent).decode("latin-1"))


async def _nothing_more(entry: Entry, bind: str, instance: str) -> None:
    """All that is awaited is the answer of the room's home."""

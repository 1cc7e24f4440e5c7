"""The door for sockets: learns who it is, parses, asks the call, answers errors."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from typing import assert_never

import msgspec
from django.http import parse_cookie

from ..names import BadName, clean_name
from .bus import Announcement, RoomDeleted
from .call import Call, Departure, refreshed
from .facts import facts_now
from .lifecycle import hub, keeper, start
from .limits import Patience, TokenBucket
from .protocol import (
    FORGIVEN,
    Answer,
    Candidates,
    Chat,
    ChatAck,
    ChatHistory,
    Close,
    ErrorCode,
    Hello,
    Incoming,
    Join,
    Kind,
    Leave,
    Offer,
    PeerChat,
    Ping,
    Pong,
    ProtocolError,
    Rank,
    Relayed,
    Restart,
    State,
    error,
    parse,
)
from .socket import GOING_AWAY, NORMAL, NowhereConsumer, SocketConsumer
from .tickets import Entry, TicketRefused, bind_of, read, read_resume

__all__ = ["CallConsumer", "NowhereConsumer"]

logger = logging.getLogger(__name__)

HELLO_SECONDS = 5.0
ERRORS_AT_MOST = 30
ERRORS_SECONDS = 10.0
LOOK_UP_SECONDS = 1.0
HELD_FRAMES = 8
"""So many frames wait while a room is looked up; clients wait for the door anyway."""

FINAL: dict[ErrorCode, Close] = {
    "ticket-refused": Close.TICKET_REFUSED,
    "bad-protocol": Close.BAD_PROTOCOL,
}
"""Errors after which nothing can follow on this socket."""


class CallConsumer(SocketConsumer):
    """One participant's socket, from the pre-join page to the end of the call."""

    entry: Entry
    bind: str
    instance: str

    def __init__(self) -> None:
        super().__init__()
        self._call: Call | None = None
        self._buckets: dict[str, TokenBucket] = {}
        self._patience = Patience(ERRORS_AT_MOST, ERRORS_SECONDS, hub.clock.now)
        self._hello_due: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self._held: list[str | None] = []

    def opened(self) -> None:
        start()
        loop = asyncio.get_running_loop()
        self._hello_due = loop.call_later(
            HELLO_SECONDS, self.close, Close.HELLO_TIMEOUT
        )

    def received(self, text: str | None) -> None:
        with self._answering():
            if self._looking is not None:
                self._hold(text)
            elif text is None:
                raise ProtocolError("bad-message")
            else:
                self._handle(parse(text, self._allow))

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except ProtocolError as fault:
            self._refuse(fault)
        except Exception:
            # A fault of ours: it ends neither this socket nor anybody else's.
            logger.exception("A message could not be handled")
            self.tell(error("try-again"))

    def gone(self, code: int) -> None:
        if self._hello_due is not None:
            self._hello_due.cancel()
        if self._looking is not None:
            self._looking.cancel()
        self._depart("closed" if code in (NORMAL, GOING_AWAY) else "lost")

    def _depart(self, how: Departure) -> None:
        call, self._call = self._call, None
        if call is not None:
            hub.gone(call, self, how)

    def _allow(self, about: str, kind: Kind) -> ErrorCode | None:
        rank = Rank.ANYONE if self._call is None else self._call.rank(self)
        if rank < kind.who:
            return "not-yet"
        bucket = self._buckets.get(about)
        if bucket is None:
            bucket = TokenBucket(kind.rate, kind.burst, hub.clock.now)
            self._buckets[about] = bucket
        return None if bucket.take() else "too-fast"

    def _refuse(self, fault: ProtocolError) -> None:
        self.tell(error(fault.code, fault.about, fault.to))
        if (code := FINAL.get(fault.code)) is not None:
            self.close(code)
        elif fault.code not in FORGIVEN and self._patience.lost():
            if self._call is not None:
                logger.info("Room %d: closed for abuse", self._call.room)
            self._depart("left")
            self.close(Close.ABUSE)

    def _handle(self, message: Incoming) -> None:
        match message:
            case Ping():
                self.tell(Pong())
            case Hello():
                self._hello(message)
            case _:
                # Every other type needs a rank that only a hello gives.
                assert self._call is not None
                self._act(self._call, message)

    def _act(self, call: Call, message: Incoming) -> None:
        match message:
            case Offer() | Answer() | Candidates() | Restart() | ChatAck():
                self._relay(call, message)
            case State():
                call.state(self, message)
            case Chat():
                self._chat(call, message)
            case ChatHistory():
                self._needs_kept_chat(call, "chat-history")
                keeper.page(call, self, message)
            case Join():
                self._join(call, message)
            case Leave():
                call.leave(self)
                hub.settle(call)
            case Hello() | Ping():
                raise AssertionError("handled before")
            case _:
                assert_never(message)

    def _hello(self, message: Hello) -> None:
        if self._call is not None:
            raise ProtocolError("bad-message", "hello")
        self.bind = bind_of(self._cookies())
        try:
            if message.ticket is not None:
                entry = read(message.ticket, self.bind)
            else:
                entry = read_resume(message.resume or "", self.bind)
        except TicketRefused:
            raise ProtocolError("ticket-refused", "hello") from None
        if entry.link != self.scope["url_route"]["kwargs"]["link"]:
            raise ProtocolError("ticket-refused", "hello")
        if self._hello_due is not None:
            self._hello_due.cancel()
        self.instance = message.instance
        if message.resume is not None and not hub.knows(entry):
            # Hours may lie behind this token, and nobody here has heard since whether
            # the room was deleted or closed to this person, or their account was.
            self._looking = asyncio.create_task(self._look_up(entry))
        else:
            self._enter(entry)

    async def _look_up(self, entry: Entry) -> None:
        news: Announcement | None = None
        known = True
        try:
            async with asyncio.timeout(LOOK_UP_SECONDS):
                news, invited, known = await facts_now(entry)
            entry = msgspec.structs.replace(entry, invited=invited)
        except Exception as fault:
            # Calls go on without a database: what was signed counts until the copy of
            # the living is compared with the rows again.
            logger.warning("Room %d could not be looked up: %r", entry.room, fault)
        if self.close_code is not None:
            return
        self._looking = None
        if isinstance(news, RoomDeleted):
            hub.hear(news)
            self.close(Close.ROOM_DELETED)
            return
        with self._answering():
            if not known:
                raise ProtocolError("ticket-refused", "hello")
            if news is not None and news.version > entry.room_version:
                entry = refreshed(entry, news)
            self._enter(entry)
            if news is not None:
                hub.hear(news)
        held, self._held = self._held, []
        for text in held:
            if self.close_code is None:
                self.received(text)

    def _hold(self, text: str | None) -> None:
        if len(self._held) == HELD_FRAMES:
            raise ProtocolError("too-fast")
        self._held.append(text)

    def _enter(self, entry: Entry) -> None:
        if not hub.admits(entry):
            raise ProtocolError("ticket-refused", "hello")
        self.entry = entry
        self._call = hub.enter(self)

    def _join(self, call: Call, message: Join) -> None:
        try:
            name = clean_name(message.name)
        except BadName:
            raise ProtocolError("bad-name", "join") from None
        if not call.admits(self.entry):
            # Somebody who got up from a seat after the room was closed to them.
            raise ProtocolError("ticket-refused", "join")
        call.join(self, message, name)
        hub.settle(call)

    def _relay(self, call: Call, message: Relayed) -> None:
        if not call.relay(self, message):
            about = str(message.__struct_config__.tag)
            raise ProtocolError("unknown-seat", about, message.to)

    def _chat(self, call: Call, message: Chat) -> None:
        seat = call.seats.of(self)
        assert seat is not None
        if message.id != f"{self.instance}-{message.count}":
            # Receivers drop an id they have: nobody may use up another's.
            raise ProtocolError("bad-message", "chat")
        if message.to is None:
            self._needs_kept_chat(call, "chat")
            keeper.keep(call, self, seat.claim.name, message)
            return
        copy = PeerChat(
            sender=seat.id,
            name=seat.claim.name,
            id=message.id,
            count=message.count,
            number=0,
            text=message.text,
            at=message.at,
        )
        for to in dict.fromkeys(message.to):
            if not call.deliver(self, to, copy):
                self.tell(error("unknown-seat", "chat", to))

    def _needs_kept_chat(self, call: Call, about: str) -> None:
        if not call.facts.keeps_chat:
            raise ProtocolError("not-kept", about)

    def _cookies(self) -> dict[str, str]:
        sent = (value for name, value in self.scope["headers"] if name == b"cookie")
        return parse_cookie(b"; ".join(sent).decode("latin-1"))

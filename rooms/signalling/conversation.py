"""One person's side of a call: what they may do there, whatever wire carries it."""

from typing import Protocol, assert_never

from ..names import BadName, clean_name
from . import metrics
from .call import Call
from .holder import Departure
from .lifecycle import chair, hub, keeper
from .protocol import (
    Admit,
    Allow,
    Answer,
    Ask,
    Candidates,
    Chat,
    ChatAck,
    ChatHistory,
    Close,
    Diagnosis,
    End,
    GoOn,
    Hello,
    Incoming,
    Join,
    Leave,
    Lobby,
    Lock,
    Mute,
    Offer,
    PeerChat,
    Ping,
    Promote,
    ProtocolError,
    Rank,
    Refuse,
    Relayed,
    Remove,
    Rename,
    Report,
    Restart,
    Revoked,
    ServerMessage,
    Spotlight,
    State,
    Transfer,
    Unheard,
    encode,
    error,
)
from .tickets import Entry


class Wire(Protocol):
    """What reaches one client. Neither waits, and neither fails."""

    def post(self, frame: str) -> None: ...

    def close(self, code: int) -> None: ...


class Conversation:
    """Somebody who has said hello, in the process that runs their room's call.

    Not `checked`: no rows could be read for an old token, so what was signed counts.
    """

    def __init__(
        self,
        wire: Wire,
        entry: Entry,
        bind: str,
        instance: str,
        *,
        checked: bool = True,
    ) -> None:
        self.entry = entry
        self.bind = bind
        self.instance = instance
        self.checked = checked
        self.wire = wire
        self._closed = False
        self._call: Call | None = None

    def tell(self, message: ServerMessage) -> None:
        """Send one message to this client."""
        self.wire.post(encode(message))

    def post(self, frame: str) -> None:
        """Send an encoded message."""
        self.wire.post(frame)

    def close(self, code: int) -> None:
        """Close the socket after what was sent before; nothing more is acted on."""
        self._closed = True
        self.wire.close(code)

    @property
    def rank(self) -> Rank:
        """How far this person has come."""
        return Rank.ANYONE if self._call is None else self._call.rank(self)

    @property
    def since(self) -> int:
        """When this person took their seat; 0 at the door."""
        seat = None if self._call is None else self._call.seats.of(self)
        return 0 if seat is None else seat.since

    def enter(self) -> None:
        """Come to the door; raises ProtocolError if the room is closed to them.

        Revoked is raised where the right to the seat was taken back, or given back.
        Whoever comes back to a call that was ended for everybody is told so.
        """
        if hub.is_over(self.entry):
            self.close(Close.ENDED)
            return
        if hub.keeps_out(self.entry):
            raise ProtocolError("kept-out", "hello")
        if hub.revokes(self.entry, self.bind):
            raise Revoked("hello")
        if not hub.admits(self.entry):
            raise ProtocolError("ticket-refused", "hello")
        self._call = hub.enter(self)

    def show(self) -> None:
        """Tell this client anew all that it should know of the call by now."""
        if self._call is not None:
            self._call.show(self)

    def depart(self, how: Departure) -> None:
        """The socket is no more, or nothing more is taken from it."""
        call, self._call = self._call, None
        if call is not None:
            hub.gone(call, self, how)

    def act(self, message: Incoming) -> None:
        """Do what was asked; raises ProtocolError where it cannot be done."""
        call = self._call
        if self._closed:
            return
        if call is None:
            raise ProtocolError("not-yet", str(message.__struct_config__.tag))
        match message:
            case Offer() | Answer() | Candidates() | Restart():
                self._relay(call, message)
            case Diagnosis() | ChatAck():
                self._relay(call, message)
            case State():
                call.state(self, message)
            case Unheard():
                call.unheard(self, message)
                hub.settle(call)
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
            case Report():
                chair.report(call, self, message)
            case Admit() | Refuse() | Mute() | Ask() | Allow() | Remove() | Promote():
                chair.take(call, self, message)
            case Transfer() | Rename() | Spotlight() | Lock() | Lobby() | End():
                chair.take(call, self, message)
            case GoOn():
                chair.take(call, self, message)
            case Hello() | Ping():
                raise AssertionError("for the socket, not for the call")
            case _:
                assert_never(message)

    def _join(self, call: Call, message: Join) -> None:
        try:
            name = clean_name(message.name)
        except BadName:
            raise ProtocolError("bad-name", "join") from None
        if hub.keeps_out(self.entry):
            raise ProtocolError("kept-out", "join")
        if not call.admits(self.entry):
            # Somebody who got up from a seat after the room was closed to them.
            raise ProtocolError("ticket-refused", "join")
        call.join(self, message, name)
        hub.settle(call)

    def _relay(self, call: Call, message: Relayed) -> None:
        if not call.relay(self, message):
            about = str(message.__struct_config__.tag)
            raise ProtocolError("unknown-seat", about, message.to)
        metrics.relayed()

    def _chat(self, call: Call, message: Chat) -> None:
        seat = call.seats.of(self)
        assert seat is not None
        if message.id != f"{self.instance}-{message.count}":
            # Receivers drop an id they have: nobody may use up another's.
            raise ProtocolError("bad-message", "chat")
        if call.floor.forbids(self, "chat"):
            raise ProtocolError("not-allowed", "chat")
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

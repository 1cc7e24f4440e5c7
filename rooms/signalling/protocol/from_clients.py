"""What clients send, and what each of it needs."""

from enum import IntEnum
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from .values import (
    CANDIDATES,
    CHAT_TARGETS,
    PEOPLE,
    UNHEARD,
    Candidate,
    Count,
    Id,
    MessageId,
    Moment,
    Name,
    Power,
    ReportReason,
    Slot,
    Slots,
    Token,
    TurnFinding,
    UdpFinding,
    Whole,
    is_description,
)


class Rank(IntEnum):
    """How far a sender has come. A message needs at least the rank of its type.

    Hosts are the room's owner and co-hosts.
    """

    ANYONE = 0
    DOOR = 1
    SEAT = 2
    HOST = 3
    OWNER = 4


class ClientMessage(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename="camel",
    tag=True,
):
    """What a client may send."""


class Hello(ClientMessage, frozen=True, tag="hello"):
    protocol: int
    instance: Id
    ticket: Token | None = None
    resume: Token | None = None

    def __post_init__(self) -> None:
        if (self.ticket is None) == (self.resume is None):
            raise ValueError("either a ticket or a resume token")


class Ping(ClientMessage, frozen=True, tag="ping"):
    """`heard`: how many frames this socket has brought the client so far."""

    heard: Count


class Join(ClientMessage, frozen=True, tag="join"):
    name: Name
    version: Count
    slots: Slots
    answers_only: bool = False


class Leave(ClientMessage, frozen=True, tag="leave"):
    pass


class State(ClientMessage, frozen=True, tag="state"):
    version: Count
    slots: Slots


class Unheard(ClientMessage, frozen=True, tag="unheard"):
    """The seats of which the client hears nothing itself; replaces the last."""

    seats: Annotated[tuple[Id, ...], Meta(max_length=UNHEARD)]


Seats = Annotated[tuple[Id, ...], Meta(min_length=1, max_length=PEOPLE)]


class _Description(ClientMessage, frozen=True):
    to: Id
    epoch: Whole
    number: Count
    sdp: str

    def __post_init__(self) -> None:
        if not is_description(self.sdp):
            raise ValueError("not a session description")


class Offer(_Description, frozen=True, tag="offer"):
    pass


class Answer(_Description, frozen=True, tag="answer"):
    pass


class Candidates(ClientMessage, frozen=True, tag="candidates"):
    to: Id
    epoch: Whole
    number: Count
    candidates: Annotated[
        tuple[Candidate, ...], Meta(min_length=1, max_length=CANDIDATES)
    ]

    def __post_init__(self) -> None:
        # All at once: a pattern for each of them costs more than the rest together.
        lines = "".join([one.candidate for one in self.candidates])
        names = "".join(
            [one.sdp_mid + one.username_fragment for one in self.candidates]
        )
        if not (lines + names).isascii() or not (lines + names).isprintable():
            raise ValueError("not of printable ASCII")
        if " " in names:
            raise ValueError("not a name")


class Restart(ClientMessage, frozen=True, tag="restart"):
    to: Id
    epoch: Whole
    kind: Literal["ice", "connection"]


class Diagnosis(ClientMessage, frozen=True, tag="diagnosis"):
    """What the sender's own search for a path found, for a pair that has none."""

    to: Id
    epoch: Whole
    turn: TurnFinding
    udp: UdpFinding


class Chat(ClientMessage, frozen=True, tag="chat"):
    id: MessageId
    count: Count
    # No database keeps a NUL, and nobody can see one.
    text: Annotated[str, Meta(max_length=4000, pattern=r"\A[^\x00]+\Z")]
    at: Moment
    to: (
        Annotated[tuple[Id, ...], Meta(min_length=1, max_length=CHAT_TARGETS)] | None
    ) = None


class ChatAck(ClientMessage, frozen=True, tag="chat-ack"):
    to: Id
    id: MessageId


class ChatHistory(ClientMessage, frozen=True, tag="chat-history"):
    after: Count


class _Order(ClientMessage, frozen=True):
    """What a host decides about one person."""

    to: Id


class Admit(ClientMessage, frozen=True, tag="admit"):
    """Let these in who wait in the lobby."""

    seats: Seats


class Refuse(ClientMessage, frozen=True, tag="refuse"):
    """Do not let these in, this time."""

    seats: Seats


class Mute(ClientMessage, frozen=True, tag="mute"):
    """Turn this off for these, or, without `seats`, for all who are no hosts."""

    slot: Slot
    seats: Seats | None = None


class Ask(_Order, frozen=True, tag="ask"):
    """Ask somebody to turn this on; nobody but they can."""

    slot: Literal["microphone", "camera"]


class Allow(ClientMessage, frozen=True, tag="allow"):
    """Let somebody do this or forbid it; without `to`, everybody who is no host."""

    power: Power
    allowed: bool
    to: Id | None = None


class Remove(_Order, frozen=True, tag="remove"):
    """Send somebody away; with `ban` for good."""

    ban: bool
    reason: Annotated[str, Meta(max_length=200, pattern=r"\A[^\x00]*\Z")] = ""


class Promote(_Order, frozen=True, tag="promote"):
    """Give somebody with an account another role; `guest`: none."""

    role: Literal["co-host", "member", "guest"]


class Transfer(_Order, frozen=True, tag="transfer"):
    """Make somebody with an account the room's owner; the sender stays a co-host."""


class Rename(_Order, frozen=True, tag="rename"):
    """Show a guest under another name."""

    name: Name


class Spotlight(ClientMessage, frozen=True, tag="spotlight"):
    """Show this person large to everybody; empty: nobody."""

    seat: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{0,32}\Z")]


class Lock(ClientMessage, frozen=True, tag="lock"):
    """Let nobody new in, or let people in again."""

    locked: bool


class Lobby(ClientMessage, frozen=True, tag="lobby"):
    """Let newcomers wait until a host lets them in, or no longer."""

    lobby: bool


class End(ClientMessage, frozen=True, tag="end"):
    """End the call for everybody after so many seconds."""

    seconds: Annotated[int, Meta(ge=0, le=60)]


class GoOn(ClientMessage, frozen=True, tag="go-on"):
    """Do not end the call after all."""


class Report(ClientMessage, frozen=True, tag="report"):
    """Tell the people who run the site about somebody; without `to`, about the room."""

    reason: ReportReason
    words: Annotated[str, Meta(max_length=1000, pattern=r"\A[^\x00]*\Z")] = ""
    to: Id | None = None


Incoming = (
    Hello
    | Ping
    | Join
    | Leave
    | State
    | Unheard
    | Offer
    | Answer
    | Candidates
    | Restart
    | Diagnosis
    | Chat
    | ChatAck
    | ChatHistory
    | Admit
    | Refuse
    | Mute
    | Ask
    | Allow
    | Remove
    | Promote
    | Transfer
    | Rename
    | Spotlight
    | Lock
    | Lobby
    | End
    | GoOn
    | Report
)


class Kind(NamedTuple):
    """What a type of message needs: the least rank, its rate, its greatest size."""

    message: type[Incoming]
    who: Rank
    rate: float
    burst: int
    size: int


TABLE: dict[str, Kind] = {
    "hello": Kind(Hello, Rank.ANYONE, 1, 3, 4096),
    "ping": Kind(Ping, Rank.ANYONE, 50, 200, 256),
    "join": Kind(Join, Rank.DOOR, 1, 5, 4096),
    "leave": Kind(Leave, Rank.DOOR, 1, 5, 256),
    "state": Kind(State, Rank.SEAT, 10, 40, 1024),
    "unheard": Kind(Unheard, Rank.SEAT, 5, 20, 2048),
    "offer": Kind(Offer, Rank.SEAT, 20, 120, 49_152),
    "answer": Kind(Answer, Rank.SEAT, 20, 120, 49_152),
    "candidates": Kind(Candidates, Rank.SEAT, 50, 300, 32_768),
    "restart": Kind(Restart, Rank.SEAT, 5, 40, 512),
    "diagnosis": Kind(Diagnosis, Rank.SEAT, 5, 40, 512),
    "chat": Kind(Chat, Rank.SEAT, 5, 60, 24_576),
    "chat-ack": Kind(ChatAck, Rank.SEAT, 30, 300, 512),
    "chat-history": Kind(ChatHistory, Rank.SEAT, 2, 10, 256),
    "report": Kind(Report, Rank.SEAT, 0.2, 5, 4608),
    "admit": Kind(Admit, Rank.HOST, 5, 20, 4096),
    "refuse": Kind(Refuse, Rank.HOST, 5, 20, 4096),
    "mute": Kind(Mute, Rank.HOST, 5, 40, 4096),
    "ask": Kind(Ask, Rank.HOST, 5, 20, 256),
    "allow": Kind(Allow, Rank.HOST, 5, 20, 256),
    "remove": Kind(Remove, Rank.HOST, 5, 20, 1536),
    "rename": Kind(Rename, Rank.HOST, 5, 20, 2048),
    "spotlight": Kind(Spotlight, Rank.HOST, 5, 20, 256),
    "lock": Kind(Lock, Rank.HOST, 2, 10, 256),
    "lobby": Kind(Lobby, Rank.HOST, 2, 10, 256),
    "end": Kind(End, Rank.HOST, 1, 5, 256),
    "go-on": Kind(GoOn, Rank.HOST, 1, 5, 256),
    "promote": Kind(Promote, Rank.OWNER, 2, 10, 256),
    "transfer": Kind(Transfer, Rank.OWNER, 1, 5, 256),
}

Relayed = Offer | Answer | Candidates | Restart | Diagnosis | ChatAck
"""What goes to one other seat, with `from` in place of `to`."""

Order = (
    Admit
    | Refuse
    | Mute
    | Ask
    | Allow
    | Remove
    | Promote
    | Transfer
    | Rename
    | Spotlight
    | Lock
    | Lobby
    | End
    | GoOn
)
"""What only a host may say; the role is read again from its row at that moment."""

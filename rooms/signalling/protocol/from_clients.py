"""What clients send, and what each of it needs."""

from enum import IntEnum
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import Meta

from .values import (
    CANDIDATES,
    CHAT_TARGETS,
    UNHEARD,
    Candidate,
    Count,
    Id,
    MessageId,
    Moment,
    Name,
    Slots,
    Token,
    TurnFinding,
    UdpFinding,
    Whole,
    is_description,
)


class Rank(IntEnum):
    """How far a sender has come. A message needs at least the rank of its type."""

    ANYONE = 0
    DOOR = 1
    SEAT = 2


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
}

Relayed = Offer | Answer | Candidates | Restart | Diagnosis | ChatAck
"""What goes to one other seat, with `from` in place of `to`."""

"""The messages of docs/protocol.md as types, and the one way in for what clients send.

Knows neither Django nor Channels. `parse` turns a text frame into a checked message
or raises ProtocolError; `encode` makes the text of an answer. What reaches a peer is
always encoded from these types, never passed on as it came.
"""

import json
import re
from collections.abc import Callable
from enum import IntEnum
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
from msgspec import Meta

VERSION = 2
FRAME_BYTES = 65_536
SAFE_INTEGER = 2**53 - 1
END_OF_TIME = 8_640_000_000_000_000
"""No JavaScript date is later (ECMA-262, 21.4.1.1)."""

CANDIDATES = 40
CHAT_TARGETS = 16
UNHEARD = 32

ErrorCode = Literal[
    "bad-message",
    "too-large",
    "too-fast",
    "not-yet",
    "unknown-seat",
    "bad-name",
    "bad-protocol",
    "ticket-refused",
    "not-kept",
    "try-again",
    "undeliverable",
]

ERRORS: dict[ErrorCode, str] = {
    "bad-message": "The server did not understand that.",
    "too-large": "That is too long to send.",
    "too-fast": "That was too much at once. Wait a moment.",
    "not-yet": "Join the call first.",
    "unknown-seat": "That person is no longer in the call.",
    "bad-name": "Enter a name with 1 to 60 visible characters.",
    "bad-protocol": "This page is out of date. Reload it.",
    "ticket-refused": "This page is no longer valid. Open the link again.",
    "not-kept": "This room does not keep its chat.",
    "try-again": "The server could not do that just now. Try again.",
    "undeliverable": "That did not reach the other person. Try again.",
}

FORGIVEN: frozenset[ErrorCode] = frozenset(
    {"unknown-seat", "try-again", "undeliverable"}
)
"""Errors that honest clients meet in numbers; they do not count as abuse."""


class Close(IntEnum):
    """Why the server closed a socket; below 4000 the standard's own codes."""

    RESTART = 1012
    ABUSE = 4400
    TICKET_REFUSED = 4401
    REVOKED = 4403
    UNKNOWN_ROOM = 4404
    HELLO_TIMEOUT = 4408
    MOVED = 4409
    ROOM_DELETED = 4410
    SLOW_READER = 4413
    BAD_PROTOCOL = 4426


class Rank(IntEnum):
    """How far a sender has come. A message needs at least the rank of its type."""

    ANYONE = 0
    DOOR = 1
    SEAT = 2


class ProtocolError(Exception):
    """A frame that is not acted on; `about` and `to` are what could be read of it."""

    def __init__(self, code: ErrorCode, about: str = "", to: str = "") -> None:
        super().__init__(code)
        self.code: ErrorCode = code
        self.about = about
        self.to = to


Id = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,32}\Z")]
MessageId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
Token = Annotated[str, Meta(min_length=1, max_length=3500)]
Name = Annotated[str, Meta(max_length=256)]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Whole = Annotated[int, Meta(ge=0, le=SAFE_INTEGER)]
Moment = Annotated[int, Meta(ge=0, le=END_OF_TIME)]
Line = Annotated[str, Meta(max_length=1024, pattern=r"\A[ -~]*\Z")]
Switch = Literal["on", "off"]
Role = Literal["owner", "co-host", "member", "guest"]
Access = Literal["anyone", "signed-in", "invited"]
Picture = Annotated[
    str, Meta(pattern=r"\A(?:/accounts/pictures/[0-9a-f]{32}\.webp)?\Z")
]
"""A path of this very site, or nothing: no page loads what somebody else names."""

# What cannot be SDP never reaches a peer's parser. Possessive, so that it cannot be
# made slow: a second try at a line is never worth it.
_DESCRIPTION = re.compile(r"v=0\r\n(?:[ -~]++\r\n)*+")


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A value inside a message."""


class Slots(_Part, frozen=True):
    """What each of a person's four media slots carries."""

    microphone: Literal["on", "muted", "off"]
    camera: Switch
    screen: Switch
    screen_audio: Switch


class Candidate(_Part, frozen=True):
    """One ICE candidate (RFC 8838); an empty line ends those of its generation."""

    candidate: Line
    sdp_mid: Annotated[str, Meta(max_length=32, pattern=r"\A[!-~]*\Z")]
    username_fragment: Annotated[str, Meta(max_length=256, pattern=r"\A[!-~]*\Z")]


# From clients


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
        if not _DESCRIPTION.fullmatch(self.sdp):
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


class Restart(ClientMessage, frozen=True, tag="restart"):
    to: Id
    epoch: Whole
    kind: Literal["ice", "connection"]


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
    "ping": Kind(Ping, Rank.ANYONE, 10, 50, 256),
    "join": Kind(Join, Rank.DOOR, 1, 5, 4096),
    "leave": Kind(Leave, Rank.DOOR, 1, 5, 256),
    "state": Kind(State, Rank.SEAT, 10, 40, 1024),
    "unheard": Kind(Unheard, Rank.SEAT, 5, 20, 2048),
    "offer": Kind(Offer, Rank.SEAT, 20, 120, 49_152),
    "answer": Kind(Answer, Rank.SEAT, 20, 120, 49_152),
    "candidates": Kind(Candidates, Rank.SEAT, 50, 300, 32_768),
    "restart": Kind(Restart, Rank.SEAT, 5, 40, 512),
    "chat": Kind(Chat, Rank.SEAT, 5, 60, 24_576),
    "chat-ack": Kind(ChatAck, Rank.SEAT, 30, 300, 512),
    "chat-history": Kind(ChatHistory, Rank.SEAT, 2, 10, 256),
}

Relayed = Offer | Answer | Candidates | Restart | ChatAck
"""What goes to one other seat, with `from` in place of `to`."""


# From the server


class RoomFacts(_Part, frozen=True):
    name: str
    limit: int
    keeps_chat: bool
    access: Access


class Named(_Part, frozen=True):
    """What somebody at the door may know of somebody inside."""

    name: str
    picture: Picture


class Person(_Part, frozen=True):
    """Somebody in a seat, as the others see them."""

    seat: Id
    instance: Id
    since: Whole
    name: str
    picture: Picture
    role: Role
    guest: bool
    answers_only: bool
    away: bool
    version: Count
    slots: Slots


class IceServer(_Part, frozen=True, omit_defaults=True):
    """An RTCIceServer."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class KeptMessage(_Part, frozen=True):
    number: Count
    id: MessageId
    name: str
    text: str
    at: Moment
    own: bool


class ServerMessage(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename="camel",
    tag=True,
):
    """What the server sends."""


class Door(ServerMessage, frozen=True, tag="door"):
    room: RoomFacts
    people: tuple[Named, ...]
    full: bool


class Waiting(ServerMessage, frozen=True, tag="waiting"):
    ahead: Count


class Welcome(ServerMessage, frozen=True, tag="welcome"):
    seat: Id
    since: Whole
    name: str
    picture: Picture
    role: Role
    resume: Token
    room: RoomFacts
    people: tuple[Person, ...]
    ice_servers: tuple[IceServer, ...]
    ice_expires: Whole
    chat_number: Count
    partial: bool


class PeerJoined(ServerMessage, frozen=True, tag="peer-joined"):
    person: Person


class PeerLeft(ServerMessage, frozen=True, tag="peer-left"):
    seat: Id
    reason: Literal["left", "closed", "lost"]


class PeerAway(ServerMessage, frozen=True, tag="peer-away"):
    """No socket serves the seat just now, or one does again."""

    seat: Id
    away: bool


class _FromPeer(ServerMessage, frozen=True):
    sender: Id = msgspec.field(name="from")


class PeerState(_FromPeer, frozen=True, tag="peer-state"):
    version: Count
    slots: Slots


class PeerOffer(_FromPeer, frozen=True, tag="peer-offer"):
    epoch: Whole
    number: Count
    sdp: str


class PeerAnswer(_FromPeer, frozen=True, tag="peer-answer"):
    epoch: Whole
    number: Count
    sdp: str


class PeerCandidates(_FromPeer, frozen=True, tag="peer-candidates"):
    epoch: Whole
    number: Count
    candidates: tuple[Candidate, ...]


class PeerRestart(_FromPeer, frozen=True, tag="peer-restart"):
    epoch: Whole
    kind: Literal["ice", "connection"]


class PeerChat(_FromPeer, frozen=True, tag="peer-chat"):
    name: str
    id: MessageId
    count: Count
    number: Count
    text: str
    at: Moment


class PeerChatAck(_FromPeer, frozen=True, tag="peer-chat-ack"):
    id: MessageId


class ChatPage(ServerMessage, frozen=True, tag="chat-page"):
    messages: tuple[KeptMessage, ...]
    more: bool


class RoomChanged(ServerMessage, frozen=True, tag="room-changed"):
    room: RoomFacts


class Pong(ServerMessage, frozen=True, tag="pong"):
    pass


class Resync(ServerMessage, frozen=True, tag="resync"):
    """What waited for a slow reader was thrown away; all of it is told anew."""


class Restarting(ServerMessage, frozen=True, tag="restarting"):
    """The socket is about to be closed: come back after so many milliseconds."""

    after: Count


class Error(ServerMessage, frozen=True, omit_defaults=True, tag="error"):
    code: ErrorCode
    message: str
    about: str
    to: str = ""


def relayed(message: Relayed, sender: str) -> ServerMessage:
    """The message as its target gets it: from `sender`, whatever the client said."""
    match message:
        case Offer():
            return PeerOffer(sender, message.epoch, message.number, message.sdp)
        case Answer():
            return PeerAnswer(sender, message.epoch, message.number, message.sdp)
        case Candidates():
            return PeerCandidates(
                sender, message.epoch, message.number, message.candidates
            )
        case Restart():
            return PeerRestart(sender, message.epoch, message.kind)
        case ChatAck():
            return PeerChatAck(sender, message.id)


def error(code: ErrorCode, about: str = "", to: str = "") -> Error:
    return Error(code, ERRORS[code], about, to)


_encoder = msgspec.json.Encoder()


def encode(message: ServerMessage) -> str:
    """The text of a frame, without needless escapes; make it once per broadcast."""
    return _encoder.encode(message).decode()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("duplicate key")
    return fields


def _refuse(constant: str) -> None:
    raise ValueError(constant)


# The standard library's scanner, since msgspec takes the last of duplicate keys in
# silence; it costs 4 to 7 µs a message where msgspec's costs 1 to 2.
_strict = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse).decode


def parse(frame: str, allow: Callable[[str, Kind], ErrorCode | None]) -> Incoming:
    """The message in a frame, checked in everything that needs no knowledge of rooms.

    `allow` is asked once the type is known and before the rest is looked at; it
    answers with the error that the sender's rank or rate calls for. Raises
    ProtocolError and nothing else.
    """
    size = _size(frame)
    if size > FRAME_BYTES:
        raise ProtocolError("too-large")
    try:
        fields = _strict(frame)
    except (ValueError, RecursionError):
        raise ProtocolError("bad-message") from None
    if not isinstance(fields, dict):
        raise ProtocolError("bad-message")
    about = fields.get("type")
    kind = TABLE.get(about) if isinstance(about, str) else None
    if kind is None or not isinstance(about, str):
        raise ProtocolError("bad-message")
    to = _target(fields.get("to"))
    if size > kind.size:
        raise ProtocolError("too-large", about, to)
    if refusal := allow(about, kind):
        raise ProtocolError(refusal, about, to)
    if kind.message is Hello and _other_version(fields.get("protocol")):
        # A page of another version may well have other fields: say so first.
        raise ProtocolError("bad-protocol", about)
    try:
        message = msgspec.convert(fields, kind.message)
    except (msgspec.ValidationError, UnicodeEncodeError):
        # The latter for half a surrogate pair in a field's name.
        raise ProtocolError("bad-message", about, to) from None
    if "\\u" in frame and not _sound(fields):
        raise ProtocolError("bad-message", about, to)
    return message


def _size(frame: str) -> int:
    if frame.isascii():
        return len(frame)
    try:
        return len(frame.encode())
    except UnicodeEncodeError:
        raise ProtocolError("bad-message") from None


def _target(to: object) -> str:
    """What an error may repeat of a message's `to`: a seat's id or nothing."""
    if isinstance(to, str) and len(to) <= 32 and to.isascii() and to.isprintable():
        return to
    return ""


def _other_version(protocol: object) -> bool:
    return type(protocol) is int and protocol != VERSION


def _sound(value: object) -> bool:
    """Whether every text in it can be written as UTF-8: no half of a surrogate pair.

    For the fields of a message that has its right shape, which is never deep.
    """
    if isinstance(value, dict):
        return all(map(_sound, value.values()))
    if isinstance(value, list):
        return all(map(_sound, value))
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
    return True

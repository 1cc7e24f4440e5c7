"""What the server sends, and how it is written."""

from typing import Literal

import msgspec

from .codes import ERRORS, ErrorCode
from .from_clients import (
    Answer,
    Candidates,
    ChatAck,
    Diagnosis,
    Offer,
    Relayed,
    Restart,
)
from .values import (
    Access,
    Candidate,
    Count,
    Id,
    MessageId,
    Moment,
    Part,
    Picture,
    Power,
    Role,
    Slot,
    Slots,
    Token,
    TurnFinding,
    UdpFinding,
    Whole,
)


class RoomFacts(Part, frozen=True):
    name: str
    limit: int
    keeps_chat: bool
    relay_only: bool
    access: Access
    locked: bool
    lobby: bool
    forbidden: tuple[Power, ...]


class Named(Part, frozen=True):
    """What somebody at the door may know of somebody inside."""

    name: str
    picture: Picture


class Person(Part, frozen=True):
    """Somebody in a seat, as the others see them."""

    seat: Id
    instance: Id
    since: Whole
    name: str
    picture: Picture
    role: Role
    guest: bool
    lookalike: bool
    forbidden: tuple[Power, ...]
    held: tuple[Slot, ...]
    answers_only: bool
    away: bool
    version: Count
    slots: Slots


class Knocker(Part, frozen=True):
    """Somebody who waits in the lobby, as hosts see them."""

    seat: Id
    name: str
    picture: Picture
    guest: bool
    lookalike: bool
    since: Whole


class IceServer(Part, frozen=True, omit_defaults=True):
    """An RTCIceServer."""

    urls: tuple[str, ...]
    username: str | None = None
    credential: str | None = None


class KeptMessage(Part, frozen=True):
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


class Knocking(ServerMessage, frozen=True, tag="knocking"):
    """A host has to let the receiver in."""


class TurnedAway(ServerMessage, frozen=True, tag="turned-away"):
    """A host did not let the receiver in, this time."""


class Welcome(ServerMessage, frozen=True, tag="welcome"):
    seat: Id
    since: Whole
    name: str
    picture: Picture
    role: Role
    resume: Token
    room: RoomFacts
    link: str
    people: tuple[Person, ...]
    ice_servers: tuple[IceServer, ...]
    ice_expires: Whole
    chat_number: Count
    partial: bool
    forbidden: tuple[Power, ...]
    held: tuple[Slot, ...]
    spotlight: str
    ending: Whole


class PeerJoined(ServerMessage, frozen=True, tag="peer-joined"):
    person: Person


class PeerLeft(ServerMessage, frozen=True, tag="peer-left"):
    seat: Id
    reason: Literal["left", "closed", "lost"]


class PeerRevoked(ServerMessage, frozen=True, tag="peer-revoked"):
    """The right to this seat was taken back; unlike a lost one it never comes back."""

    seat: Id
    reason: Literal["removed", "revoked"]


class PeerStanding(ServerMessage, frozen=True, tag="peer-standing"):
    """What hosts and the server say of somebody; also told to that person."""

    seat: Id
    name: str
    role: Role
    lookalike: bool
    forbidden: tuple[Power, ...]
    held: tuple[Slot, ...]


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


class PeerDiagnosis(_FromPeer, frozen=True, tag="peer-diagnosis"):
    epoch: Whole
    turn: TurnFinding
    udp: UdpFinding


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


class Knocks(ServerMessage, frozen=True, tag="knocks"):
    """For hosts: who waits in the lobby, first come first."""

    people: tuple[Knocker, ...]


class PeerAsks(_FromPeer, frozen=True, tag="peer-asks"):
    """A host asks the receiver to turn this on."""

    slot: Literal["microphone", "camera"]


class Spotlit(ServerMessage, frozen=True, tag="spotlit"):
    """Whom everybody is shown large; empty: nobody."""

    seat: str


class Ending(ServerMessage, frozen=True, tag="ending"):
    """When the call ends for everybody, and who said so; 0: it goes on."""

    at: Whole
    name: str


class Announcement(ServerMessage, frozen=True, tag="announcement"):
    """What the people who run the site say to everybody in the room."""

    text: str


class Reported(ServerMessage, frozen=True, tag="reported"):
    """The report is kept; the people who run the site see it."""


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
        case Diagnosis():
            return PeerDiagnosis(sender, message.epoch, message.turn, message.udp)
        case ChatAck():
            return PeerChatAck(sender, message.id)


def error(code: ErrorCode, about: str = "", to: str = "", words: str = "") -> Error:
    """With `words` for people, or those that this code has."""
    return Error(code, words or ERRORS[code], about, to)


_encoder = msgspec.json.Encoder()


def encode(message: ServerMessage) -> str:
    """The text of a frame, without needless escapes; make it once per broadcast."""
    return _encoder.encode(message).decode()

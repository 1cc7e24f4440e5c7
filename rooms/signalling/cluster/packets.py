"""What processes tell each other: packets, which travel in batches, and beats.

A *branch* holds sockets of a room, its *home* runs the room's call. A socket is known
to the other side by a number of its branch; each time it is attached it gets another,
so nothing that was meant for its earlier place can reach it. The first of them says
which socket it is.
"""

from typing import Literal

import msgspec

from ..bus import RoomChanged
from ..floor import Laid
from ..protocol import ErrorCode, Incoming, Join, Slot, Slots
from ..seats import Claim, Threshold
from ..tickets import Entry


class Packet(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """One thing said to one process."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """A seat as it is known; `claim.since` is when it was taken."""

    claim: Claim
    version: int
    slots: Slots
    held: tuple[Slot, ...] = ()


class Copy(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a room, for whoever runs its call next."""

    facts: RoomChanged
    chat_number: int
    places: tuple[Place, ...]
    left: dict[str, int]
    """Seats that were left on purpose, with the `since` that ended so."""
    barred: tuple[str, ...] = ()
    """Seats to which the right was taken back; their ids are good for nothing more."""
    laid: Laid = Laid()
    threshold: Threshold = Threshold()


# From a branch to the home


class Attach(Packet, frozen=True, tag="attach"):
    """Somebody said hello. With `wish` they sat, or waited, and do so again.

    `checked`: the entry was compared with the rows, or is too young to need it.
    `first`: the number that the same socket had when it was first attached, anywhere;
    the home has each socket once.
    """

    socket: int
    entry: Entry
    bind: str
    instance: str
    checked: bool
    wish: Join | None
    first: int


class Act(Packet, frozen=True, tag="act"):
    """The client says this."""

    socket: int
    message: Incoming


class Show(Packet, frozen=True, tag="show"):
    """Tell the client anew all that it should know."""

    socket: int


class Depart(Packet, frozen=True, tag="depart"):
    """The socket is no more."""

    socket: int
    how: Literal["left", "closed", "lost"]


# From the home to a branch


class Stands(Packet, frozen=True, tag="stands"):
    """How far the person has come; `since` is that of their seat, or 0."""

    socket: int
    rank: int
    since: int


class Said(Packet, frozen=True, tag="said"):
    """A frame for these clients."""

    sockets: list[int]
    frame: str


class Refused(Packet, frozen=True, tag="refused"):
    """What the client said is not acted on."""

    socket: int
    code: ErrorCode
    about: str
    to: str
    revoked: bool


class Closed(Packet, frozen=True, tag="closed"):
    """Close the client's socket after what was sent before."""

    socket: int
    code: int


class Lost(Packet, frozen=True, tag="lost"):
    """This socket is attached to nothing here: look for the room's home anew.

    `later`: not at once, for it may well be here, and there is no room for it now.
    """

    socket: int
    later: bool = False


class Renew(Packet, frozen=True, tag="renew"):
    """Something got lost between us: attach all your sockets anew."""


# Between those who were or are a room's home


class Taken(Packet, frozen=True, tag="taken"):
    """The room's home is with me now."""

    room: int


class Handed(Packet, frozen=True, tag="handed"):
    """What I knew of a room whose home you are; its sockets come by themselves."""

    copy: Copy


AnyPacket = (
    Attach
    | Act
    | Show
    | Depart
    | Stands
    | Said
    | Refused
    | Closed
    | Lost
    | Renew
    | Taken
    | Handed
)


class Batch(msgspec.Struct, frozen=True, array_like=True, tag="batch"):
    """`number` counts what one process sends another, from 1."""

    sender: str
    number: int
    packets: tuple[AnyPacket, ...]


class Beat(msgspec.Struct, frozen=True, array_like=True, tag="beat"):
    """A process lives.

    `numbers`: of the last batch that left for each process. `unsure`: it still has
    rooms that may have another home. `leaving`: it gives its homes away. `gone`: it
    ends now.
    """

    sender: str
    numbers: dict[str, int]
    unsure: bool = False
    leaving: bool = False
    gone: bool = False


Letter = Batch | Beat


class Unreadable(Exception):
    """What another process wrote, or somebody else, makes no sense."""


UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""All that msgspec raises for bytes of any kind."""

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Letter] = msgspec.msgpack.Decoder(Letter)
_copies = msgspec.msgpack.Decoder(Copy)


def pack(letter: Letter | Copy) -> bytes:
    return _encoder.encode(letter)


def unpack(data: bytes) -> Letter:
    """Raises Unreadable for what is no letter."""
    try:
        return _decoder.decode(data)
    except UNREADABLE as fault:
        raise Unreadable(str(fault)) from fault


def unpack_copy(data: bytes) -> Copy:
    """Raises Unreadable for what is none."""
    try:
        return _copies.decode(data)
    except UNREADABLE as fault:
        raise Unreadable(str(fault)) from fault


def size(packet: Packet) -> int:
    """About how many characters it takes; enough to keep memory in bounds."""
    match packet:
        case Said():
            return len(packet.frame) + 64
        case Act():
            return _SMALL + sum(
                len(value)
                for value in msgspec.structs.astuple(packet.message)
                if isinstance(value, str)
            )
        case Attach():
            return _LARGE
        case Handed():
            return _LARGE * (1 + len(packet.copy.places))
        case _:
            return _SMALL


_SMALL = 128
_LARGE = 1024

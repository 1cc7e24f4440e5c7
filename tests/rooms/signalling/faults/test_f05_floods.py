"""F5: who sends more than anybody may is cut off, and what was sent is kept nowhere."""

import json
import time

import pytest
from websockets.frames import Opcode

from rooms.loadtest.client import Frame
from rooms.loadtest.line import LOST
from rooms.signalling.protocol import Close
from tests.rooms.signalling.neighbour import Neighbour
from tests.servers import Parley

from .rough import Rough, frame_of, memory_of

SPARE = 12 * 1024 * 1024
LOT = 512 * 1024
SECONDS = 30.0
CHAT = {"type": "chat", "id": "a-1", "count": 1, "text": "x" * 3900, "at": 1}
FLOODS = {
    # Each is one frame, sent over and over.
    "pings": frame_of(b'{"type":"ping","heard":0}'),
    "tiny": frame_of(b"{}"),
    "binary": frame_of(b"", Opcode.BINARY),
    "large": frame_of(b" " * 60_000),
    "chat": frame_of(json.dumps(CHAT).encode()),
    # What no application gets to see.
    "control": frame_of(b"x" * 125, Opcode.PING),
    "unasked": frame_of(b"", Opcode.PONG),
    "fragments": bytes((0x01, 0x80)) + bytes(4) + (bytes((0x00, 0x80)) + bytes(4)) * 9,
}


def pour(rough: Rough, frame: bytes, most: int) -> int:
    """Send it until the server will not have it any more; how many bytes that took."""
    if frame is FLOODS["fragments"]:
        rough.write(frame[:6])
        frame = frame[6:]
    lot = frame * max(LOT // len(frame), 1)
    sent = 0
    end = time.monotonic() + SECONDS
    try:
        while sent < most:
            assert time.monotonic() < end, "the server takes nothing and ends nothing"
            rough.write(lot)
            sent += len(lot)
    except OSError:
        pass
    return sent


def is_removed(witness: Rough, told: list[Frame]) -> bool:
    """Whether a seat is gone for good, once the witness hears that nobody serves it."""
    while True:
        told.append(news := witness.next())
        if news["type"] == "peer-left" or news.get("away"):
            return bool(news["type"] == "peer-left")


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_ends_its_socket_and_leaves_nothing(
    server: Parley, room: str, neighbour: Neighbour, kind: str, soak: bool
) -> None:
    most = 200_000_000 if soak else 52_000_000
    with Rough(server, room, "Other") as other:
        other.join()
        before = memory_of(server)
        sent = rounds = 0
        codes: set[int] = set()
        told: list[Frame] = []
        lost: Rough | None = None
        while sent < most and rounds < (200 if soak else 4):
            # Back to the seat that was not taken away, or they would fill the room.
            with Rough(server, room, "Flood", back=lost) as rough:
                rough.join()
                poured = pour(rough, FLOODS[kind], most)
                codes.add(rough.ended())
                lost = None if is_removed(other, told) else rough
                sent += poured
                rounds += 1
                assert poured < 52_000_000, "nobody was cut off"
        grown = memory_of(server) - before
        print(  # noqa: T201
            f"F5 {kind}: {sent / 1e6:.0f} MB through {rounds} sockets: "
            f"{before / 1e6:.0f} MB of memory, and {grown / 1e6:.1f} more"
        )
        assert codes <= {Close.ABUSE, LOST}
        assert grown < SPARE
        # Nobody in the room was told anything but who came and went.
        told += other.rest()
        assert {m["type"] for m in told} <= {
            *("peer-joined", "peer-left", "peer-away"),
        }
        neighbour.goes_on()

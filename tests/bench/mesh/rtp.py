"""Packets as a sender makes them, for tests."""

from __future__ import annotations

import struct

VP8_KEY = (
    b"\x10" + bytes([0x00, 0x00, 0x00, 0x9D, 0x01, 0x2A]) + struct.pack("<HH", 640, 360)
)
"""The first bytes of a picture of 640 by 360 that stands by itself."""
VP8_NEXT = b"\x10\x01\x00\x00"
VP8_REST = b"\x00\xaa\xbb"


def rtp(
    payload: bytes = b"x",
    *,
    ssrc: int = 7,
    kind: int = 96,
    sequence: int = 1,
    timestamp: int = 90_000,
    marker: bool = False,
    extension: bytes = b"",
    profile: int = 0xBEDE,
    padding: int = 0,
    contributors: int = 0,
) -> bytes:
    first = 0x80 | contributors | (0x10 if extension else 0) | (0x20 if padding else 0)
    head = struct.pack(
        "!BBHII", first, kind | (0x80 if marker else 0), sequence, timestamp, ssrc
    )
    head += bytes(4 * contributors)
    if extension:
        extension += bytes(-len(extension) % 4)
        head += struct.pack("!HH", profile, len(extension) // 4) + extension
    return (
        head + payload + bytes(max(0, padding - 1)) + bytes([padding] * (padding > 0))
    )

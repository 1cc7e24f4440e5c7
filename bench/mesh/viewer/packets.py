"""RTP packets as they come out of SRTP (RFC 3550, RFC 8285), read as far as we count.

Nothing here decodes. Of VP8 (RFC 7741) the first bytes are read: whether a picture
begins here, whether it stands by itself, and how large it is.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

ONE_BYTE = 0xBEDE
TWO_BYTES = 0x1000


class Malformed(ValueError):
    """Not an RTP packet, or one that ends too early."""


@dataclass(frozen=True, slots=True)
class Packet:
    """`extensions` holds the elements of its header extension by their number."""

    ssrc: int
    payload_type: int
    sequence: int
    timestamp: int
    marker: bool
    payload: bytes
    size: int
    extensions: dict[int, bytes]


def read_packet(data: bytes) -> Packet:
    """Raises Malformed."""
    try:
        first, second, sequence, timestamp, ssrc = struct.unpack_from("!BBHII", data)
        start = 12 + 4 * (first & 0x0F)
        extensions: dict[int, bytes] = {}
        if first & 0x10:
            profile, words = struct.unpack_from("!HH", data, start)
            start += 4
            extensions = read_extensions(profile, data[start : start + 4 * words])
            start += 4 * words
        end = len(data) - (data[-1] if first & 0x20 else 0)
    except (struct.error, IndexError) as fault:
        raise Malformed(str(fault)) from fault
    if first >> 6 != 2 or end < start:
        raise Malformed(f"{len(data)} bytes")
    return Packet(
        ssrc,
        second & 0x7F,
        sequence,
        timestamp,
        bool(second & 0x80),
        data[start:end],
        len(data),
        extensions,
    )


def read_extensions(profile: int, data: bytes) -> dict[int, bytes]:
    """The elements by number; of an unknown profile none (RFC 8285, 4.2 and 4.3)."""
    found: dict[int, bytes] = {}
    if profile != ONE_BYTE and profile & 0xFFF0 != TWO_BYTES:
        return found
    at = 0
    while at < len(data):
        head = data[at]
        at += 1
        if head == 0:
            continue
        if profile == ONE_BYTE:
            number, length = head >> 4, (head & 0x0F) + 1
            if number == 15:
                break
        else:
            number, length = head, data[at]
            at += 1
        found[number] = data[at : at + length]
        at += length
    return found


@dataclass(frozen=True, slots=True)
class Picture:
    """What the first packet of a VP8 picture says; the size only where `key` is set."""

    key: bool
    width: int = 0
    height: int = 0


def vp8_picture(payload: bytes) -> Picture | None:
    """Of the packet that begins a picture; None for every other (RFC 7741, 4.2)."""
    if not payload or payload[0] & 0x1F != 0x10:
        return None
    at = 1
    if payload[0] & 0x80:
        more, following = (*payload[1:3], 0, 0)[:2]
        at += 1
        if more & 0x80:
            at += 2 if following & 0x80 else 1
        at += bool(more & 0x40) + bool(more & 0x30)
    frame = payload[at:]
    if not frame or frame[0] & 0x01:
        return Picture(key=False)
    if frame[3:6] != b"\x9d\x01\x2a" or len(frame) < 10:
        return None
    width, height = struct.unpack_from("<HH", frame, 6)
    return Picture(key=True, width=width & 0x3FFF, height=height & 0x3FFF)


def unwrap_red(payload: bytes) -> tuple[int, bytes] | None:
    """The block of a RED packet that holds one only (RFC 2198): its type, its bytes."""
    if not payload or payload[0] & 0x80:
        return None
    return payload[0] & 0x7F, payload[1:]

"""RTP is read as RFC 3550, RFC 8285 and RFC 7741 say; nothing else is taken for it."""

from __future__ import annotations

import pytest

from bench.mesh.viewer.packets import (
    Malformed,
    Picture,
    read_packet,
    unwrap_red,
    vp8_picture,
)

from .rtp import VP8_KEY, VP8_NEXT, VP8_REST, rtp


def test_a_packet_says_who_when_and_what() -> None:
    data = rtp(b"media", ssrc=9, kind=111, sequence=65535, timestamp=5, marker=True)
    packet = read_packet(data)
    assert (packet.ssrc, packet.payload_type, packet.sequence) == (9, 111, 65535)
    assert (packet.timestamp, packet.marker) == (5, True)
    assert (packet.payload, packet.size) == (b"media", len(data))


def test_what_stands_before_and_after_the_media_is_no_media() -> None:
    data = rtp(b"media", contributors=2, extension=b"\x30\x05", padding=4)
    assert read_packet(data).payload == b"media"
    # Nothing but padding, as probes are.
    assert read_packet(rtp(b"", padding=200)).payload == b""


@pytest.mark.parametrize(
    ("profile", "elements", "found"),
    [
        (0xBEDE, b"\x31\x12\x34\x00\x40\x07", {3: b"\x12\x34", 4: b"\x07"}),
        # 15 ends the elements of one byte.
        (0xBEDE, b"\x30\x09\xf0\x40\x07", {3: b"\x09"}),
        (0x1000, b"\x14\x02\x12\x34\x00\x15\x00", {20: b"\x12\x34", 21: b""}),
        (0x4242, b"\x31\x12\x34", {}),
    ],
)
def test_extensions_are_found_by_number(
    profile: int, elements: bytes, found: dict[int, bytes]
) -> None:
    packet = read_packet(rtp(extension=elements, profile=profile))
    assert packet.extensions == found
    assert packet.payload == b"x"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80",
        rtp()[:11],
        b"\x00" + rtp()[1:],
        rtp(b"", padding=0, extension=b"\x30\x01")[:14],
        rtp(b"a", padding=2)[:-1] + b"\xff",
    ],
)
def test_what_ends_too_early_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_packet(data)


@pytest.mark.parametrize(
    ("payload", "picture"),
    [
        (VP8_KEY, Picture(key=True, width=640, height=360)),
        (VP8_NEXT, Picture(key=False)),
        # With a long picture id, a layer index and a temporal layer.
        (b"\x90\xe0\x81\x02\x03\x04" + VP8_KEY[1:], Picture(True, 640, 360)),
        (b"\x90\x80\x11" + VP8_KEY[1:], Picture(True, 640, 360)),
        (VP8_REST, None),
        (b"", None),
        (b"\x90", Picture(key=False)),
        (VP8_KEY[:8], None),
    ],
)
def test_vp8_says_where_a_picture_begins(
    payload: bytes, picture: Picture | None
) -> None:
    assert vp8_picture(payload) == picture


def test_red_wraps_one_block() -> None:
    assert unwrap_red(b"\x60media") == (96, b"media")
    assert unwrap_red(b"\xe0media") is None
    assert unwrap_red(b"") is None

"""Pictures count when they are whole."""

from __future__ import annotations

from bench.mesh.viewer.description import Codec, Offer, Section
from bench.mesh.viewer.media import Media
from bench.mesh.viewer.sink import Discard, Seen

from .rtp import VP8_KEY, VP8_NEXT, VP8_REST, rtp

VIDEO = Section(
    "video",
    "1",
    (),
    {
        96: Codec("vp8", 90_000),
        97: Codec("rtx", 90_000),
        98: Codec("red", 90_000),
        99: Codec("ulpfec", 90_000),
        100: Codec("h264", 90_000),
    },
    frozenset({21}),
    frozenset({22}),
)
OFFER = Offer("o", "f", "p", (), (VIDEO,), (), 3)


def seen(*packets: bytes) -> Seen:
    sink = Discard(OFFER.media)
    media = Media(OFFER, sink)
    for place, data in enumerate(packets):
        media.rtp(data, 100.0 + place)
    return sink.seen[0]


def test_a_picture_is_there_with_its_last_packet() -> None:
    first = rtp(VP8_KEY, ssrc=21, sequence=1)
    assert seen(first).pictures == 0
    found = seen(first, rtp(VP8_REST, ssrc=21, sequence=2, marker=True))
    assert (found.pictures, found.keys, found.packets) == (1, 1, 2)
    assert (found.width, found.height) == (640, 360)
    assert (found.first_at, found.last_at) == (101.0, 101.0)


def test_the_end_of_a_picture_that_did_not_begin_is_none() -> None:
    assert seen(rtp(VP8_REST, ssrc=21, marker=True)).pictures == 0


def test_the_next_pictures_keep_the_size() -> None:
    found = seen(
        rtp(VP8_KEY, ssrc=21, marker=True),
        rtp(VP8_NEXT, ssrc=21, sequence=2, timestamp=93_000, marker=True),
    )
    assert (found.pictures, found.keys, found.width) == (2, 1, 640)


def test_what_is_sent_again_and_padding_are_no_pictures() -> None:
    found = seen(
        rtp(VP8_KEY, ssrc=22, kind=97, marker=True),
        rtp(b"", ssrc=21, padding=200),
    )
    assert (found.pictures, found.packets) == (0, 2)
    assert found.bytes == 12 + len(VP8_KEY) + 212


def test_red_is_looked_into_and_repair_is_not() -> None:
    whole = rtp(b"\x60" + VP8_KEY, ssrc=21, kind=98, marker=True)
    repair = rtp(b"\x63" + VP8_KEY, ssrc=21, kind=98, marker=True)
    assert seen(whole).pictures == 1
    assert seen(repair).pictures == 0
    # A type that was not offered.
    assert seen(rtp(b"\x01" + VP8_KEY, ssrc=21, kind=98, marker=True)).pictures == 0


def test_other_codecs_count_by_their_last_packets() -> None:
    assert seen(rtp(b"abc", ssrc=21, kind=100, marker=True)).pictures == 1


def test_strangers_are_counted_and_dropped() -> None:
    sink = Discard(OFFER.media)
    media = Media(OFFER, sink)
    for data in (rtp(ssrc=5), rtp(ssrc=21, kind=50), b"\x80"):
        media.rtp(data, 1.0)
    assert media.malformed == 3
    assert sink.seen[0].packets == 0


def test_feedback_is_owed_for_what_came() -> None:
    sink = Discard(OFFER.media)
    media = Media(OFFER, sink)
    assert list(media.report(1.0)) == []
    assert list(media.arrivals()) == []
    media.rtp(rtp(ssrc=21, extension=b"\x31\x00\x09"), 1.0)
    (arrivals,) = media.arrivals()
    (report,) = media.report(1.0)
    assert arrivals[12:14] == b"\x00\x09"
    assert report[8:12] == (21).to_bytes(4)

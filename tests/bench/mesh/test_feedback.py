"""Feedback is what aiortc and the drafts read out of it."""

from __future__ import annotations

import struct

import pytest
from aiortc.rtp import RtcpPacket, RtcpPsfbPacket, RtcpRrPacket

from bench.mesh.viewer.feedback import (
    TICK_SECONDS,
    Arrivals,
    chunks,
    picture_loss,
    receiver_report,
    sender_reports,
)
from bench.mesh.viewer.packets import read_packet
from bench.mesh.viewer.reception import Block, Reception

from .rtp import rtp

OWN, THEIRS = 0xAABBCCDD, 7


def test_a_report_is_read_as_it_was_written() -> None:
    block = Block(THEIRS, 25, 3, 70_001, 90, 0x12345678, 65536)
    (read,) = RtcpPacket.parse(receiver_report(OWN, [block]))
    assert isinstance(read, RtcpRrPacket)
    assert read.ssrc == OWN
    (told,) = read.reports
    assert (told.ssrc, told.fraction_lost, told.packets_lost) == (THEIRS, 25, 3)
    assert (told.highest_sequence, told.jitter) == (70_001, 90)
    assert (told.lsr, told.dlsr) == (0x12345678, 65536)


def test_a_lost_picture_is_said() -> None:
    (read,) = RtcpPacket.parse(picture_loss(OWN, THEIRS))
    assert isinstance(read, RtcpPsfbPacket)
    assert (read.fmt, read.ssrc, read.media_ssrc) == (1, OWN, THEIRS)


def test_sender_reports_are_found_in_a_compound() -> None:
    report = struct.pack("!BBHIIIIII", 0x80, 200, 6, 9, 0x11112222, 0x33334444, 0, 0, 0)
    compound = receiver_report(OWN, []) + report
    assert list(sender_reports(compound)) == [(9, 0x22223333)]
    assert list(sender_reports(compound[:-4])) == []
    assert list(sender_reports(b"\x80")) == []


def heard(reports: list[bytes]) -> dict[int, float]:
    """Which numbers a sender learns to have arrived, and when in ms."""
    arrived: dict[int, float] = {}
    for data in reports:
        first, kind, words = struct.unpack_from("!BBH", data)
        assert (first & 0x1F, kind, 4 * (words + 1)) == (15, 205, len(data))
        own, media, base, count, rest = struct.unpack_from("!IIHHI", data, 4)
        assert (own, media) == (OWN, THEIRS)
        symbols: list[int] = []
        at = 20
        while len(symbols) < count:
            (word,) = struct.unpack_from("!H", data, at)
            assert word >> 14 == 0b11
            symbols += [word >> 2 * (6 - place) & 0b11 for place in range(7)]
            at += 2
        ticks = (rest >> 8) * 256
        for place, symbol in enumerate(symbols[:count]):
            if symbol == 0:
                continue
            form = "!B" if symbol == 1 else "!h"
            (delta,) = struct.unpack_from(form, data, at)
            at += struct.calcsize(form)
            ticks += delta
            arrived[(base + place) % 65536] = ticks * TICK_SECONDS * 1000
        assert len(data) - at < 4
    return arrived


def test_arrivals_are_told_with_their_times() -> None:
    arrivals = Arrivals()
    came = {65534: 1.000, 65535: 1.004, 0: 1.100, 2: 1.101, 1: 1.102}
    for number, at in came.items():
        arrivals.add(number, THEIRS, at)
    told = heard(list(arrivals.reports(OWN)))
    assert told == pytest.approx({n: 1000 * at for n, at in came.items()}, abs=0.26)
    assert list(arrivals.reports(OWN)) == []


def test_what_did_not_come_is_told_by_what_came_after() -> None:
    arrivals = Arrivals()
    for number in (10, 11, 30):
        arrivals.add(number, THEIRS, 5.0)
    (first,) = arrivals.reports(OWN)
    assert struct.unpack_from("!HH", first, 12) == (10, 21)
    assert sorted(heard([first])) == [10, 11, 30]
    arrivals.add(33, THEIRS, 5.1)
    # Late: the report that would have said so has left.
    arrivals.add(20, THEIRS, 5.1)
    (second,) = arrivals.reports(OWN)
    assert struct.unpack_from("!HH", second, 12) == (31, 3)
    assert sorted(heard([second])) == [33]
    # The count of feedback packets grows.
    assert (first[19], second[19]) == (0, 1)


def test_a_long_pause_takes_a_report_of_its_own() -> None:
    arrivals = Arrivals()
    arrivals.add(1, THEIRS, 1.0)
    arrivals.add(2, THEIRS, 60.0)
    reports = list(arrivals.reports(OWN))
    assert len(reports) == 2
    assert heard(reports) == pytest.approx({1: 1000, 2: 60_000}, abs=0.26)


def test_symbols_fill_whole_words() -> None:
    assert chunks([1] * 7) == struct.pack("!H", 0b11_01010101010101)
    assert chunks([2, 0]) == struct.pack("!H", 0b11_10000000000000)
    assert len(chunks([1] * 8)) == 4


def reception(*numbers: int) -> Reception:
    made = Reception(THEIRS, 90_000)
    for place, number in enumerate(numbers):
        packet = read_packet(rtp(sequence=number % 65536, timestamp=3000 * place))
        made.add(packet, 100 + place / 30)
    return made


def test_loss_is_counted_across_the_end_of_the_numbers() -> None:
    made = reception(65533, 65534, 65536, 65538)
    block = made.block(101)
    assert (block.highest, block.lost) == (65538, 2)
    assert block.fraction_lost == 2 * 256 // 6
    # Since then nothing was lost.
    made.add(read_packet(rtp(sequence=3)), 101)
    assert made.block(101).fraction_lost == 0


def test_packets_out_of_order_are_not_lost() -> None:
    block = reception(5, 7, 6, 8).block(101)
    assert (block.lost, block.fraction_lost, block.highest) == (0, 0, 8)


def test_even_packets_do_not_shake_and_late_ones_do() -> None:
    assert reception(*range(100)).block(101).jitter == 0
    made = reception(1, 2)
    made.add(read_packet(rtp(sequence=3, timestamp=6000)), 100 + 2 / 30 + 0.016)
    assert made.block(101).jitter == 90


def test_the_round_trip_can_be_told() -> None:
    made = reception(1)
    made.report_came(0xABCD0000, 100.0)
    block = made.block(100.5)
    assert (block.last_report, block.since_report) == (0xABCD0000, 32768)
    assert reception(1).block(100.5).since_report == 0

"""RTCP that a receiver writes, and the little of it that it reads.

Receiver reports (RFC 3550, 6.4.2), picture loss indications (RFC 4585, 6.3.1), and
transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01), without
which Chromium's estimator has no delays to go by and climbs by 8% a second.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from .reception import Block

SENDER_REPORT = 200
RECEIVER_REPORT = 201
TRANSPORT = 205
PAYLOAD = 206
PICTURE_LOSS = 1
ARRIVALS = 15

TICK_SECONDS = 0.00025
REFERENCE_TICKS = 256
"""64 ms, of which the reference time is a multiple."""
SMALL_TICKS = 255
LARGE_TICKS = 1 << 15
NOT_RECEIVED, SMALL, LARGE = range(3)
SYMBOLS = 7
"""As many two-bit symbols fill a chunk."""
MOST_STATUSES = 1000


def _packet(count: int, kind: int, body: bytes) -> bytes:
    body += bytes(-len(body) % 4)
    return struct.pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


def receiver_report(own: int, blocks: Sequence[Block]) -> bytes:
    """At most 31 blocks."""
    body = struct.pack("!I", own)
    for block in blocks:
        body += struct.pack(
            "!IIIIII",
            block.ssrc,
            block.fraction_lost << 24 | block.lost,
            block.highest,
            block.jitter,
            block.last_report,
            block.since_report,
        )
    return _packet(len(blocks), RECEIVER_REPORT, body)


def picture_loss(own: int, of: int) -> bytes:
    return _packet(PICTURE_LOSS, PAYLOAD, struct.pack("!II", own, of))


def sender_reports(data: bytes) -> Iterator[tuple[int, int]]:
    """Of a compound packet: who reports, and the middle bits of when.

    What ends too early is left out.
    """
    at = 0
    while at + 4 <= len(data):
        _, kind, words = struct.unpack_from("!BBH", data, at)
        if kind == SENDER_REPORT and at + 28 <= len(data):
            ssrc, whole, parts = struct.unpack_from("!III", data, at + 4)
            yield ssrc, (whole & 0xFFFF) << 16 | parts >> 16
        at += 4 * (words + 1)


class Arrivals:
    """Which packets of a transport came, and when, until it is said.

    Numbers are those of the header extension, 16 bits; between two reports less than
    half of them may come.
    """

    def __init__(self) -> None:
        self._came: dict[int, int] = {}
        self._next: int | None = None
        """The first number, cycles included, that no report has spoken of."""
        self._highest = 0
        self._count = 0
        self.media = 0
        """A source of the newest packet: reports are about the transport of it."""

    def add(self, number: int, ssrc: int, at: float) -> None:
        """A packet came at this time, in seconds."""
        if self._next is None:
            self._next = self._highest = number
        whole = self._highest + ((number - self._highest + 32768) % 65536 - 32768)
        if whole < self._next:
            return
        self._highest = max(self._highest, whole)
        self._came.setdefault(whole, int(at / TICK_SECONDS))
        self.media = ssrc

    def reports(self, own: int) -> Iterator[bytes]:
        """Everything since the last ones, and it is forgotten."""
        while self._came and self._next is not None:
            first = self._next
            # Of the first that came: its own difference always fits.
            reference = self._came[min(self._came)] // REFERENCE_TICKS
            now = reference * REFERENCE_TICKS
            statuses: list[int] = []
            deltas = b""
            number = first
            while number <= self._highest and len(statuses) < MOST_STATUSES:
                ticks = self._came.get(number)
                if ticks is None:
                    statuses.append(NOT_RECEIVED)
                else:
                    delta = ticks - now
                    if not -LARGE_TICKS <= delta < LARGE_TICKS:
                        break
                    del self._came[number]
                    now = ticks
                    if 0 <= delta <= SMALL_TICKS:
                        statuses.append(SMALL)
                        deltas += struct.pack("!B", delta)
                    else:
                        statuses.append(LARGE)
                        deltas += struct.pack("!h", delta)
                number += 1
            self._next = number
            yield self._report(own, first, statuses, reference, deltas)

    def _report(
        self, own: int, first: int, statuses: list[int], reference: int, deltas: bytes
    ) -> bytes:
        head = struct.pack(
            "!IIHHI",
            own,
            self.media,
            first % 65536,
            len(statuses),
            (reference % (1 << 24)) << 8 | self._count % 256,
        )
        self._count += 1
        return _packet(ARRIVALS, TRANSPORT, head + chunks(statuses) + deltas)


def chunks(statuses: Sequence[int]) -> bytes:
    """As vectors of two-bit symbols; those after the last packet are empty."""
    packed = b""
    for start in range(0, len(statuses), SYMBOLS):
        word = 0b11 << 14
        for place, status in enumerate(statuses[start : start + SYMBOLS]):
            word |= status << 2 * (SYMBOLS - 1 - place)
        packed += struct.pack("!H", word)
    return packed

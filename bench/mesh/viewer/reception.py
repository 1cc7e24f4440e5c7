"""What one source sent and what came of it: the figures of a receiver report."""

from __future__ import annotations

from dataclasses import dataclass

from .packets import Packet

SEQUENCES = 1 << 16
TIMESTAMPS = 1 << 32
MOST_LOST = (1 << 23) - 1


@dataclass(frozen=True, slots=True)
class Block:
    """One report block (RFC 3550, 6.4.1)."""

    ssrc: int
    fraction_lost: int
    lost: int
    highest: int
    jitter: int
    last_report: int
    since_report: int


class Reception:
    """Of one SSRC. Times are seconds of one clock that never goes back."""

    def __init__(self, ssrc: int, clock_rate: int) -> None:
        self.ssrc = ssrc
        self.packets = 0
        self.highest = 0
        """The highest sequence number, cycles included (RFC 3550, A.1)."""
        self._clock_rate = clock_rate
        self._first: int | None = None
        self._jitter = 0.0
        self._arrived: tuple[float, int] | None = None
        self._reported = (0, 0)
        self._report: tuple[int, float] | None = None

    def add(self, packet: Packet, at: float) -> None:
        self.packets += 1
        if self._first is None:
            self._first = self.highest = packet.sequence
        ahead = (packet.sequence - self.highest) % SEQUENCES
        if 0 < ahead < SEQUENCES // 2:
            self.highest += ahead
        self._shake(packet.timestamp, at)

    def report_came(self, middle: int, at: float) -> None:
        """A sender report; `middle` are the middle 32 bits of its NTP timestamp."""
        self._report = middle, at

    def block(self, at: float) -> Block:
        """For a report that leaves now; the next one speaks of what comes after it."""
        expected = self.highest - (self._first or 0) + 1 if self.packets else 0
        before_expected, before_came = self._reported
        interval = expected - before_expected
        lost = interval - (self.packets - before_came)
        self._reported = expected, self.packets
        middle, heard = self._report or (0, at)
        return Block(
            ssrc=self.ssrc,
            fraction_lost=min(255, (lost << 8) // interval) if lost > 0 else 0,
            lost=max(0, min(MOST_LOST, expected - self.packets)),
            highest=self.highest % (1 << 32),
            jitter=int(self._jitter),
            last_report=middle,
            since_report=round((at - heard) * 65536) if middle else 0,
        )

    def _shake(self, timestamp: int, at: float) -> None:
        """Interarrival jitter in units of the timestamp (RFC 3550, A.8)."""
        if self._arrived is not None:
            before, stamp = self._arrived
            if timestamp == stamp:
                return
            step = (timestamp - stamp) % TIMESTAMPS
            if step >= TIMESTAMPS // 2:
                return
            apart = abs((at - before) * self._clock_rate - step)
            self._jitter += (apart - self._jitter) / 16
        self._arrived = at, timestamp

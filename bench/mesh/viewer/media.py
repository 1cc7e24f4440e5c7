"""The media of one transport: who sends what, and the feedback that is owed for it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator

from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceTransport

from .description import Offer
from .feedback import Arrivals, receiver_report, sender_reports
from .packets import Malformed, Packet, read_packet
from .reception import Reception
from .sink import Sink

MOST_BLOCKS = 31


class Media:
    """Reads packets, hands them to a sink, and owes reports. Times are of one clock."""

    def __init__(self, offer: Offer, sink: Sink) -> None:
        self.own = secrets.randbits(32)
        self.malformed = 0
        self._sink = sink
        self._number = offer.transport_number
        self._arrivals = Arrivals()
        self._receptions: dict[int, Reception] = {}
        self._sections = offer.media
        self._slots = {
            ssrc: slot
            for slot, section in enumerate(offer.media)
            for ssrc in section.main | section.again
        }

    def rtp(self, data: bytes, at: float) -> None:
        try:
            packet = read_packet(data)
        except Malformed:
            self.malformed += 1
            return
        self._note_arrival(packet, at)
        slot = self._slots.get(packet.ssrc)
        codec = None
        if slot is not None:
            codec = self._sections[slot].codecs.get(packet.payload_type)
        if slot is None or codec is None:
            self.malformed += 1
            return
        reception = self._receptions.get(packet.ssrc)
        if reception is None:
            reception = Reception(packet.ssrc, codec.clock_rate)
            self._receptions[packet.ssrc] = reception
        reception.add(packet, at)
        self._sink.take(slot, packet, codec, at)

    def rtcp(self, data: bytes, at: float) -> None:
        for ssrc, middle in sender_reports(data):
            if ssrc in self._receptions:
                self._receptions[ssrc].report_came(middle, at)

    def arrivals(self) -> Iterator[bytes]:
        """Transport-wide feedback; due about every 100 ms."""
        yield from self._arrivals.reports(self.own)

    def report(self, at: float) -> Iterator[bytes]:
        """A receiver report about everybody who sent; due about once a second."""
        blocks = [one.block(at) for one in self._receptions.values()][:MOST_BLOCKS]
        if blocks:
            yield receiver_report(self.own, blocks)

    def _note_arrival(self, packet: Packet, at: float) -> None:
        if self._number is None:
            return
        if len(said := packet.extensions.get(self._number, b"")) == 2:
            self._arrivals.add(int.from_bytes(said), packet.ssrc, at)


class Transport(RTCDtlsTransport):
    """aiortc's, with all media handed to `media` as bytes.

    Its own receivers each start a thread that decodes; these two methods are where it
    passes on what came out of SRTP, and nothing is registered there.
    """

    def __init__(self, ice: RTCIceTransport, certificate: RTCCertificate) -> None:
        super().__init__(ice, [certificate])
        self.media: Media | None = None

    async def _handle_rtp_data(self, data: bytes, arrival_time_ms: int) -> None:
        if self.media is not None:
            self.media.rtp(data, time.monotonic())

    async def _handle_rtcp_data(self, data: bytes) -> None:
        if self.media is not None:
            self.media.rtcp(data, time.monotonic())

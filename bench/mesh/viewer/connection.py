"""One connection of a pair: ICE, DTLS, SRTP and two data channels, answering only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

from aiortc import (
    RTCCertificate,
    RTCDataChannel,
    RTCDataChannelParameters,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceServer,
    RTCIceTransport,
    RTCIceTransportPolicy,
    RTCSctpTransport,
)
from aiortc.sdp import candidate_from_sdp, candidate_to_sdp

from .description import Credentials, Offer, answer
from .media import Media, Transport
from .sink import Sink

SCTP_PORT = 5000
TICK_SECONDS = 0.1
BEAT_TICKS = 5
REPORT_TICKS = 10
PREFIX = "candidate:"


class Connection:
    """Made for one offer. `opened` and `heard` are what the page's `talk` channel does.

    `over` is set when it failed or was closed; it is not used again then.
    """

    def __init__(
        self,
        offer: Offer,
        sink: Sink,
        certificate: RTCCertificate,
        ice_servers: Sequence[RTCIceServer],
        *,
        relay_only: bool = False,
    ) -> None:
        policy = RTCIceTransportPolicy.RELAY if relay_only else None
        self.offer = offer
        self.answer = ""
        self.over = asyncio.Event()
        self.connected = asyncio.Event()
        self.opened: Callable[[], None] = lambda: None
        self.heard: Callable[[str], None] = lambda _text: None
        self._certificate = certificate
        self._ice = RTCIceTransport(
            RTCIceGatherer(list(ice_servers), policy or RTCIceTransportPolicy.ALL)
        )
        self._transport = Transport(self._ice, certificate)
        # The answer says `active`: whoever answers begins DTLS.
        self._transport._set_role("client")
        self._media = self._transport.media = Media(offer, sink)
        self._sctp = RTCSctpTransport(self._transport, SCTP_PORT)
        self._talk = self._channel("talk", 0)
        self._pulse = self._channel("pulse", 1, ordered=False, maxRetransmits=0)
        self._talk.on("open", lambda: self.opened())
        self._talk.on("message", lambda data: self.heard(data))
        self._work: asyncio.Task[None] | None = None

    async def describe(self) -> str:
        """The answer, with all candidates of this end."""
        gatherer = self._ice.iceGatherer
        await gatherer.gather()
        own = gatherer.getLocalParameters()
        fingerprints = [
            (one.algorithm, one.value) for one in self._certificate.getFingerprints()
        ]
        self.answer = answer(
            self.offer,
            Credentials(
                fragment=own.usernameFragment or "",
                password=own.password or "",
                fingerprints=fingerprints,
                candidates=[
                    PREFIX + candidate_to_sdp(one)
                    for one in gatherer.getLocalCandidates()
                ],
            ),
        )
        return self.answer

    async def add_candidate(self, line: str) -> None:
        """One of the other side's; empty: that was the last."""
        found = candidate_from_sdp(line.removeprefix(PREFIX)) if line else None
        await self._ice.addRemoteCandidate(found)

    def start(self) -> None:
        """Connect, and from then on answer with feedback and beats, until `close`."""
        self._work = asyncio.create_task(self._run())

    def say(self, text: str) -> bool:
        """On `talk`; false while that is not open."""
        if self._talk.readyState != "open":
            return False
        self._talk.send(text)
        return True

    async def close(self) -> None:
        self.over.set()
        if self._work is not None:
            self._work.cancel()
        await self._sctp.stop()
        await self._transport.stop()
        await self._ice.stop()

    def _channel(self, label: str, number: int, **how: Any) -> RTCDataChannel:
        parameters = RTCDataChannelParameters(
            label=label, negotiated=True, id=number, **how
        )
        return RTCDataChannel(self._sctp, parameters)

    async def _run(self) -> None:
        offer = self.offer
        for candidate in offer.candidates:
            await self.add_candidate(candidate)
        await self._ice.start(RTCIceParameters(offer.fragment, offer.password))
        if self._ice.state == "completed":
            prints = [RTCDtlsFingerprint(*one) for one in offer.fingerprints]
            await self._transport.start(RTCDtlsParameters(prints))
        if self._transport.state != "connected":
            self.over.set()
            return
        self.connected.set()
        if any(section.kind == "application" for section in offer.sections):
            await self._sctp.start(RTCSctpTransport.getCapabilities(), SCTP_PORT)
        try:
            await self._give_feedback()
        except ConnectionError:
            self.over.set()

    async def _give_feedback(self) -> None:
        tick = 0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            tick += 1
            for packet in self._media.arrivals():
                await self._transport._send_rtp(packet)
            if tick % REPORT_TICKS == 0:
                for packet in self._media.report(time.monotonic()):
                    await self._transport._send_rtp(packet)
            if tick % BEAT_TICKS == 0 and self._pulse.readyState == "open":
                self._pulse.send(".")

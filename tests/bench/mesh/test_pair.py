"""A viewer's pair with a page of aiortc's own: met, heard, and built anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiortc import (
    RTCCertificate,
    RTCConfiguration,
    RTCPeerConnection,
    RTCSessionDescription,
)

from bench.mesh.viewer.pair import Pair, Signal

SECONDS = 20.0
SLOTS = ("audio", "video", "video", "audio")


class Page:
    """The offering end, with four slots and the two channels, as pages have them."""

    def __init__(self) -> None:
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.heard: list[str] = []
        self.beats = 0
        for kind in SLOTS:
            self.connection.addTransceiver(kind)
        self.talk = self.connection.createDataChannel("talk", negotiated=True, id=0)
        pulse = self.connection.createDataChannel(
            "pulse", negotiated=True, id=1, ordered=False, maxRetransmits=0
        )
        self.talk.on("message", self.heard.append)
        pulse.on("message", self._beat)

    async def offer(self, epoch: int) -> Signal:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        sdp = self.connection.localDescription.sdp
        return {"type": "offer", "epoch": epoch, "number": 0, "sdp": sdp}

    async def take(self, answer: Signal) -> None:
        await self.connection.setRemoteDescription(
            RTCSessionDescription(answer["sdp"], "answer")
        )

    def _beat(self, _data: Any) -> None:
        self.beats += 1


async def until(fact: Callable[[], object]) -> None:
    """Come back when it is true; TimeoutError: it was not in time."""
    async with asyncio.timeout(SECONDS):
        while not fact():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def test_a_pair_is_met_heard_and_replaced() -> None:
    async def story() -> None:
        said: list[Signal] = []
        heard: list[Any] = []
        pair = Pair(said.append, RTCCertificate.generateCertificate())
        pair.opened = lambda: heard.append("open")
        pair.heard = heard.append
        first = Page()
        offer = await first.offer(5)
        assert not pair.talk({"type": "chat-ack", "id": "early"})
        pair.take(offer)
        await until(lambda: said)
        assert [said[0][key] for key in ("type", "epoch", "number")] == ["answer", 5, 0]
        await first.take(said[0])
        await until(lambda: "open" in heard and first.talk.readyState == "open")
        assert pair.connected
        assert len(pair.sink.seen) == len(SLOTS)

        first.talk.send('{"type": "keyframe", "slot": "camera"}')
        await until(lambda: len(heard) == 2)
        assert heard[1] == {"type": "keyframe", "slot": "camera"}
        assert pair.talk({"type": "chat-ack", "id": "a-1"})
        await until(lambda: first.heard and first.beats > 1)

        # The same offer again is answered with the same words, one that searches
        # anew with the wish for a connection, one of the past not at all.
        pair.take(offer)
        await until(lambda: len(said) == 2)
        assert (said[1]["sdp"], said[1]["number"]) == (said[0]["sdp"], 1)
        pair.take(offer | {"sdp": offer["sdp"].replace("o=- ", "o=- 9")})
        await until(lambda: len(said) == 3)
        assert said[2] == {"type": "restart", "epoch": 5, "kind": "connection"}
        pair.take(offer | {"epoch": 4})

        second = Page()
        pair.take(await second.offer(6))
        await until(lambda: len(said) == 4)
        assert (said[3]["epoch"], said[3]["number"]) == (6, 0)
        await second.take(said[3])
        await until(lambda: heard.count("open") == 2 and pair.connected)
        await pair.close()
        for page in (first, second):
            await page.connection.close()

    asyncio.run(story())


def test_what_is_no_offer_is_passed_over() -> None:
    async def story() -> None:
        said: list[Signal] = []
        pair = Pair(said.append, RTCCertificate.generateCertificate())
        pair.take({"type": "offer", "epoch": 5, "sdp": "v=0\r\n"})
        pair.take({"type": "candidates", "epoch": 0, "candidates": []})
        page = Page()
        pair.take(await page.offer(6))
        await until(lambda: said)
        assert said[0]["epoch"] == 6
        await pair.close()
        await page.connection.close()

    asyncio.run(story())

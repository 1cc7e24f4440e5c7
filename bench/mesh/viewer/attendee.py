"""A seat in a room of the product, held as docs/protocol.md says, answers-only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from aiortc import RTCCertificate, RTCIceServer

from rooms.loadtest.client import Client, Frame, Guest, Server, Watch

from .pair import Pair, Signal

EMPTY = dict.fromkeys(("microphone", "camera", "screen", "screenAudio"), "off")
SIGNALS = ("peer-offer", "peer-candidates", "peer-restart")


class Seat(Client):
    """The client of the load test, which says that it only answers."""

    def _join(self) -> None:
        self.say(
            type="join",
            name=self.guest.name,
            version=self.version,
            slots=EMPTY,
            answersOnly=True,
        )


class Attendee(Watch):
    """Sits in a room, and has a pair with each page there.

    Two who only answer do not connect: many attendees of one room meet pages alone.
    """

    def __init__(self, server: Server, guest: Guest) -> None:
        self.pairs: dict[str, Pair] = {}
        self.views: dict[str, Any] | None = None
        """What was last said of how large the pages' pictures are shown."""
        self.chats = 0
        """How many messages came over the pairs."""
        self._seat = Seat(server, guest, self)
        self._certificate = RTCCertificate.generateCertificate()
        self._closing: set[asyncio.Task[None]] = set()

    async def come_in(self, seconds: float) -> None:
        """Sit down; TimeoutError says that it was not in time."""
        self._seat.start()
        await self._seat.come_in(seconds)

    def show(self, camera: dict[str, int], screen: dict[str, int]) -> None:
        """Say to all pages, and to those that come, how large we show them."""
        self.views = {"type": "views", "camera": camera, "screen": screen}
        for pair in self.pairs.values():
            pair.talk(self.views)

    async def leave(self) -> None:
        self._seat.leave()
        pairs = list(self.pairs.values())
        self.pairs.clear()
        for pair in pairs:
            await pair.close()

    def heard(self, client: Client, frame: Frame) -> None:
        if frame["type"] in SIGNALS:
            signal = {key: value for key, value in frame.items() if key != "from"}
            signal["type"] = frame["type"].removeprefix("peer-")
            self._pair(frame["from"]).take(signal)
        elif frame["type"] == "peer-left" and frame["seat"] in self.pairs:
            task = asyncio.create_task(self.pairs.pop(frame["seat"]).close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    def _pair(self, seat: str) -> Pair:
        if seat not in self.pairs:
            facts = self._seat.welcome
            pair = Pair(
                self._sayer(seat),
                self._certificate,
                [
                    RTCIceServer(
                        one["urls"], one.get("username"), one.get("credential")
                    )
                    for one in facts["iceServers"]
                ],
                relay_only=facts["room"].get("relayOnly", False),
            )
            pair.opened = lambda: self._opened(pair)
            pair.heard = lambda message: self._heard(pair, message)
            self.pairs[seat] = pair
        return self.pairs[seat]

    def _sayer(self, seat: str) -> Callable[[Signal], None]:
        return lambda signal: self._say(seat, signal)

    def _say(self, seat: str, signal: Signal) -> None:
        self._seat.say(**signal, to=seat)

    def _opened(self, pair: Pair) -> None:
        if self.views is not None:
            pair.talk(self.views)

    def _heard(self, pair: Pair, message: dict[str, Any]) -> None:
        """Chat is acknowledged, or it would be said again for ever."""
        if message["type"] == "chat":
            self.chats += 1
            pair.talk({"type": "chat-ack", "id": message["id"]})

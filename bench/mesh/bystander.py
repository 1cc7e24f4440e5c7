"""A viewer of the plain mesh: the same pair, signalled over the floor's bare relay."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiortc import RTCCertificate
from websockets.asyncio.client import ClientConnection, connect

from .viewer.pair import Pair, Signal

EPOCH = 1


class Bystander:
    """Answers every page of the relay that offers; views mean nothing there."""

    def __init__(self, url: str) -> None:
        self.pairs: dict[str, Pair] = {}
        self.chats = 0
        self._url = url
        self._certificate = RTCCertificate.generateCertificate()
        self._socket: ClientConnection | None = None
        self._work: asyncio.Task[None] | None = None
        self._unsaid: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def come_in(self, seconds: float) -> None:
        """Join; TimeoutError says that it was not in time."""
        async with asyncio.timeout(seconds):
            self._socket = await connect(self._url, compression=None)
            await self._socket.send(json.dumps({"type": "join"}))
            await self._socket.recv()
        self._work = asyncio.create_task(self._serve(self._socket))

    def show(self, camera: dict[str, int], screen: dict[str, int]) -> None:
        """Nobody is told."""

    async def leave(self) -> None:
        if self._work is not None:
            self._work.cancel()
        if self._socket is not None:
            await self._socket.close()
        pairs = list(self.pairs.values())
        self.pairs.clear()
        for pair in pairs:
            await pair.close()

    async def _serve(self, socket: ClientConnection) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._write(socket))
            async for text in socket:
                self._take(json.loads(text))

    async def _write(self, socket: ClientConnection) -> None:
        while True:
            await socket.send(json.dumps(await self._unsaid.get()))

    def _take(self, message: dict[str, Any]) -> None:
        number = str(message["from"])
        if message["type"] == "description":
            if number not in self.pairs:
                self.pairs[number] = Pair(
                    lambda signal: self._say(int(number), signal), self._certificate
                )
            sdp = message["description"]["sdp"]
            self.pairs[number].take({"type": "offer", "epoch": EPOCH, "sdp": sdp})
        elif message["type"] == "candidate" and message["candidate"]:
            found = [message["candidate"]]
            self.pairs[number].take(
                {"type": "candidates", "epoch": EPOCH, "candidates": found}
            )

    def _say(self, to: int, signal: Signal) -> None:
        if signal["type"] != "answer":
            return
        description = {"type": "answer", "sdp": signal["sdp"]}
        self._unsaid.put_nowait(
            {"type": "description", "to": to, "description": description}
        )

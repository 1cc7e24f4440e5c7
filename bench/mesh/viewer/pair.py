"""The pair with one page: a connection at a time, replaced by one of a larger epoch."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from typing import Any

from aiortc import RTCCertificate, RTCIceServer

from .connection import Connection
from .description import Offer, Unreadable, read_offer
from .sink import Discard

Signal = dict[str, Any]


class Pair:
    """Signals go in by `take` and out by `say`, without `to` and `from`.

    It only ever answers, as `answersOnly` says of it. `opened` is called when `talk`
    can be used, `heard` with each message on it.
    """

    def __init__(
        self,
        say: Callable[[Signal], None],
        certificate: RTCCertificate,
        ice_servers: Sequence[RTCIceServer] = (),
        *,
        relay_only: bool = False,
    ) -> None:
        self.opened: Callable[[], None] = lambda: None
        self.heard: Callable[[dict[str, Any]], None] = lambda _message: None
        self.sink = Discard(())
        """Of the connection in use."""
        self._say = say
        self._certificate = certificate
        self._ice_servers = ice_servers
        self._relay_only = relay_only
        self._epoch = 0
        self._number = 0
        self._connection: Connection | None = None
        self._signals: asyncio.Queue[Signal] = asyncio.Queue()
        self._work = asyncio.create_task(self._listen())

    @property
    def connected(self) -> bool:
        return self._connection is not None and self._connection.connected.is_set()

    def take(self, signal: Signal) -> None:
        """An offer or candidates of the page; other types are passed over."""
        self._signals.put_nowait(signal)

    def talk(self, message: dict[str, Any]) -> bool:
        """Say something on the pair's own channel; false while it is not open."""
        if self._connection is None:
            return False
        return self._connection.say(json.dumps(message))

    async def close(self) -> None:
        self._work.cancel()
        if self._connection is not None:
            await self._connection.close()

    async def _listen(self) -> None:
        while True:
            signal = await self._signals.get()
            if signal["type"] == "offer":
                try:
                    await self._offered(signal["epoch"], read_offer(signal["sdp"]))
                except Unreadable as fault:
                    sys.stderr.write(f"An offer was not understood: {fault}\n")
            elif signal["type"] == "candidates" and signal["epoch"] == self._epoch:
                await self._found(signal["candidates"])

    async def _offered(self, epoch: int, offer: Offer) -> None:
        now = self._connection
        if epoch < self._epoch:
            return
        if now is not None and epoch == self._epoch:
            if offer.origin == now.offer.origin:
                self._answer(now.answer)
            else:
                # A new search in an old connection is more than aioice can do.
                self._say({"type": "restart", "epoch": epoch, "kind": "connection"})
            return
        if now is not None:
            await now.close()
        self._epoch, self._number = epoch, 0
        self.sink = Discard(offer.media)
        made = Connection(
            offer,
            self.sink,
            self._certificate,
            self._ice_servers,
            relay_only=self._relay_only,
        )
        made.opened = lambda: self.opened()
        made.heard = lambda text: self.heard(json.loads(text))
        self._connection = made
        self._answer(await made.describe())
        made.start()

    def _answer(self, sdp: str) -> None:
        self._say(
            {"type": "answer", "epoch": self._epoch, "number": self._number, "sdp": sdp}
        )
        self._number += 1

    async def _found(self, candidates: Sequence[dict[str, str]]) -> None:
        if self._connection is None:
            return
        for one in candidates:
            # The end of candidates: aioice needs none to go on, and would fail early.
            if one["candidate"]:
                await self._connection.add_candidate(one["candidate"])

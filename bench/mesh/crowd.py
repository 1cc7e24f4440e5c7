"""The viewers of one round, in a process of their own.

`python -m bench.mesh.crowd` answers each line of JSON that it reads with another. It
has a process to itself so that what viewers cost can be told from what the sender
costs, and so that nothing else delays what they feed back.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from rooms.loadtest.client import Guest, Server
from tests.servers import ROOT

from .bystander import Bystander
from .viewer.attendee import Attendee
from .viewer.pair import Pair

COME_SECONDS = 20.0
LOOK_SECONDS = 0.005
STILL_SECONDS = 1.5
"""Without a picture for so long, a sender has stopped."""
STOP_SECONDS = 10.0
SHOW_SECONDS = 10.0

HIDDEN = {"width": 0, "height": 0, "rate": 0}

Facts = dict[str, Any]


class Someone(Protocol):
    """Who looks: in a room of the product, or at the plain mesh."""

    pairs: dict[str, Pair]
    chats: int

    async def come_in(self, seconds: float) -> None: ...

    def show(self, camera: dict[str, int], screen: dict[str, int]) -> None: ...

    async def leave(self) -> None: ...


# The bench's end


class Crowd:
    """So many viewers, driven by a bench that waits for each answer."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self.running = running

    @property
    def pid(self) -> int:
        return self.running.pid

    def sit(self, url: str, link: str, guests: Sequence[Facts]) -> None:
        """Take seats in a room of the product; `guests` have cookie and ticket."""
        self.ask("sit", url=url, link=link, guests=guests)

    def join(self, url: str, count: int) -> None:
        """Join the plain mesh at this relay."""
        self.ask("join", url=url, count=count)

    def show(self, cameras: Sequence[dict[str, int]]) -> None:
        """Say at what size each shows the sender's camera; the last for the rest."""
        self.ask("show", cameras=cameras)

    def facts(self) -> list[Facts]:
        """What each viewer got from the sender, by slot."""
        found: list[Facts] = self.ask("facts")["viewers"]
        return found

    def show_again(self, viewer: int, camera: dict[str, int]) -> Facts:
        """Hide, wait until nothing comes, show: how long each took in ms."""
        return self.ask("again", viewer=viewer, camera=camera)

    def leave(self) -> None:
        self.ask("leave")

    def ask(self, what: str, **fields: Any) -> Facts:
        assert self.running.stdin is not None
        assert self.running.stdout is not None
        self.running.stdin.write(json.dumps({"do": what, **fields}) + "\n")
        self.running.stdin.flush()
        line = self.running.stdout.readline()
        if not line:
            raise RuntimeError("The viewers have ended.")
        answer: Facts = json.loads(line)
        return answer


@contextlib.contextmanager
def crowd() -> Iterator[Crowd]:
    with subprocess.Popen(
        [sys.executable, "-m", "bench.mesh.crowd"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield Crowd(running)
        finally:
            running.kill()


# The viewers' end


class Viewers:
    def __init__(self) -> None:
        self.here: list[Someone] = []

    async def sit(self, url: str, link: str, guests: list[Facts]) -> Facts:
        server = Server(url, url)
        for number, guest in enumerate(guests):
            self.here.append(Attendee(server, _guest(link, f"Viewer {number}", guest)))
        return await self._all_in()

    async def join(self, url: str, count: int) -> Facts:
        self.here = [Bystander(url) for _ in range(count)]
        return await self._all_in()

    async def show(self, cameras: list[dict[str, int]]) -> Facts:
        for number, one in enumerate(self.here):
            one.show(cameras[min(number, len(cameras) - 1)], HIDDEN)
        return {}

    async def facts(self) -> Facts:
        return {"viewers": [_facts(one) for one in self.here]}

    async def again(self, viewer: int, camera: dict[str, int]) -> Facts:
        one = self.here[viewer]
        hidden = time.monotonic()
        one.show(HIDDEN, HIDDEN)
        while (now := time.monotonic()) - max(hidden, _last(one)) < STILL_SECONDS:
            if now - hidden > STOP_SECONDS:
                return {"stopped": None, "shown": None}
            await asyncio.sleep(LOOK_SECONDS)
        stopped = max(0.0, _last(one) - hidden)
        shown = time.monotonic()
        one.show(camera, HIDDEN)
        while (at := _last(one)) < shown:
            if time.monotonic() - shown > SHOW_SECONDS:
                return {"stopped": 1000 * stopped, "shown": None}
            await asyncio.sleep(LOOK_SECONDS)
        return {"stopped": 1000 * stopped, "shown": 1000 * (at - shown)}

    async def leave(self) -> Facts:
        for one in self.here:
            await one.leave()
        self.here.clear()
        return {}

    async def _all_in(self) -> Facts:
        await asyncio.gather(*(one.come_in(COME_SECONDS) for one in self.here))
        return {}


def _guest(link: str, name: str, facts: Facts) -> Guest:
    return Guest(link, name, facts["cookie"], lambda: str(facts["ticket"]))


def _facts(one: Someone) -> Facts:
    """Of the only page that sends."""
    pairs = list(one.pairs.values())
    return {
        "connected": bool(pairs) and all(pair.connected for pair in pairs),
        "chats": one.chats,
        "slots": [asdict(seen) for pair in pairs for seen in pair.sink.seen],
    }


def _last(one: Someone) -> float:
    """When the newest picture of the page's camera was complete."""
    return max(
        (pair.sink.seen[1].last_at for pair in one.pairs.values() if pair.sink.seen),
        default=0.0,
    )


async def serve() -> None:
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    viewers = Viewers()
    async for line in lines:
        asked = json.loads(line)
        answer = await getattr(viewers, asked.pop("do"))(**asked)
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(serve())

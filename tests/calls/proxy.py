"""A TCP proxy of the tests' own between browsers and servers, which can turn bad.

Whose a connection is, the first line of its request tells by the `User-Agent`; so one
person's way can be cut while the others' stays, and each may lead to another process.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
import struct
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

Answer = TypeVar("Answer")

HEAD_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024
COMMAND_SECONDS = 10.0
EVERYBODY = ""


class Line:
    """One connection, from a client to a server."""

    def __init__(self, owner: str, client: asyncio.StreamWriter) -> None:
        self.owner = owner
        self.client = client
        self.server: asyncio.StreamWriter | None = None
        self.flows = asyncio.Event()
        self.flows.set()
        self.delay = 0.0

    @property
    def ends(self) -> list[asyncio.StreamWriter]:
        return [end for end in (self.client, self.server) if end is not None]

    def reset(self) -> None:
        """RST to both sides, and not a byte more."""
        for end in self.ends:
            plain: socket.socket | None = end.get_extra_info("socket")
            if plain is not None and plain.fileno() >= 0:
                lingers = struct.pack("ii", 1, 0)
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingers)
            end.transport.abort()

    def close(self) -> None:
        for end in self.ends:
            end.close()


class Proxy:
    """Listens on a port of 127.0.0.1; what it does to connections is said meanwhile.

    Every command is done when it returns. `owner` is the name a browser context was
    opened with; without one, everybody is meant.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy")
        self._lines: set[Line] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._routes: dict[str, tuple[int, ...]] = {}
        self._stalled: set[str] = set()
        self._delays: dict[str, float] = {}
        self._listener: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    # Commands

    def open(self) -> None:
        """Accept connections, always on the same port."""
        self._do(self._open())

    def refuse(self) -> None:
        """Let connections be refused, as by a machine on which nothing listens."""
        self._do(self._refuse())

    def lead(self, *ports: int, owner: str = EVERYBODY) -> None:
        """New connections go to the first of these ports that takes them."""
        self._do(self._lead(owner, ports))

    def reset(self, owner: str = EVERYBODY) -> int:
        """Cut connections hard; returns how many there were."""
        return self._do(self._reset(owner))

    def half_open(self, owner: str = EVERYBODY) -> None:
        """Pass nothing more on in connections that are there, and never close them.

        New ones work.
        """
        self._do(self._half_open(owner))

    def stall(self, owner: str = EVERYBODY) -> None:
        """Pass nothing on, old or new, until `resume`, as with a cable pulled out."""
        self._do(self._stall(owner))

    def resume(self, owner: str = EVERYBODY) -> None:
        """Pass everything on that waits, and what comes."""
        self._do(self._resume(owner))

    def delay(self, seconds: float, owner: str = EVERYBODY) -> None:
        """Pass each piece on this much later, in both directions; also in new ones."""
        self._do(self._delay(seconds, owner))

    def count(self, owner: str = EVERYBODY) -> int:
        """How many connections there are."""
        return self._do(self._count(owner))

    # Life

    def start(self) -> None:
        self._thread.start()
        self.open()

    def end(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(COMMAND_SECONDS)
        self._loop.close()

    def _do(self, command: Coroutine[Any, Any, Answer]) -> Answer:
        waiting = asyncio.run_coroutine_threadsafe(command, self._loop)
        return waiting.result(COMMAND_SECONDS)

    async def _open(self) -> None:
        if self._listener is None:
            self._listener = await asyncio.start_server(
                self._accept, "127.0.0.1", self.port, limit=HEAD_BYTES, backlog=4096
            )
            self.port = self._listener.sockets[0].getsockname()[1]

    async def _refuse(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _lead(self, owner: str, ports: tuple[int, ...]) -> None:
        self._routes[owner] = ports

    def _of(self, owner: str) -> list[Line]:
        return [line for line in self._lines if owner in (EVERYBODY, line.owner)]

    async def _reset(self, owner: str) -> int:
        lines = self._of(owner)
        for line in lines:
            line.reset()
        return len(lines)

    async def _half_open(self, owner: str) -> None:
        for line in self._of(owner):
            line.flows.clear()

    async def _stall(self, owner: str) -> None:
        self._stalled.add(owner)
        await self._half_open(owner)

    async def _resume(self, owner: str) -> None:
        self._stalled -= {owner} if owner != EVERYBODY else self._stalled.copy()
        for line in self._of(owner):
            line.flows.set()

    async def _delay(self, seconds: float, owner: str) -> None:
        self._delays[owner] = seconds
        for line in self._of(owner):
            line.delay = seconds

    async def _count(self, owner: str) -> int:
        return len(self._of(owner))

    async def _end(self) -> None:
        await self._refuse()
        for line in list(self._lines):
            line.reset()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # Bytes

    def _accept(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        line = Line(EVERYBODY, writer)
        self._lines.add(line)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            line.owner = owner_of(head)
            line.delay = self._delays.get(
                line.owner, self._delays.get(EVERYBODY, line.delay)
            )
            if self._stalled & {EVERYBODY, line.owner}:
                line.flows.clear()
            await line.flows.wait()
            back, line.server = await self._reach(line.owner)
            line.server.write(head)
            await asyncio.gather(
                self._carry(line, reader, line.server), self._carry(line, back, writer)
            )
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            # One side is gone, or nothing listens behind. The other is told, unless
            # nothing passes.
            await line.flows.wait()
            line.reset()
        finally:
            self._lines.discard(line)
            line.close()

    async def _reach(
        self, owner: str
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        for port in self._routes.get(owner) or self._routes.get(EVERYBODY, ()):
            with contextlib.suppress(ConnectionError):
                return await asyncio.open_connection("127.0.0.1", port)
        raise ConnectionError("nothing listens behind the proxy")

    async def _carry(
        self, line: Line, source: asyncio.StreamReader, target: asyncio.StreamWriter
    ) -> None:
        while data := await source.read(CHUNK_BYTES):
            if line.delay:
                await asyncio.sleep(line.delay)
            await line.flows.wait()
            target.write(data)
            await target.drain()
        await line.flows.wait()
        if target.can_write_eof():
            target.write_eof()


def owner_of(head: bytes) -> str:
    """The last word of the `User-Agent`, which names the browser context."""
    agent = re.search(rb"\r\nuser-agent: *([^\r]*)", head, re.IGNORECASE)
    words = agent[1].decode("latin-1").split() if agent else []
    return words[-1] if words else EVERYBODY


@contextlib.contextmanager
def proxy() -> Iterator[Proxy]:
    """A proxy that leads nowhere yet."""
    made = Proxy()
    made.start()
    try:
        yield made
    finally:
        made.end()

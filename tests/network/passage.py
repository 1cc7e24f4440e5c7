"""A way from the test's own loopback into a host of the lab, for one TCP port.

A socket stays in the namespace that it was made in: one that was made outside and is
accepted from inside leads from one to the other.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
import sys

from tests.network.namespace import Namespace

CHUNK_BYTES = 64 * 1024


class Passage:
    """`url` leads to `port` of the host's loopback, over whatever is spoken there."""

    def __init__(self, host: Namespace, port: int, scheme: str = "https") -> None:
        with socket.create_server(("127.0.0.1", 0)) as outside:
            self.port = int(outside.getsockname()[1])
            words = [sys.executable, "-m", __name__, str(outside.fileno()), str(port)]
            self._keeper = subprocess.Popen(
                host.server(*words), pass_fds=[outside.fileno()]
            )
        self.url = f"{scheme}://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._keeper.kill()
        self._keeper.wait()


async def keep(outside: socket.socket, port: int) -> None:
    """Lead every connection on; returns never."""

    async def lead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            there = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(copy(reader, there[1]), copy(there[0], writer))
        writer.close()

    server = await asyncio.start_server(lead, sock=outside)
    await server.serve_forever()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    descriptor, port = map(int, sys.argv[1:])
    asyncio.run(keep(socket.socket(fileno=descriptor), port))

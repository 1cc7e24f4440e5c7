"""A relay before a real server that loses, doubles or swaps what clients send."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from tests.servers import Parley, free_port

SECONDS = 20

Pass = Callable[[str], list[str]]
"""What becomes of a frame: all that goes on in its place."""


@contextmanager
def relay(server: Parley, becomes: Pass) -> Iterator[str]:
    """The address of the relay; what clients send goes through `becomes`."""
    port, started, over = free_port(), threading.Event(), threading.Event()

    async def serve_it() -> None:
        async def pass_on(client: ServerConnection) -> None:
            assert client.request is not None
            async with connect(
                f"ws://127.0.0.1:{server.port}{client.request.path}",
                origin=Origin(server.url),
                additional_headers={"Cookie": client.request.headers["Cookie"]},
                compression=None,
            ) as there:
                await asyncio.gather(
                    _pump(client, there.send, becomes), _pump(there, client.send, _all)
                )
                await client.close(there.close_code or 1000)

        async with serve(pass_on, "127.0.0.1", port, compression=None):
            started.set()
            while not over.is_set():  # noqa: ASYNC110 # told from another thread
                await asyncio.sleep(0.02)

    thread = threading.Thread(target=lambda: asyncio.run(serve_it()), name="relay")
    thread.start()
    try:
        assert started.wait(SECONDS)
        yield f"http://127.0.0.1:{port}"
    finally:
        over.set()
        thread.join(SECONDS)


def _all(frame: str) -> list[str]:
    return [frame]


async def _pump(here: Any, send: Any, becomes: Pass) -> None:
    try:
        async for frame in here:
            for each in becomes(frame):
                await send(each)
    except ConnectionClosed:
        return

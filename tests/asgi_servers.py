"""The site under servers that are not daphne, started as docs/deployment.md says."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.servers import Parley, Process, folder_for

UVICORN = (
    *("uvicorn", "conference.asgi:application", "--loop", "asyncio"),
    *("--ws", "websockets-sansio", "--ws-max-size", "65536"),
    *("--ws-ping-interval", "5", "--ws-ping-timeout", "5"),
    *("--ws-per-message-deflate", "false", "--no-proxy-headers", "--no-server-header"),
    *("--timeout-graceful-shutdown", "8"),
)
GRANIAN = (
    *("granian", "conference.asgi:application", "--interface", "asgi"),
    *("--loop", "asyncio", "--http", "1", "--workers", "1"),
    *("--workers-kill-timeout", "10"),
)
COMMANDS = {"uvicorn": UVICORN, "granian": GRANIAN}


class OtherParley(Parley):
    """The product, served by one of COMMANDS."""

    def __init__(self, folder: Path, command: str, **settings: str) -> None:
        super().__init__(folder, **settings)
        self.process = Process(
            [
                *(sys.executable, "-m", *COMMANDS[command]),
                *("--host", "127.0.0.1", "--port", str(self.port)),
            ],
            folder,
            self.env,
        )


@contextlib.contextmanager
def other_server(command: str, **settings: str) -> Iterator[OtherParley]:
    """The site under this server, on its own port, database and folder."""
    with folder_for(command) as folder:
        server = OtherParley(folder, command, **settings)
        server.prepare()
        try:
            server.start()
            yield server
        finally:
            server.end()

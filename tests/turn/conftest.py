"""coturn with the file that is shipped, in a network of its own."""

from __future__ import annotations

import contextlib
import secrets
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conference.turn.database import keep_secret
from tests.servers import ROOT, Process, folder_for, tool, wait_until
from tests.turn.client import Client
from tests.turn.space import Space, space
from tests.turn.stun import Place, timed_credentials

OUTSIDE, OUTSIDE_V6 = "11.1.1.1", "2a05:dead::1"
PORT = 3478


@dataclass(frozen=True)
class Relay:
    """A running coturn, and the network in which it is."""

    space: Space
    secret: str
    process: Process
    place: Place
    database: Path

    def credentials(
        self, user: str = "7:someone", seconds: float = 600
    ) -> tuple[str, str]:
        return timed_credentials(self.secret, int(time.time() + seconds), user)

    def client(
        self,
        credentials: tuple[str, str] | None = None,
        *,
        tcp: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> Client:
        """To be used inside the network: `space.run()`."""
        return Client(self.place, credentials or self.credentials(), tcp=tcp, tls=tls)


@contextlib.contextmanager
def relay_in(
    network: Space, *options: str, address: str = OUTSIDE, own: str = ""
) -> Iterator[Relay]:
    """coturn with the shipped file, unchanged, at this public address.

    `own` is the machine's own address, where that is another (external-ip).
    """
    secret = secrets.token_urlsafe(24)
    with folder_for("relay") as folder:
        keep_secret(folder / "turndb", secret)
        command = [
            *(tool("turnserver"), "-c", str(ROOT / "deploy/turnserver.conf")),
            *(f"--listening-ip={own or address}", f"--relay-ip={own or address}"),
            *(f"--userdb={folder / 'turndb'}", f"--pidfile={folder / 'pid'}"),
        ]
        process = Process(network.command(*command, *options), folder)
        place = (own or address, PORT)
        relay = Relay(network, secret, process, place, folder / "turndb")

        async def answers() -> None:
            async with relay.client() as client:
                await client.binding()

        def is_up() -> bool:
            with contextlib.suppress(OSError):
                network.run(answers())
                return True
            return False

        try:
            process.start()
            wait_until(is_up, "coturn answers")
            yield relay
        finally:
            process.end()


@pytest.fixture(scope="module")
def network() -> Iterator[Space]:
    with space() as made:
        yield made


@pytest.fixture(scope="module")
def relay(network: Space) -> Iterator[Relay]:
    with relay_in(network) as started:
        yield started

"""`manage.py serve` with LAN=1, reached by this machine's address on its network."""

from __future__ import annotations

import contextlib
import functools
import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path

from conference import lan
from tests.servers import Parley, folder_for


@functools.cache
def own_address() -> str:
    """An address of this machine that is not loopback."""
    found = lan.addresses()
    assert found, (
        "This machine has no IPv4 address but loopback. What LAN=1 does is tested from "
        "another one: give the machine a network card, or a container a network."
    )
    return found[0]


class LanParley(Parley):
    """A server that makes its own certificates; `url` is the one that friends get."""

    def __init__(self, folder: Path, **settings: str) -> None:
        super().__init__(folder, own_address(), **settings)
        self.url = f"https://{self.host}"
        # On this very machine, where the one who started it sits.
        self.here = f"https://localhost:{self.port}"
        self.env |= {"LAN": "1", "BIND": "", "SITE_URL": ""}

    @property
    def authority(self) -> Path:
        return self.folder / "tls" / "ca.crt"

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def answers(self) -> bool:
        with contextlib.suppress(OSError):
            line = http.client.HTTPSConnection(
                own_address(), self.port, timeout=5, context=self.trust
            )
            with contextlib.closing(line):
                line.request("GET", "/accounts/login/")
                return line.getresponse().status < 500
        return False


@contextlib.contextmanager
def lan_server(**settings: str) -> Iterator[LanParley]:
    """A server with LAN=1 and these settings, on its own port, database and folder."""
    with folder_for("lan") as folder:
        server = LanParley(folder, **settings)
        server.prepare()
        try:
            server.start()
            yield server
        finally:
            server.end()

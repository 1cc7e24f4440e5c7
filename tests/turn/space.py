"""A network of its own in which every address, v4 and v6, is this very machine.

Nothing that is sent there leaves it, and whoever listens on all addresses hears what
was meant for any of them. Needs root, and a kernel with network namespaces.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import secrets
import socket
import subprocess
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

CLONE_NEWNET = 0x40000000
ALL = ("0.0.0.0/0", "::/0")
RELAYED = 49152

T = TypeVar("T")


class Space:
    """One such network; made by `space()`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._inside = ThreadPoolExecutor(1, "space", self._enter)

    def command(self, *words: str) -> list[str]:
        """What starts a program inside."""
        return ["ip", "netns", "exec", self.name, *words]

    def call(self, what: Callable[[], T]) -> T:
        """Do this inside; sockets that it makes stay there."""
        return self._inside.submit(what).result()

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        return self.call(lambda: asyncio.run(what))

    def hold(self, address: str) -> None:
        """Make an IPv6 address one that programs may begin to use as theirs."""
        words = ("addr", "replace", f"{address}/128", "dev", "lo", "nodad")
        _ip("-6", "-n", self.name, *words)

    def sockets(self) -> set[tuple[str, int]]:
        """Which ports somebody listens on, as ("tcp", 3478); not what they relay at."""
        words = self.command("ss", "-Hlntu")
        told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
        lines = [line.split() for line in told.splitlines()]
        found = {(line[0], int(line[4].rpartition(":")[2])) for line in lines}
        return {(kind, port) for kind, port in found if port < RELAYED}

    def close(self) -> None:
        self._inside.shutdown()

    def _enter(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        with Path(f"/run/netns/{self.name}").open() as place:
            if libc.setns(place.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def space() -> Iterator[Space]:
    if os.geteuid() != 0:
        raise PermissionError("a network of its own can be made by root only")
    name = f"parley-{os.getpid()}-{secrets.token_hex(3)}"
    _ip("netns", "add", name)
    try:
        _ip("-n", name, "link", "set", "lo", "up")
        for every in ALL:
            version = "-6" if ":" in every else "-4"
            _ip(version, "-n", name, "route", "add", "local", every, "dev", "lo")
        made = Space(name)
        try:
            yield made
        finally:
            made.close()
    finally:
        _ip("netns", "delete", name)


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")


class Everybody:
    """Hears each datagram to `port`, whichever address it was for. Make it inside."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._ears = []
        for family, place in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):  # noqa: S104
            ear = socket.socket(family, socket.SOCK_DGRAM)
            if family == socket.AF_INET6:
                ear.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            ear.bind((place, port))
            ear.setblocking(False)
            self._ears.append(ear)

    def heard(self) -> list[bytes]:
        """What has come since the last look, without waiting."""
        found = []
        for ear in self._ears:
            with contextlib.suppress(BlockingIOError):
                while True:
                    found.append(ear.recv(2048))
        return found

    def close(self) -> None:
        for ear in self._ears:
            ear.close()

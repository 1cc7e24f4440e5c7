"""A relay for this run alone, beside `serve`: `make run TURN=1`.

coturn with the file that production uses, a secret that nobody else ever sees, and the
addresses of this machine or of its own network, which that file denies.
"""

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from .. import lan
from ..env import BASE_DIR
from .database import keep_secret

FILE = BASE_DIR / "deploy" / "turnserver.conf"
PLACES = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin")
PORT = 3478
START_SECONDS = 10.0
END_SECONDS = 3.0
PR_SET_PDEATHSIG = 1


class NoRelay(Exception):
    """None was started; its text says why, and what to do."""


class OwnRelay:
    """A coturn that ends with this process, whatever ends it.

    `begin` starts it; from then on `url`, `stun_url` and `secret` are what browsers and
    Parley need. Not to be used from several threads.
    """

    def __init__(self, address: str, log: Path) -> None:
        self.address = address
        self.log = log
        self.port = 0
        self.secret = secrets.token_urlsafe(32)
        self._running: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @property
    def url(self) -> str:
        return f"turn:{self.address}:{self.port}"

    @property
    def urls(self) -> list[str]:
        return [self.url, f"{self.url}?transport=tcp"]

    @property
    def stun_url(self) -> str:
        return f"stun:{self.address}:{self.port}"

    def begin(self) -> None:
        """Start it and wait until it answers; raises NoRelay."""
        program = _program()
        self.port = _free_port(self.address)
        self._folder = tempfile.TemporaryDirectory(prefix="parley-turn-")
        folder = Path(self._folder.name)
        keep_secret(folder / "turndb", self.secret)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._running = subprocess.Popen(
                [
                    *(program, "-c", str(FILE), f"--listening-port={self.port}"),
                    *(f"--listening-ip={self.address}", f"--relay-ip={self.address}"),
                    *(f"--userdb={folder / 'turndb'}", f"--pidfile={folder / 'pid'}"),
                    *(_let_in(self.address)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl+C is for us; it is ended when nobody needs it any more.
                start_new_session=True,
                preexec_fn=_dying_with(os.getpid()),
            )
        self._wait()

    def end(self) -> None:
        if self._running is not None:
            self._running.terminate()
            try:
                self._running.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()
            self._running = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _wait(self) -> None:
        assert self._running is not None
        end = time.monotonic() + START_SECONDS
        while not _listens(self.address, self.port):
            if self._running.poll() is not None or time.monotonic() > end:
                self.end()
                raise NoRelay(f"coturn did not start; {self.log} says why.")
            time.sleep(0.02)


def relay_address(*, on_network: bool) -> str:
    """Where it relays: on the own network, if there is one, or for this machine."""
    found = lan.addresses() if on_network else []
    return found[0] if found else "127.0.0.1"


def _program() -> str:
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *PLACES])
    found = shutil.which("turnserver", path=path)
    if found is None:
        command = (
            "brew install coturn"
            if sys.platform == "darwin"
            else "sudo apt install coturn"
        )
        raise NoRelay(f"TURN=1 needs coturn, which is not installed. Type: {command}")
    return found


def _let_in(address: str) -> list[str]:
    """What the file denies, and people here need: this network, or this machine."""
    network = lan.network_of(address)
    if network is None or network.is_loopback:
        return ["--allow-loopback-peers", "--allowed-peer-ip=127.0.0.1"]
    first, last = network[0], network[-1]
    return [f"--allowed-peer-ip={first}-{last}"]


def _free_port(address: str) -> int:
    """3478, which is TURN's own, or another where somebody has that."""
    for wanted in (PORT, 0):
        with (
            suppress(OSError),
            closing(socket.socket(type=socket.SOCK_STREAM)) as stream,
            closing(socket.socket(type=socket.SOCK_DGRAM)) as datagrams,
        ):
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            stream.bind((address, wanted))
            port: int = stream.getsockname()[1]
            datagrams.bind((address, port))
            return port
    raise NoRelay(f"No port of {address} is free for a relay.")


def _listens(address: str, port: int) -> bool:
    with suppress(OSError):
        socket.create_connection((address, port), 1).close()
        return True
    return False


def _dying_with(parent: int) -> Callable[[], None] | None:
    """What the child does first, so that it ends however its parent does.

    Only Linux has that; elsewhere a relay outlives a parent that was killed, and the
    next one takes another port.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)  # It was too late.

    return arrange

"""Network namespaces: hosts with interfaces, routes and firewalls of their own.

None of them has a name. A namespace lives as long as a process in it, and that process
as long as the pipe to the one who made it: whatever way a test run ends, nothing is
left to sweep, and nothing of it was ever seen among the machine's own interfaces.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.servers import ROOT

COMMAND_SECONDS = 60.0
# Answers once, and stays until whoever made it is gone.
HOLD = "echo up; exec cat >/dev/null"
# Where iptables of the older kind keeps its lock; others than root may not write there,
# nor into what another user has begun.
LOCK = Path(tempfile.gettempdir(), f"parley-xtables-{os.getuid()}.lock")
ENV = {**os.environ, "LC_ALL": "C", "XTABLES_LOCKFILE": str(LOCK)}
PLACES = (os.environ.get("PATH", ""), "/usr/sbin", "/sbin")
ENV["PATH"] = os.pathsep.join(PLACES)


class NoNamespaces(Exception):
    """This machine does not let us make them; says why."""


class Namespace:
    """One host. What runs in it is started by the words of `command`."""

    def __init__(self, name: str, ground: Namespace | None = None) -> None:
        """`ground` is the first of a lab: the others share its mounts and its rights.

        Raises NoNamespaces where there is none and it cannot be made.
        """
        self.name = name
        self.ground = ground or self
        self._holder = self._hold(self._beginning() if ground is None else ["--net"])

    def _beginning(self) -> list[str]:
        if not sys.platform.startswith("linux"):
            raise NoNamespaces(f"{sys.platform} has none")
        own_rights = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        return ["--net", "--mount", *own_rights]

    def _hold(self, parts: Sequence[str]) -> subprocess.Popen[str]:
        before = [] if self.ground is self else self.ground.command()
        try:
            holder = subprocess.Popen(
                [*before, "unshare", *parts, "sh", "-c", HOLD],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                text=True,
                env=ENV,
            )
        except FileNotFoundError as fault:
            raise NoNamespaces(str(fault)) from fault
        assert holder.stdout is not None
        assert holder.stderr is not None
        if holder.stdout.readline() != "up\n":
            said = holder.stderr.read().strip()
            self._release(holder)
            raise NoNamespaces(said)
        return holder

    @staticmethod
    def _release(holder: subprocess.Popen[str]) -> None:
        with contextlib.suppress(BrokenPipeError):
            holder.communicate(timeout=COMMAND_SECONDS)

    @property
    def pid(self) -> int:
        """The process that holds it; names it in `ip link … netns PID`."""
        return self._holder.pid

    def command(self, *words: str) -> list[str]:
        """What to start, so that it runs in here."""
        rights = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        enter = ["nsenter", f"--target={self.pid}", "--net", "--mount", *rights]
        return [*enter, "--", *words]

    def server(self, *words: str) -> list[str]:
        """As `command`, for what runs on: it does not outlive who started it."""
        kept = ["env", "-C", str(ROOT), "setpriv", "--pdeathsig", "KILL"]
        return self.command(*kept, *words)

    def run(self, *words: str, given: str = "") -> str:
        """Run it to its end and return what it said; an exit code is a fault."""
        done = subprocess.run(
            self.command(*words),
            input=given,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
            env=ENV,
        )
        if done.returncode:
            raise RuntimeError(
                f"{self.name}: {' '.join(words)}: {done.stderr.strip()}\n{given}"
            )
        return done.stdout

    def ip(self, *commands: str) -> None:
        """Each is one command of `ip`, without that word."""
        self.run("ip", "-batch", "-", given="\n".join(commands) + "\n")

    def rules(self, text: str, family: int) -> None:
        """Add rules in the form of `iptables-save` to what there is."""
        program = "iptables-restore" if family == 4 else "ip6tables-restore"
        self.run(program, "--noflush", given=text + "\n")

    def switch(self, *switches: str) -> None:
        """Set switches of the kernel's network, as in `ipv4/ip_forward=1`.

        Interfaces that come later inherit those of `default`.
        """
        lines = [
            f"echo {value} > /proc/sys/net/{name}"
            for name, _, value in (each.partition("=") for each in switches)
        ]
        self.run("sh", "-ec", "\n".join(lines))

    def kill(self) -> None:
        """End whatever runs in it at once; the namespace itself stays."""
        here = os.stat(f"/proc/{self.pid}/ns/net").st_ino
        for place in Path("/proc").glob("[0-9]*"):
            # Ended meanwhile, or somebody else's.
            with contextlib.suppress(OSError):
                if os.stat(place / "ns" / "net").st_ino != here:
                    continue
                if int(place.name) != self.pid:
                    os.kill(int(place.name), signal.SIGKILL)

    def close(self) -> None:
        """Its interfaces go when the last process in it has ended."""
        self._release(self._holder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()


def say_hosts(ground: Namespace, folder: Path, hosts: str) -> None:
    """Let everybody of this lab read these lines as their /etc/hosts.

    Nobody answers about other names, and whoever asks is refused at once.
    """
    for name, text in {"hosts": hosts, "resolv.conf": "nameserver 127.0.0.1\n"}.items():
        place = Path("/etc", name).resolve()
        if place.exists():
            file = folder / name
            file.write_text(text)
            ground.run("mount", "--bind", str(file), str(place))

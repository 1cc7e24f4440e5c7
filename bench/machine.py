"""What the machine does beside the measurement, and what machine it is."""

from __future__ import annotations

import contextlib
import os
import platform
import subprocess
import time
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def busy_seconds() -> float:
    """CPU time that the whole machine has spent so far."""
    fields = (PROC / "stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, _idle, _wait, irq, softirq, steal = map(int, fields)
    return (user + nice + system + irq + softirq + steal) / TICKS


def own_seconds() -> float:
    """CPU time of this process, its children and theirs."""
    return tree_seconds(os.getpid())


def tree_seconds(root: int) -> float:
    """CPU time of a process, its children and theirs, also of those that ended."""
    parents: dict[int, int] = {}
    spent: dict[int, int] = {}
    for place in PROC.glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(place.parent.name)
        parents[pid] = int(fields[1])
        # Its own time, and that of its children which have ended.
        spent[pid] = sum(map(int, fields[11:15]))
    total = 0
    for pid, ticks in spent.items():
        above: int | None = pid
        while above is not None and above != root:
            above = parents.get(above)
        if above is not None:
            total += ticks
    return total / TICKS


class Busy:
    """How busy the whole machine is since this object was made."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.before = busy_seconds()

    def share(self) -> float:
        """0 to 1."""
        passed = time.monotonic() - self.began
        return (busy_seconds() - self.before) / (passed * cores())


class Others:
    """The share of the machine that work other than ours takes, 0 to 1."""

    def __init__(self) -> None:
        self.known = (PROC / "stat").exists()
        if self.known:
            self.began = time.monotonic()
            self.own, self.busy = own_seconds(), busy_seconds()

    def share(self) -> float:
        """Since this object was made; 0 where the system does not tell."""
        if not self.known:
            return 0.0
        passed = time.monotonic() - self.began
        busy, own = busy_seconds() - self.busy, own_seconds() - self.own
        return max(0.0, busy - own) / (passed * cores())


def cores() -> int:
    return os.cpu_count() or 1


def described() -> str:
    """Processor, cores and system in one line."""
    model = platform.processor() or platform.machine()
    if (PROC / "cpuinfo").exists():
        for line in (PROC / "cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    system = platform.platform(terse=True)
    if hasattr(platform, "freedesktop_os_release"):
        with contextlib.suppress(OSError):
            system = platform.freedesktop_os_release()["PRETTY_NAME"]
    return f"{model}, {cores()} cores, {system}"


def commit() -> str:
    """The short name of the measured commit, marked when the tree differs from it."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=9"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "unknown"

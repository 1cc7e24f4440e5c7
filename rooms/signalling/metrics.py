"""What this process has done so far, counted where it happens.

Plain functions for the way each message takes: a few hundred nanoseconds together.
What there is now (sockets, seats, rooms) is not counted but looked at when somebody
asks; see exposition.py. Nothing here names a room, a person or a link.
"""

import asyncio
import gc
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Literal

LAG_EVERY_SECONDS = 0.25
"""So often the loop is asked how late it is."""

now = time.perf_counter

Resume = Literal["kept", "looked-up", "unchecked", "refused", "revoked"]
"""What became of somebody with a resume token: the room here knew them; their rows
were read; those could not be read, so what was signed counts; they were sent away."""


class Histogram:
    """Durations in seconds, by the least of `bounds` that is not below them."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, *bounds: float) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        """The last holds what is above all bounds."""
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.total += seconds


messages: defaultdict[type, int] = defaultdict(int)
"""Messages of clients that were read, by their class."""

drops: Counter[str] = Counter()
"""What was not acted on or not passed on, by the reason."""

resumes: Counter[str] = Counter()
closes: Counter[int] = Counter()
"""Sockets that this process closed, by their code."""

relays = Histogram(
    *(0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005),
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0),
)
redis = Histogram(0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1, 5)
lags = Histogram(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)
pauses = tuple(
    Histogram(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
    for _ in range(3)
)
"""How long the garbage collector stopped everything, by generation."""

gauges: dict[str, tuple[str, Callable[[], float]]] = {}
"""What other parts let be looked at: by name, in words, and how."""

_came = 0.0
_collecting = 0.0


def came() -> None:
    """A frame was received; what it leads to happens before the next one."""
    global _came
    _came = now()


def read(message: object) -> None:
    """The frame held this message."""
    messages[type(message)] += 1


def relayed() -> None:
    """It was handed to its target's outbox, or to that of another process."""
    relays.add(now() - _came)


def dropped(reason: str, count: int = 1) -> None:
    """So many messages or frames ended here: an error code, or another short word."""
    drops[reason] += count


def resumed(outcome: Resume) -> None:
    """Somebody came with a resume token."""
    resumes[outcome] += 1


def closed(code: int) -> None:
    """This process closes a socket."""
    closes[code] += 1


def redis_answered(seconds: float) -> None:
    """So long Redis took for one round trip."""
    redis.add(seconds)


def show(name: str, says: str, look: Callable[[], float]) -> None:
    """Let something be looked at whenever metrics are asked for.

    `name` as Prometheus wants it, without prefix; `look` must neither wait nor fail.
    """
    gauges[name] = (says, look)


async def watch_loop() -> None:
    """Note how late the loop wakes those who sleep, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_EVERY_SECONDS
        await asyncio.sleep(LAG_EVERY_SECONDS)
        lags.add(max(loop.time() - due, 0.0))


def watch_collector() -> None:
    """Note how long garbage collections take, from now on."""
    if _collected not in gc.callbacks:
        gc.callbacks.append(_collected)


def _collected(phase: str, about: dict[str, int]) -> None:
    global _collecting
    if phase == "start":
        _collecting = now()
    elif _collecting:
        pauses[about["generation"]].add(now() - _collecting)
        _collecting = 0.0


def cumulative(histogram: Histogram) -> Iterator[tuple[str, int]]:
    """Each bound, as Prometheus writes it, with how many were not above it."""
    seen = 0
    bounds = [*(f"{bound:g}" for bound in histogram.bounds), "+Inf"]
    for bound, count in zip(bounds, histogram.counts, strict=True):
        seen += count
        yield bound, seen

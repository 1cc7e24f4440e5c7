"""A load test from the first socket to the last: who comes, how long, how much."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from .client import Client, Frame, Guest, Server
from .cores import spent
from .ledger import Ledger
from .talk import Talk

LAST_SECONDS = 5.0
"""For what is on its way at the end to arrive; and for sockets to close."""

TICK_SECONDS = 0.01


@dataclass(frozen=True)
class Plan:
    """What a test does: so many joins a second, then `rate` messages for `seconds`.

    `rate` counts what all clients send together, each second.
    """

    seconds: float
    rate: float
    joins: float
    settle: float
    """Seconds for everybody to be inside, and for every pair to have signalled."""


@dataclass
class Outcome:
    """What a test saw; durations in seconds."""

    people: int
    opened: int = 0
    inside: int = 0
    join_times: list[float] = field(default_factory=list)
    set_up: list[float] = field(default_factory=list)
    """Latencies while people joined and pairs signalled."""
    talked: list[float] = field(default_factory=list)
    """Latencies of the steady talk."""
    talk_seconds: float = 0.0
    errors: Counter[str] = field(default_factory=Counter)
    closes: Counter[int] = field(default_factory=Counter)
    """Sockets that ended while they should not have."""
    cores: dict[str, float] = field(default_factory=dict)
    """How much of a core each server took while they talked, by its address."""
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def sound(self) -> bool:
        """Whether everybody came in and nothing was lost, doubled or swapped."""
        return self.inside == self.people and self.ledger.sound


class _Timed(Talk):
    """Takes the time from the first attempt to a socket until the welcome."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.ledger)
        self.errors, self.closes = outcome.errors, outcome.closes
        self._outcome = outcome
        self._started: dict[Client, float] = {}

    def start(self, client: Client) -> None:
        self._started[client] = time.perf_counter()
        client.start()

    def heard(self, client: Client, frame: Frame) -> None:
        if frame["type"] == "welcome" and client in self._started:
            took = time.perf_counter() - self._started.pop(client)
            self._outcome.join_times.append(took)
        super().heard(client, frame)


async def carry_out(
    plan: Plan, servers: Sequence[Server], guests: Iterable[Guest], outcome: Outcome
) -> None:
    """Fill `outcome`; may be cancelled at any moment, and leaves no socket open."""
    talk = _Timed(outcome)
    clients = [
        Client(servers[number % len(servers)], guest, talk)
        for number, guest in enumerate(guests)
    ]
    try:
        await _come(plan, clients, talk)
        outcome.opened = sum(client.opened > 0 for client in clients)
        outcome.inside = sum(client.inside.is_set() for client in clients)
        outcome.set_up, outcome.ledger.latencies = outcome.ledger.latencies, []
        if outcome.inside:
            await _measured(plan, servers, clients, talk, outcome)
        await _until(lambda: outcome.ledger.lost == 0, LAST_SECONDS)
        outcome.talked = outcome.ledger.latencies
    finally:
        # What closes from here on was meant to.
        talk.closes = Counter()
        await _part(clients)


async def _come(plan: Plan, clients: list[Client], talk: _Timed) -> None:
    began = time.perf_counter()
    for number, client in enumerate(clients):
        await asyncio.sleep(max(began + number / plan.joins - time.perf_counter(), 0))
        talk.start(client)
    await _until(lambda: all(each.inside.is_set() for each in clients), plan.settle)
    await _until(lambda: talk.settled, plan.settle)


async def _measured(
    plan: Plan,
    servers: Sequence[Server],
    clients: list[Client],
    talk: Talk,
    outcome: Outcome,
) -> None:
    before = await asyncio.to_thread(spent, servers)
    began = time.perf_counter()
    await _talk(plan, clients, talk)
    outcome.talk_seconds = time.perf_counter() - began
    after = await asyncio.to_thread(spent, servers)
    outcome.cores = {
        url: (after[url] - before[url]) / outcome.talk_seconds
        for url in before.keys() & after.keys()
    }


async def _talk(plan: Plan, clients: list[Client], talk: Talk) -> None:
    """Send at the rate, person after person; late messages are caught up with."""
    loop, sent = asyncio.get_running_loop(), 0
    began = loop.time()
    while (passed := loop.time() - began) < plan.seconds:
        for number in range(sent, int(passed * plan.rate)):
            talk.go_on(clients[number % len(clients)])
            sent += 1
        await asyncio.sleep(TICK_SECONDS)


async def _part(clients: list[Client]) -> None:
    for client in clients:
        client.leave()
    await _until(lambda: all(each.offline.is_set() for each in clients), LAST_SECONDS)
    for client in clients:
        client.lose()


async def _until(fact: Callable[[], bool], seconds: float) -> None:
    """Wait for a fact, but not longer than that."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not fact() and loop.time() < end:  # noqa: ASYNC110 # a thousand's, no event
        await asyncio.sleep(TICK_SECONDS)

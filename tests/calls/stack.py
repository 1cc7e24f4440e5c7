"""Servers behind a proxy, with what they stand on, all of which a test may stop.

Processes share folder, key and database, as on one machine; each keeps its port when it
is started again. Browsers know one address only, the proxy's.
"""

from __future__ import annotations

import contextlib
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

from tests.calls.proxy import Proxy, proxy
from tests.servers import Parley, Store, folder_for, own_postgres, own_redis


class Stack:
    """One site: its processes, its proxy, its stores."""

    def __init__(
        self,
        folder: Path,
        proxy: Proxy,
        processes: int,
        redis: Store | None,
        postgres: Store | None,
        settings: dict[str, str],
    ) -> None:
        self.proxy = proxy
        self.url = proxy.url
        self._redis = redis
        self._postgres = postgres
        shared = {"SECRET_KEY": secrets.token_urlsafe(48), **settings}
        if redis is not None:
            shared["REDIS_URL"] = redis.url
        if postgres is not None:
            shared["DATABASE_URL"] = postgres.url
        self.processes = [Parley(folder, **shared) for _ in range(processes)]
        for process in self.processes:
            process.env["SITE_URL"] = self.url
            process.process.env = process.env
            process.process.log = folder / f"{process.port}.log"
        self.first.prepare()
        proxy.lead(self.first.port)

    @property
    def first(self) -> Parley:
        return self.processes[0]

    @property
    def second(self) -> Parley:
        return self.processes[1]

    @property
    def redis(self) -> Store:
        assert self._redis is not None, "this stack has no Redis"
        return self._redis

    @property
    def postgres(self) -> Store:
        assert self._postgres is not None, "this stack has no PostgreSQL"
        return self._postgres

    def start(self) -> None:
        for process in self.processes:
            process.process.start()
        for process in self.processes:
            process.process.wait_until(process.answers)

    def mend(self) -> None:
        """Whatever a test before has left broken works again, for everybody."""
        for store in (self._redis, self._postgres):
            if store is not None and not store.answers():
                store.start()
        for process in self.processes:
            if not process.answers():
                process.end(signal.SIGKILL)
                process.start()
        self.proxy.open()
        self.proxy.resume()

    def end(self) -> None:
        for process in self.processes:
            process.end(signal.SIGKILL)

    def words(self) -> str:
        return "".join(process.words() for process in self.processes)


@contextlib.contextmanager
def stack(
    processes: int = 1,
    *,
    redis: bool = False,
    postgres: bool = False,
    **settings: str,
) -> Iterator[Stack]:
    """A started site of so many processes; more than one of them need Redis."""
    with contextlib.ExitStack() as stores:
        made = Stack(
            stores.enter_context(folder_for("calls")),
            stores.enter_context(proxy()),
            processes,
            stores.enter_context(own_redis()) if redis else None,
            stores.enter_context(own_postgres()) if postgres else None,
            settings,
        )
        try:
            made.start()
            yield made
        finally:
            made.end()

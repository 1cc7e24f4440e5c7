"""The processes that serve this site, as rows that each writes of itself.

For the administration's first page, which may be answered by any of them: a process on
another machine is seen here, too. Nothing else depends on it.
"""

import asyncio
import contextlib
import logging
import platform
from datetime import timedelta

from channels.db import database_sync_to_async
from django.utils import timezone

from rooms.signalling import metrics
from rooms.signalling.lifecycle import hub
from rooms.signalling.socket import open_sockets

from .models import ServingProcess
from .process import Serving

logger = logging.getLogger(__name__)

EVERY_SECONDS = 15.0
KEPT = timedelta(days=1)
"""So long the row of a process that died without a word is shown."""


class Entry:
    """This process's row: written from `begin` on, gone after `end`."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._task: asyncio.Task[None] | None = None
        self._lags = list(metrics.lags.counts)
        self._failing = False

    def begin(self) -> None:
        """Needs a loop that runs."""
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._keep(), name="roster")

    async def end(self) -> None:
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        with contextlib.suppress(Exception):
            # The database may be away; then the row is too old soon.
            await database_sync_to_async(self._remove)()

    async def _keep(self) -> None:
        while True:
            try:
                await database_sync_to_async(self._write)(self._facts())
            except Exception as fault:
                if not self._failing:
                    logger.warning("This process cannot say how it is: %r", fault)
                self._failing = True
            else:
                self._failing = False
            await asyncio.sleep(EVERY_SECONDS)

    def _facts(self) -> dict[str, object]:
        from .lifetime import Lifetime

        seats = [seat for call in hub for seat in call.seats]
        redis = metrics.gauges.get("redis_reachable")
        return {
            "draining": Lifetime.draining,
            "sockets": len(open_sockets),
            "people": len(seats),
            "calls": sum(any(True for _ in call.seats) for call in hub),
            "late_ms": self._latest(),
            "redis": None if redis is None else bool(redis[1]()),
        }

    def _latest(self) -> int:
        """The longest that the loop let anybody wait since the last look, roughly."""
        counts, before = list(metrics.lags.counts), self._lags
        self._lags = counts
        grown = [
            number
            for number, (now, was) in enumerate(zip(counts, before, strict=True))
            if now > was
        ]
        bounds = [*metrics.lags.bounds, metrics.lags.bounds[-1] * 2]
        return round(bounds[grown[-1]] * 1000) if grown else 0

    def _write(self, facts: dict[str, object]) -> None:
        now = timezone.now()
        ServingProcess.objects.update_or_create(
            name=self._serving.name,
            defaults={
                "machine": platform.node()[:100],
                "pid": self._serving.pid,
                "address": self._serving.address[:100],
                "started_at": self._serving.started,
                "seen_at": now,
                **facts,
            },
        )
        ServingProcess.objects.filter(seen_at__lt=now - KEPT).delete()

    def _remove(self) -> None:
        ServingProcess.objects.filter(name=self._serving.name).delete()

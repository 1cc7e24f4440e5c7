"""Processes that serve, as rows that they write of themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from conference import roster
from conference.models import ServingProcess
from conference.process import Plate
from conference.roster import KEPT, Entry
from rooms.signalling import metrics
from tests.servers import parley_server, wait_until

pytestmark = pytest.mark.django_db(transaction=True)


async def until(fact: Callable[[], Awaitable[object]]) -> None:
    """Wait until it is so, with all the loop does besides."""
    async with asyncio.timeout(20):
        while not await fact():  # noqa: ASYNC110 # rows send no events
            await asyncio.sleep(0.01)


def test_it_says_how_it_is_and_takes_its_row_away() -> None:
    async def course() -> None:
        plate = Plate("127.0.0.1 port 8000")
        entry = Entry(plate.serving)
        entry.begin()
        await until(ServingProcess.objects.aexists)
        row = await ServingProcess.objects.aget()
        assert (row.name, row.pid) == (plate.serving.name, plate.serving.pid)
        assert row.address == "127.0.0.1 port 8000"
        assert row.health == ""
        assert row.started_at <= row.seen_at
        await entry.end()
        assert not await ServingProcess.objects.aexists()

    asyncio.run(course())


def test_it_says_how_late_it_was_since_the_last_time() -> None:
    entry = Entry(Plate("").serving)
    metrics.lags.add(0.3)
    assert entry._latest() == 500
    assert entry._latest() == 0
    metrics.lags.add(60.0)
    assert entry._latest() == 10_000


def test_rows_of_the_dead_go_after_a_day() -> None:
    now = timezone.now()
    for name, ago in (("old", KEPT * 2), ("new", timedelta(minutes=2))):
        ServingProcess.objects.create(
            name=name, machine="m", pid=1, started_at=now - ago, seen_at=now - ago
        )

    async def course() -> None:
        entry = Entry(Plate("").serving)
        entry.begin()
        await until(is_cleared)
        await entry.end()

    async def is_cleared() -> bool:
        return not await ServingProcess.objects.filter(name="old").aexists()

    asyncio.run(course())
    assert [each.name for each in ServingProcess.objects.all()] == ["new"]


def test_a_database_that_is_away_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tried = []

    def fails(entry: Entry, facts: object) -> None:
        tried.append(facts)
        raise RuntimeError("no database")

    monkeypatch.setattr(Entry, "_write", fails)
    monkeypatch.setattr(roster, "EVERY_SECONDS", 0.0)

    async def course() -> None:
        entry = Entry(Plate("").serving)
        entry.begin()
        await until(three_times)
        await entry.end()

    async def three_times() -> bool:
        return len(tried) >= 3

    asyncio.run(course())
    assert caplog.text.count("cannot say how it is") == 1


def test_a_server_is_on_the_first_page_while_it_serves() -> None:
    ask = "from conference.models import ServingProcess as P; print(P.objects.count())"
    with parley_server() as server:

        def count() -> int:
            said = server.manage("shell", "--no-imports", "-c", ask)
            return int(said.strip())

        wait_until(lambda: count() == 1, "the process has its row")
        server.end()
        assert count() == 0

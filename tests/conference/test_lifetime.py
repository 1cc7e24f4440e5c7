"""The life of a process under servers that speak of it, as they may embed it."""

import asyncio
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from conference import collector, roster
from conference.lifespan import Lifespan
from conference.lifetime import END_SECONDS, Lifetime
from conference.mail import postman
from conference.process import living
from rooms.signalling import lifecycle


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, settings: Any) -> Iterator[None]:
    """Without what a process does besides."""
    settings.DATA_DIR = tmp_path
    with (
        mock.patch.object(postman, "start"),
        mock.patch.object(postman, "end"),
        mock.patch.object(lifecycle, "start"),
        mock.patch.object(roster.Entry, "begin"),
        mock.patch.object(collector, "calm"),
    ):
        yield
    Lifetime.draining = False


def last_timers() -> list[threading.Timer]:
    """What would end this process, if it is not gone by then."""
    return [
        each
        for each in threading.enumerate()
        if isinstance(each, threading.Timer)
        and each.interval == END_SECONDS
        and not each.finished.is_set()
    ]


async def lived(found: list[int]) -> None:
    """A server tells of its start, and then of its end."""
    steps = iter(["lifespan.startup", "lifespan.shutdown"])
    said: list[str] = []

    async def receive() -> Any:
        step = next(steps)
        if step == "lifespan.shutdown":
            found.append(len(living()))
        return {"type": step}

    async def send(event: Any) -> None:
        said.append(event["type"])

    await Lifespan()({"type": "lifespan"}, receive, send)
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_who_goes_on_after_it_is_let_live() -> None:
    found: list[int] = []
    usual = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGUSR1)}
    try:
        asyncio.run(lived(found))
    finally:
        for each, handler in usual.items():
            signal.signal(each, handler)
    assert found == [1]
    assert last_timers() == []


def test_a_process_that_ends_is_held_to_it() -> None:
    asyncio.run(Lifetime(lambda: None).end())
    (last,) = last_timers()
    last.cancel()


def test_nobody_is_found_before_they_hear() -> None:
    """SIGUSR1 kills whoever has not said what to do with it."""
    lifetime = Lifetime(lambda: None)

    async def course() -> None:
        lifetime.begin()
        assert living() == []
        lifetime.be_found()
        (found,) = living()
        await lifetime.end(process_ends=False)
        assert not found.lives()

    asyncio.run(course())


def test_where_signals_cannot_be_had_nobody_is_sent_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found: list[int] = []
    # Only the main thread may say what a signal does.
    thread = threading.Thread(target=lambda: asyncio.run(lived(found)))
    thread.start()
    thread.join(20)
    assert found == [0]
    assert "Signals are left to the server" in caplog.text

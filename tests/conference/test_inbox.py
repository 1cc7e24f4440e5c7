"""An inbox hands over what came, in order, to the one who waits."""

import asyncio
import random

import pytest

from conference.inbox import Inbox


def number(event: dict[str, object]) -> object:
    return event["number"]


async def reads(inbox: Inbox, count: int) -> list[object]:
    return [number(await inbox.get()) for _ in range(count)]


def test_events_keep_their_order_however_they_mix() -> None:
    async def mixed(seed: int) -> None:
        chance, inbox, said = random.Random(seed), Inbox(), 0
        heard: list[object] = []
        while len(heard) < 200:
            for _ in range(chance.randrange(4)):
                inbox.put_nowait({"number": said})
                said += 1
            for _ in range(min(chance.randrange(4), said - len(heard))):
                heard.append(number(await inbox.get()))
        assert heard == list(range(len(heard)))

    for seed in range(50):
        asyncio.run(mixed(seed))


def test_who_waits_gets_what_comes() -> None:
    async def waited() -> None:
        inbox = Inbox()
        reader = asyncio.create_task(reads(inbox, 3))
        await asyncio.sleep(0)
        for at in range(3):
            inbox.put_nowait({"number": at})
        assert await reader == [0, 1, 2]

    asyncio.run(waited())


def test_a_reader_that_is_cancelled_takes_nothing_with_it() -> None:
    async def cancelled() -> None:
        inbox = Inbox()
        for when in ("before it comes", "after it came"):
            reader = asyncio.create_task(inbox.get())
            await asyncio.sleep(0)
            if when == "after it came":
                inbox.put_nowait({"number": 7})
            reader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reader
        assert await reads(inbox, 1) == [7]

    asyncio.run(cancelled())

"""Letters over a real Redis: each that can arrive does, whatever its reader does."""

import asyncio
import signal
from collections.abc import Iterator

import pytest

from rooms.signalling.cluster.mail import RedisMail
from rooms.signalling.cluster.post import MailAway
from rooms.signalling.cluster.registry import RedisRegistry, RegistryAway, connect
from tests.servers import Store, own_redis

SECONDS = 15


@pytest.fixture(scope="module")
def redis() -> Iterator[Store]:
    with own_redis() as store:
        yield store


class Box:
    """Where letters arrive; one of them makes its reader stumble."""

    def __init__(self, url: str, name: str) -> None:
        self.mail = RedisMail(name, connect(url), connect(url))
        self.letters: asyncio.Queue[bytes] = asyncio.Queue()
        self.greeted = False

    def hear(self, letter: bytes) -> None:
        if letter != b"hello" or not self.greeted:
            self.letters.put_nowait(letter)
        if letter == b"stumble":
            raise ValueError("a fault of ours")

    async def __aenter__(self) -> "Box":
        self.task = asyncio.create_task(self.mail.listen(self.hear))
        await self.gets(b"hello")
        self.greeted = True
        return self

    async def __aexit__(self, *_: object) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.mail.close()

    async def gets(self, letter: bytes) -> None:
        """Say it to all until it is heard here: the line may have to be opened."""
        async with asyncio.timeout(SECONDS):
            while True:
                try:
                    await self.mail.tell_all(letter)
                    async with asyncio.timeout(0.5):
                        while await self.letters.get() != letter:
                            pass
                except (MailAway, TimeoutError):
                    continue
                return


def test_letters_arrive_in_order_and_at_their_address(redis: Store) -> None:
    async def story() -> None:
        async with Box(redis.url, "one") as one, Box(redis.url, "two") as two:
            sent = [str(number).encode() for number in range(500)]
            for letter in sent:
                await one.mail.send("two", letter)
            assert [await two.letters.get() for _ in sent] == sent
            assert one.letters.empty()

    asyncio.run(story())


def test_a_reader_that_stumbles_hears_on(
    redis: Store, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with Box(redis.url, "one") as one:
            await one.mail.send("one", b"stumble")
            await one.gets(b"after")

    asyncio.run(story())
    assert "A letter could not be followed" in caplog.text


def test_a_redis_that_is_gone_is_said_and_found_again(redis: Store) -> None:
    async def story() -> None:
        registry = RedisRegistry(connect(redis.url))
        async with Box(redis.url, "one") as one:
            assert (await registry.claim(7, "one", "")).process == "one"
            await asyncio.to_thread(redis.end, signal.SIGKILL)
            with pytest.raises(MailAway):
                await one.mail.send("one", b"lost")
            with pytest.raises(RegistryAway):
                await registry.claim(7, "one", "")
            await asyncio.to_thread(redis.start)
            # The registry's line was cut; nobody is to notice.
            assert (await registry.claim(7, "two", "")).process == "two"
            await one.gets(b"after")
        await registry.close()

    asyncio.run(story())


def test_a_redis_that_hangs_keeps_nobody_waiting(redis: Store) -> None:
    async def story() -> None:
        registry = RedisRegistry(connect(redis.url))
        async with Box(redis.url, "one") as one:
            redis.process.running.send_signal(signal.SIGSTOP)  # type: ignore[union-attr]
            try:
                with pytest.raises(MailAway):
                    await one.mail.send("one", b"lost")
                with pytest.raises(RegistryAway):
                    await registry.claim(8, "one", "")
            finally:
                redis.process.running.send_signal(signal.SIGCONT)  # type: ignore[union-attr]
            await one.gets(b"after")
        await registry.close()

    asyncio.run(story())


def test_the_scripts_let_one_win_and_keep_what_is_theirs(redis: Store) -> None:
    async def story() -> None:
        registry = RedisRegistry(connect(redis.url))
        names = [f"process-{number}" for number in range(8)]
        found = await asyncio.gather(*(registry.claim(9, each, "") for each in names))
        (home,) = {each.process for each in found}
        kept = await registry.renew(home, {9: b"a copy", 10: None})
        assert kept[9] == (home, True)
        assert kept[10] == (home, False)
        other = next(each for each in names if each != home)
        assert await registry.claim(9, other, "") == (home, None)
        assert await registry.claim(9, other, home) == (other, b"a copy")
        assert (await registry.renew(home, {9: b"mine"}))[9].process == other
        await registry.release(9, home, keeps_copy=False)
        assert await registry.claim(9, other, "") == (other, b"a copy")
        await registry.release(9, other, keeps_copy=True)
        assert await registry.claim(9, home, "") == (home, b"a copy")
        await registry.release(9, home, keeps_copy=False)
        assert await registry.claim(9, home, "") == (home, None)
        many = {number: b"" for number in range(1000, 1450)}
        assert (await registry.renew(home, many)).keys() == many.keys()
        await registry.close()

    asyncio.run(story())

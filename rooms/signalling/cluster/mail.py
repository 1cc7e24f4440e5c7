"""Letters over Redis: a channel for each process, and one on which all are told.

Not by way of the channel layer, which this site uses for announcements: it keeps what
comes in queues without bounds, cannot tell a dead line from a quiet one, and sleeps for
a second whenever its own line breaks. Here the one who reads is the one who acts, and
a line that has been quiet for longer than our own beats allow is opened anew.
"""

import asyncio
import logging
from collections.abc import Callable

from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError

from .. import metrics
from .post import MailAway
from .registry import ANSWER_SECONDS, prefix_of

logger = logging.getLogger(__name__)

QUIET_SECONDS = 2.5
"""Our own beats come each second, while there is a line."""

RETRY_SECONDS = 0.25
LETTERS_IN_A_ROW = 64


class RedisMail:
    """One client to send with, one to listen with."""

    def __init__(self, name: str, sender: "Redis", listener: "Redis") -> None:
        self._sender = sender
        self._listener = listener
        self._prefix = prefix_of(sender)
        self._own = self._channel(name)
        self._all = f"{self._prefix}beats"
        self._line: AbstractConnection | None = None
        self._publishing = asyncio.Lock()

    async def send(self, process: str, letter: bytes) -> None:
        await self._publish(self._channel(process), letter)

    async def tell_all(self, letter: bytes) -> None:
        await self._publish(self._all, letter)

    async def listen(self, hear: Callable[[bytes], None]) -> None:
        """Call `hear` with each letter until cancelled; opens broken lines anew."""
        while True:
            try:
                await self._listen(hear)
            except (RedisError, OSError, TimeoutError) as fault:
                logger.debug("The line to Redis broke: %r", fault)
            except Exception:
                # A fault of ours, or of redis-py: this process must not stay deaf.
                logger.exception("The line to Redis broke")
            if _is_cancelled():
                # redis-py swallows it while it connects.
                raise asyncio.CancelledError
            await asyncio.sleep(RETRY_SECONDS)

    async def close(self) -> None:
        if self._line is not None:
            await self._sender.connection_pool.release(self._line)
        await self._sender.aclose()
        await self._listener.aclose()

    async def _listen(self, hear: Callable[[bytes], None]) -> None:
        async with self._listener.pubsub(ignore_subscribe_messages=True) as inbox:
            async with asyncio.timeout(2 * ANSWER_SECONDS):
                await inbox.subscribe(self._own, self._all)
            loop = asyncio.get_running_loop()
            heard = loop.time()
            letters = 0
            while not _is_cancelled():
                message = await inbox.get_message(timeout=QUIET_SECONDS)
                if message is not None:
                    heard = loop.time()
                    letters += 1
                    self._hear(hear, message["data"])
                elif loop.time() - heard > QUIET_SECONDS:
                    raise TimeoutError
                if letters % LETTERS_IN_A_ROW == 0:
                    # What has queued up is handed over without a pause for others.
                    await asyncio.sleep(0)

    def _hear(self, hear: Callable[[bytes], None], letter: bytes) -> None:
        try:
            hear(letter)
        except Exception:
            # A fault of ours: it must not end what else this process hears.
            logger.exception("A letter could not be followed")

    async def _publish(self, channel: str, letter: bytes) -> None:
        begin = metrics.now()
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._publishing:
                await self._say(channel, letter)
        except Exception as fault:
            # Whatever a client of Redis may raise: letters have one way to fail.
            raise MailAway from fault
        metrics.redis_answered(metrics.now() - begin)

    async def _say(self, channel: str, letter: bytes) -> None:
        # On one line of our own: the way through redis-py's pool costs as much again.
        line = self._line
        if line is None:
            line = self._line = await self._sender.connection_pool.get_connection()  # type: ignore[no-untyped-call]
        try:
            await line.send_command("PUBLISH", channel, letter, check_health=False)
            await line.read_response()
        except BaseException:
            # An answer that is still to come must not be taken for the next one's.
            await line.disconnect(nowait=True)
            raise

    def _channel(self, process: str) -> str:
        return f"{self._prefix}to:{process}"


def _is_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0

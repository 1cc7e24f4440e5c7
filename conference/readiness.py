"""Whether this process should be sent people: what it stands on, part by part.

The words are for everybody: they name no host, no path, no version. The log has them.
"""

import asyncio
import logging
import secrets
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from .lifetime import Lifetime

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 2.0
"""A part that has not answered after so long counts as bad."""

FRESH_SECONDS = 1.0
"""An answer is given again for so long: probes cost next to nothing."""

Asked = Callable[[], Awaitable[str]]


class NotReady(Exception):
    """A part says in words why it is not."""


@dataclass(frozen=True, slots=True)
class Part:
    """How one part stands, in words for everybody."""

    ok: bool
    words: str

    def told(self) -> dict[str, object]:
        return {"ok": self.ok, "words": self.words}


class Readiness:
    """Asks every part at once, each within its time, and no more often than useful."""

    def __init__(self, asked: dict[str, Asked]) -> None:
        self._asked = asked
        self._known: dict[str, Part] = {}
        self._until = 0.0
        self._asking: asyncio.Task[None] | None = None

    async def parts(self) -> dict[str, Part]:
        if time.monotonic() >= self._until:
            await self._ask_once()
        return self._known | {"process": _process()}

    async def _ask_once(self) -> None:
        """However many ask at the same time, one look answers all."""
        loop = asyncio.get_running_loop()
        if self._asking is None or self._asking.get_loop() is not loop:
            self._asking = loop.create_task(self._look())
        asking = self._asking
        # Whoever asks may hang up meanwhile; the others want their answer.
        await asyncio.shield(asking)

    async def _look(self) -> None:
        try:
            found = await asyncio.gather(*map(self._state, self._asked))
            self._known = dict(zip(self._asked, found, strict=True))
            self._until = time.monotonic() + FRESH_SECONDS
        finally:
            self._asking = None

    async def _state(self, name: str) -> Part:
        fault: Exception
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                part = Part(True, await self._asked[name]())
        except TimeoutError as late:
            part, fault = Part(False, f"no answer in {PATIENCE_SECONDS:g} s"), late
        except NotReady as said:
            part, fault = Part(False, str(said)), said
        except Exception as wrong:
            part, fault = Part(False, "does not work; the log says why"), wrong
        before = self._known.get(name)
        if not part.ok and (before is None or before.ok):
            logger.warning("Not ready, %s: %s (%r)", name, part.words, fault)
        elif part.ok and before is not None and not before.ok:
            logger.info("Ready again, %s: %s", name, part.words)
        return part


def _process() -> Part:
    if Lifetime.draining:
        return Part(False, "draining")
    return Part(True, "takes people")


class Apart:
    """Work that may hang for long, in a thread that nobody waits for at the end.

    While it hangs, no second one is started: whoever asks waits for the first.
    """

    def __init__(self, work: Callable[[], str]) -> None:
        self._work = work
        self._answer: asyncio.Future[str] | None = None

    async def __call__(self) -> str:
        loop = asyncio.get_running_loop()
        answer = self._answer
        if answer is None or answer.done() or answer.get_loop() is not loop:
            answer = self._answer = loop.create_future()
            thread = threading.Thread(target=self._run, args=(answer,), daemon=True)
            thread.start()
        return await asyncio.shield(answer)

    def _run(self, answer: asyncio.Future[str]) -> None:
        loop = answer.get_loop()
        try:
            words = self._work()
        except Exception as fault:
            _call(loop, _fail, answer, fault)
        else:
            _call(loop, answer.set_result, words)
        finally:
            connections.close_all()


def _call(
    loop: asyncio.AbstractEventLoop, what: Callable[..., object], *said: object
) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(what, *said)


def _fail(answer: asyncio.Future[str], fault: Exception) -> None:
    answer.set_exception(fault)
    # Nobody may have waited so long.
    answer.exception()


def database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return "answers"


class Migrations:
    """Whether the database has all that this code knows of, read from disk once."""

    def __init__(self) -> None:
        self._wanted: set[tuple[str, str]] = set()

    def __call__(self) -> str:
        if not self._wanted:
            self._wanted = set(MigrationLoader(None).graph.leaf_nodes())
        missing = (
            self._wanted - MigrationRecorder(connection).applied_migrations().keys()
        )
        if missing:
            raise NotReady("migrations are waiting")
        return "applied"


class Layer:
    """Whether a message comes back that was sent by way of Redis."""

    def __init__(self) -> None:
        self._mailbox = ""
        self._loop: asyncio.AbstractEventLoop | None = None

    async def __call__(self) -> str:
        layer = get_channel_layer()
        if not settings.REDIS_URL or layer is None:
            return "in memory, for one process"
        loop = asyncio.get_running_loop()
        if not self._mailbox or self._loop is not loop:
            self._mailbox, self._loop = await layer.new_channel(), loop
        token = secrets.token_hex(8)
        try:
            await layer.send(self._mailbox, {"type": "ready", "token": token})
            # Answers to earlier questions may have been late.
            while (await layer.receive(self._mailbox)).get("token") != token:
                pass
        except asyncio.CancelledError:
            # The layer forgets a mailbox whose reader gave up.
            self._mailbox = ""
            raise
        return "messages go through"


def of_this_site() -> Readiness:
    return Readiness(
        {
            "database": Apart(database),
            "migrations": Apart(Migrations()),
            "layer": Layer(),
        }
    )

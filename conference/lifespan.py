"""Start and end under servers that speak of them (ASGI lifespan): not daphne."""

import asyncio
import logging
import os
import signal

from .asgi_types import Receive, Scope, Send
from .lifetime import Lifetime

logger = logging.getLogger(__name__)


class Lifespan:
    """Does what `manage.py serve` does around daphne.

    uvicorn and granian cut sockets off before they tell of the end. So SIGTERM is
    taken here, people are sent away first, and SIGINT then ends the server its own way.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        lifetime = Lifetime(_interrupt)
        await receive()  # lifespan.startup
        lifetime.begin()
        if self._listens(lifetime):
            lifetime.be_found()
        await send({"type": "lifespan.startup.complete"})
        await receive()  # lifespan.shutdown
        # Whoever embeds the application may go on without it.
        await lifetime.end(process_ends=False)
        await send({"type": "lifespan.shutdown.complete"})

    def _listens(self, lifetime: Lifetime) -> bool:
        """Hear signals; false where the server does not let us."""
        loop = asyncio.get_running_loop()
        ending: set[asyncio.Task[None]] = set()

        async def end() -> None:
            try:
                await lifetime.end()
            finally:
                _interrupt()

        def end_soon() -> None:
            # Both a supervisor and a parent may say it; the first one counts.
            if not ending:
                ending.add(loop.create_task(end(), name="end"))

        try:
            loop.add_signal_handler(signal.SIGUSR1, lifetime.drain_soon)
            loop.add_signal_handler(signal.SIGTERM, end_soon)
        except (RuntimeError, ValueError, NotImplementedError) as fault:
            logger.warning("Signals are left to the server: %s", fault)
            return False
        return True


def _interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)

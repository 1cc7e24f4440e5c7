"""What one process has of signalling, how it starts by itself, and how it ends."""

import asyncio

from .bus import listen
from .chat import Keeper
from .hub import Hub
from .presence import Presence
from .protocol import Close

hub = Hub()
keeper = Keeper(lambda: hub.clock.wall())
presence = Presence(hub, hub.hear)
hub.changed = presence.note

_tasks: list[asyncio.Task[None]] = []


def start() -> None:
    """See that what runs beside the sockets runs; each new socket asks for it."""
    loop = asyncio.get_running_loop()
    if _tasks and _tasks[0].get_loop() is loop and not any(t.done() for t in _tasks):
        return
    for task in _tasks:
        if task.get_loop() is loop:
            task.cancel()
    _tasks[:] = [
        loop.create_task(listen(hub.hear), name="signalling news"),
        loop.create_task(presence.run(), name="signalling presence"),
    ]


async def stop() -> None:
    """Send everybody away to come back elsewhere or later, and leave nothing behind.

    For whoever serves the application, before it stops its loop.
    """
    hub.close_all(Close.RESTART)
    tasks, _tasks[:] = _tasks[:], []
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await keeper.stop()
    await presence.leave()

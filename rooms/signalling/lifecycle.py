"""What one process has of signalling, how it starts by itself, and how it ends."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from django.conf import settings

from . import cluster, metrics
from .aside import Aside
from .bus import listen
from .chair import Chair
from .chat import Keeper
from .crowd import Crowd
from .hub import Hub
from .logins import LogIns
from .lookups import LookUps
from .presence import Presence
from .protocol import Close
from .queues import Queues
from .relays import Relays
from .right import Right, TakenBack, of_seat

MOVE_BACK_SECONDS = 8.0
"""People of a process that ends at once come back over so long, or over less."""

GOODBYE_SECONDS = 2.0
"""So long a client has to answer the close frame."""

crowd = Crowd()
hub = Hub()
queues = Queues()
keeper = Keeper(queues, lambda: hub.clock.wall())
chair = Chair(queues, hub)
lookups = LookUps(lambda: hub.clock.now())
presence = Presence(hub, hub.hear)
logins = LogIns(hub)
relays = Relays(lambda: hub.clock.wall())
aside = Aside(hub)


def _sent_away(room: int, rights: list[Right], how: TakenBack) -> None:
    aside.note(room, rights, how)
    # Somebody may sit there by another browser still, with one name at the relay.
    call = hub.get(room)
    here = {of_seat(seat).person for seat in call.seats} if call is not None else ()
    relays.cut(room, [right for right in rights if right.person not in here])


hub.sent_away = _sent_away
hub.changed = presence.note

_tasks: dict[str, asyncio.Task[None]] = {}


def start() -> None:
    """See that what runs beside the sockets runs; each new socket asks for it."""
    cluster.start()
    _run("signalling news", lambda: listen(hub.hear))
    _run("signalling presence", presence.run)
    _run("signalling log-ins", logins.run)
    if settings.REDIS_URL:
        _run("signalling aside", aside.run)
    _run("signalling lag", metrics.watch_loop)
    metrics.watch_collector()


def _run(name: str, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    loop = asyncio.get_running_loop()
    task = _tasks.get(name)
    if task is None or task.done() or task.get_loop() is not loop:
        _tasks[name] = loop.create_task(work(), name=name)


async def drain(seconds: float) -> bool:
    """Move everybody to other processes, one room after the other.

    Returns when the last socket is gone, or after `seconds`: then false.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    await cluster.leave()
    await crowd.move(seconds - GOODBYE_SECONDS)
    return await crowd.emptied(end - loop.time())


async def stop() -> None:
    """Send everybody away to come back elsewhere or later, and leave nothing behind.

    For whoever serves the application, before it stops its loop.
    """
    await cluster.leave()
    crowd.disperse(MOVE_BACK_SECONDS)
    await crowd.emptied(GOODBYE_SECONDS)
    hub.close_all(Close.RESTART)
    await cluster.stop()
    tasks = list(_tasks.values())
    _tasks.clear()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await queues.stop()
    await chair.stop()
    await lookups.stop()
    await relays.stop()
    aside.forget()
    await presence.leave()
    crowd.leaving = False

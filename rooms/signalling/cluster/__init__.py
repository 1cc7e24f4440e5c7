"""Several processes that serve one site, and one call for each room among them.

Without REDIS_URL there is one process, and nothing of this runs.
"""

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from .over_redis import Running

_running: "Running | None" = None


def start() -> None:
    """See that this process is one of several; costs nothing when it is already."""
    global _running
    if not settings.REDIS_URL or (_running is not None and _running.is_of_this_loop):
        return
    # It holds conversations, and those need what lifecycle.py has made by then.
    from .over_redis import Running

    _running = Running(settings.REDIS_URL)


def running() -> "Running | None":
    """What this process has of it, if several are asked for."""
    return _running


async def leave() -> None:
    """Hand over the rooms that have their home here; sockets are to follow."""
    if _running is not None:
        await _running.cluster.leave()


async def stop() -> None:
    """Be no process among several any more, once all sockets are closed."""
    global _running
    stopping, _running = _running, None
    if stopping is not None:
        await stopping.stop()

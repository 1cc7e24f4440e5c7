"""News for every process that serves sockets, over the channel layer.

With the in-memory layer "every process" is this one. What is announced here makes
running calls follow at once; none of it must arrive, since presence compares the
rooms in memory with the database every few seconds anyway.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import msgspec
from asgiref.sync import async_to_sync
from channels.layers import BaseChannelLayer, get_channel_layer

from conference.log import about

from .protocol import Access

if TYPE_CHECKING:
    from ..models import Room

logger = logging.getLogger(__name__)

GROUP = "signalling"
RENEW_SECONDS = 3600.0
"""Layers forget group members after a day; joining anew each hour prevents it."""

FIRST_RETRY_SECONDS = 0.5
LAST_RETRY_SECONDS = 8.0


class RoomChanged(msgspec.Struct, tag="room.changed", frozen=True):
    """The room's facts as they are now; `version` tells older from newer.

    Tokens that were signed with a smaller `revocation` open nothing any more.
    """

    room: int
    name: str
    limit: int
    keeps_chat: bool
    access: Access
    version: int
    revocation: int = 0
    relay_only: bool = False


class RoomDeleted(msgspec.Struct, tag="room.deleted", frozen=True):
    """The room is gone; everybody in it has to go."""

    room: int


Announcement = RoomChanged | RoomDeleted


def changed(room: "Room") -> RoomChanged:
    """The facts of a room row that a call has to know."""
    return RoomChanged(
        room=room.pk,
        name=room.name,
        limit=room.people_limit,
        keeps_chat=room.keeps_chat,
        access=msgspec.convert(room.access, Access),
        version=room.version,
        revocation=room.revocation,
        relay_only=room.relay_only,
    )


def room_changed(room: "Room") -> None:
    """Tell every process; for views and models, once the change is committed."""
    _announce(changed(room))


def room_deleted(room_id: int) -> None:
    """Tell every process; for views and models, once the deletion is committed."""
    _announce(RoomDeleted(room_id))


def _announce(news: Announcement) -> None:
    # A change that is stored must not fail because telling of it does.
    try:
        async_to_sync(announce)(news)
    except Exception:
        logger.exception("A change was not announced", extra=about(news.room))


async def announce(news: Announcement) -> None:
    """Send to all processes; raises what the layer raises."""
    layer = get_channel_layer()
    if layer is not None:
        await layer.group_send(GROUP, msgspec.to_builtins(news))


async def listen(hear: Callable[[Announcement], None]) -> None:
    """Call `hear` with each announcement until cancelled.

    A layer that fails is logged once, then tried again with a growing pause.
    """
    layer = get_channel_layer()
    if layer is None:
        return
    failures = 0
    while True:
        renewal = asyncio.timeout(RENEW_SECONDS)
        try:
            async with _mailbox(layer) as mailbox, renewal:
                if failures:
                    logger.info("The channel layer answers again")
                failures = 0
                while not _is_cancelled():
                    _deliver(await layer.receive(mailbox), hear)
                raise asyncio.CancelledError
        except Exception as fault:
            if _is_cancelled():
                raise asyncio.CancelledError from fault
            if renewal.expired():
                continue
            failures += 1
            if failures == 1:
                logger.warning("The channel layer fails: %r", fault)
            pause = FIRST_RETRY_SECONDS * 2 ** min(failures - 1, 10)
            await asyncio.sleep(min(pause, LAST_RETRY_SECONDS))


@contextlib.asynccontextmanager
async def _mailbox(layer: BaseChannelLayer) -> AsyncIterator[str]:
    mailbox = await layer.new_channel()
    try:
        await layer.group_add(GROUP, mailbox)
        yield mailbox
    finally:
        with contextlib.suppress(Exception):
            await layer.group_discard(GROUP, mailbox)


def _is_cancelled() -> bool:
    """Whether somebody asked this task to end, also if a library swallowed it.

    redis-py does while it connects; the task would then listen for ever.
    """
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _deliver(message: object, hear: Callable[[Announcement], None]) -> None:
    try:
        hear(msgspec.convert(message, Announcement))
    except Exception:
        logger.exception("An announcement could not be followed")

"""News for every process that serves sockets, over the channel layer.

With the in-memory layer "every process" is this one. What is announced here makes
running calls follow at once; none of it must arrive, since presence compares the
rooms in memory with the database every few seconds anyway.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING

import msgspec
from asgiref.sync import async_to_sync
from channels.layers import BaseChannelLayer, get_channel_layer
from django.db import transaction

from conference.log import about
from conference.process import process

from ..passwords import mark_of
from .protocol import Access, Power, Role

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

    Tokens that were signed with a smaller `revocation` open nothing any more. `link` is
    told to those alone who sit in the call; `password`, which stands for the room's
    (rooms.passwords), to nobody.
    """

    room: int
    name: str
    limit: int
    keeps_chat: bool
    access: Access
    version: int
    revocation: int = 0
    relay_only: bool = False
    locked: bool = False
    lobby: bool = False
    forbidden: tuple[Power, ...] = ()
    link: str = ""
    password: str = ""


class RoomDeleted(msgspec.Struct, tag="room.deleted", frozen=True):
    """The room is gone; everybody in it has to go."""

    room: int


class StandingChanged(msgspec.Struct, tag="standing.changed", frozen=True):
    """What somebody is in the room now, and what is forbidden to them alone.

    `person` is `u:<account>` or `g:<guest>`, as in tickets.
    """

    room: int
    person: str
    role: Role
    forbidden: tuple[Power, ...]


class KeptOut(msgspec.Struct, tag="kept.out", frozen=True):
    """Somebody has to go, and may not come back until `LetBack`.

    `reason` may be shown to that person; `browser` is the guest that their browser is
    known as, where it is known: it is kept out with them.
    """

    room: int
    person: str
    reason: str = ""
    browser: str = ""


class LetBack(msgspec.Struct, tag="let.back", frozen=True):
    """Somebody who was kept out may come in again."""

    room: int
    person: str
    browser: str = ""


class AccountRevoked(msgspec.Struct, tag="account.revoked", frozen=True):
    """All that was signed for the account with a smaller number is void everywhere.

    `why` may be shown to that person.
    """

    user: int
    revocation: int
    why: str = ""


class SessionsEnded(msgspec.Struct, tag="sessions.ended", frozen=True):
    """Browsers were logged out; each is named by its binding (tickets.bind_of)."""

    binds: tuple[str, ...]


class Uninvited(msgspec.Struct, tag="uninvited", frozen=True):
    """These lost their role or what they had accepted, and have no other.

    In a room for invited people they have to go.
    """

    room: int
    people: tuple[str, ...]


class CallEnds(msgspec.Struct, tag="call.ends", frozen=True):
    """The call ends for everybody at `at` (ms since 1970); 0: it goes on after all.

    `name` is who says so; `by_site`: one of the people who run the site.
    """

    room: int
    at: int
    name: str
    by_site: bool = False


class Notice(msgspec.Struct, tag="room.notice", frozen=True):
    """The people who run the site say this to everybody in the room."""

    room: int
    text: str


RoomNews = RoomChanged | RoomDeleted
"""What the rows say of a room."""

News = (
    RoomNews
    | StandingChanged
    | KeptOut
    | LetBack
    | AccountRevoked
    | SessionsEnded
    | Uninvited
    | CallEnds
    | Notice
)
"""What any process may tell all of them: each does what concerns its sockets."""

_collected: ContextVar[list[News] | None] = ContextVar("collected", default=None)


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
        locked=room.locked,
        lobby=room.lobby,
        forbidden=msgspec.convert(room.forbidden, tuple[Power, ...]),
        link=room.link,
        password=mark_of(room),
    )


def room_changed(room: "Room") -> None:
    """Tell every process; for views and models, once the change is committed."""
    tell(changed(room))


def room_deleted(room_id: int) -> None:
    """Tell every process; for views and models, once the deletion is committed."""
    tell(RoomDeleted(room_id))


def tell(news: News) -> bool:
    """Tell every process, once what it says is committed; whether that was done."""
    # A change that is stored must not fail because telling of it does.
    try:
        async_to_sync(announce)(news)
    except Exception:
        room = getattr(news, "room", None)
        logger.exception(
            "A change was not announced", extra={} if room is None else about(room)
        )
        return False
    return True


def tell_after_commit(news: News) -> None:
    """Tell every process once the transaction that this belongs to is committed."""
    collected = _collected.get()
    if collected is None:
        transaction.on_commit(partial(tell, news))
    else:
        collected.append(news)


@contextlib.contextmanager
def collecting() -> Iterator[list[News]]:
    """What is to be told after the commit is the caller's to tell, who gets it here.

    So the process that runs a call follows at once, whatever became of the layer.
    """
    collected: list[News] = []
    token = _collected.set(collected)
    try:
        yield collected
    finally:
        _collected.reset(token)


async def announce(news: News, *, followed_here: bool = False) -> None:
    """Send to all processes; raises what the layer raises.

    `followed_here`: this process has done what there is to do, and does not hear it.
    """
    layer = get_channel_layer()
    if layer is not None:
        message = msgspec.to_builtins(news)
        if followed_here:
            message["by"] = process()
        await layer.group_send(GROUP, message)


async def listen(hear: Callable[[News], None]) -> None:
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


def _deliver(message: object, hear: Callable[[News], None]) -> None:
    if isinstance(message, dict) and message.get("by") == process():
        return
    try:
        hear(msgspec.convert(message, News))
    except Exception:
        logger.exception("An announcement could not be followed")

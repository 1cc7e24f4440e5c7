"""Redis: what processes tell each other by, and where limits are counted."""

import asyncio
import secrets
from collections.abc import Iterator
from typing import Any

import redis
from channels.layers import channel_layers
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection

from ..env import masked
from . import Finding, bad, good, look

ABOUT = "Redis"
SECONDS = 5.0


def check() -> Iterator[Finding]:
    if not settings.REDIS_URL:
        yield good(ABOUT, "None is set, which is right for one process.")
        yield _cache_table()
        return
    try:
        redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
        ).ping()
        asyncio.run(_round_trip())
        _cache()
    except (redis.RedisError, OSError, TimeoutError) as fault:
        said = str(fault).rstrip(".") or type(fault).__name__
        yield bad(
            ABOUT,
            f"{masked(settings.REDIS_URL)} does not do its work: {said}.",
            "Is it running, and is the password in REDIS_URL right? Without it "
            "limits fail, and changed rooms are told late.",
        )
        return
    yield good(ABOUT, "Messages go through it, and the cache keeps what it is given.")


def _cache_table() -> Finding:
    """Whether it is there is enough: nothing is to be written here."""
    try:
        tables = connection.introspection.table_names()
    except DatabaseError:
        return look("Cache", "The database cannot be asked.", "See Database.")
    if settings.CACHES["default"]["LOCATION"] in tables:
        return good("Cache", "Limits are counted in the database.")
    return bad(
        "Cache",
        "The table in which limits are counted is missing.",
        "Run `manage.py migrate`.",
    )


async def _round_trip() -> None:
    """From one layer to another of its kind, as between two processes."""
    receiver: Any = channel_layers.make_backend("default")
    sender: Any = channel_layers.make_backend("default")
    channel = await receiver.new_channel()
    token = secrets.token_hex(8)
    async with asyncio.timeout(SECONDS):
        await sender.send(channel, {"type": "doctor", "token": token})
        message = await receiver.receive(channel)
    if message.get("token") != token:
        raise TimeoutError("another message came")
    for each in (sender, receiver):
        await each.flush()


def _cache() -> None:
    key, value = f"doctor:{secrets.token_hex(8)}", secrets.token_hex(8)
    cache.set(key, value, 10)
    if cache.get(key) != value:
        raise TimeoutError("the cache forgot at once")
    cache.delete(key)

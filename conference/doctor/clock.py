"""Does this machine's clock agree with the others? Credentials live for minutes."""

import time
from collections.abc import Iterator

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from . import Finding, bad, good, look

ABOUT = "Time"
SECONDS = 5.0
OFF = 5.0
FAR_OFF = 30.0


def check() -> Iterator[Finding]:
    """The site's own address is asked by address.py, whose answer bears the time."""
    if connection.vendor == "sqlite" and not settings.REDIS_URL:
        yield good(ABOUT, "Database and limits live by this machine's own clock.")
    if connection.vendor == "postgresql":
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
                yield compared("the database", float(cursor.fetchone()[0]))
        except DatabaseError:
            yield look(ABOUT, "The database cannot be asked.", "See Database.")
    if settings.REDIS_URL:
        try:
            seconds, micros = redis.Redis.from_url(
                settings.REDIS_URL,
                socket_timeout=SECONDS,
                socket_connect_timeout=SECONDS,
            ).time()
            yield compared("Redis", seconds + micros / 1e6)
        except redis.RedisError:
            yield look(ABOUT, "Redis cannot be asked.", "See Redis.")


def compared(name: str, theirs: float) -> Finding:
    """`theirs`: the other clock's seconds since 1970, as just heard."""
    off = theirs - time.time()
    if abs(off) < OFF:
        return good(ABOUT, f"This machine and {name} agree.")
    which = "ahead of" if off > 0 else "behind"
    finding = bad if abs(off) > FAR_OFF else look
    return finding(
        ABOUT,
        f"The clock of {name} is {abs(off):.0f} s {which} this machine's.",
        "Set both by NTP (timedatectl set-ntp true): tickets and credentials of the "
        "relay live for minutes.",
    )

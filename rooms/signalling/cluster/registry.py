"""Which process is each room's home, as Redis knows it, and the copies of the rooms.

All of it may vanish at any moment: homes write it anew. A key says who, and lives some
seconds longer than its process; every change is one script, so two can never both win.
"""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any, NamedTuple, Protocol, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from .. import metrics

ANSWER_SECONDS = 1.0
HOME_SECONDS = 20
"""So long a home's name stays without its renewal; others do not wait for that."""

COPY_SECONDS = 120
"""So long a room's copy outlives its home; people without a socket have 30 s."""

ROOMS_AT_ONCE = 200

Answer = TypeVar("Answer")


class RegistryAway(Exception):
    """Redis did not answer in time, or not at all."""


class Home(NamedTuple):
    """A room's home, and its copy if that home is new."""

    process: str
    copy: bytes | None


class Kept(NamedTuple):
    """What a renewal found: the room's home, and whether its copy is there."""

    process: str
    copied: bool


class Registry(Protocol):
    """Each raises RegistryAway within a second or so."""

    async def claim(self, room: int, me: str, instead: str) -> Home:
        """Be the home of a room that has none, or whose home is `instead`."""

    async def renew(
        self, me: str, rooms: Mapping[int, bytes | None]
    ) -> Mapping[int, Kept]:
        """Stay the home of these rooms; write the copies that are given."""

    async def release(self, room: int, me: str, *, keeps_copy: bool) -> None:
        """Be the home of a room no more."""


CLAIM = """
local home = redis.call('GET', KEYS[1])
if home and home ~= ARGV[1] and home ~= ARGV[2] then return {home, false} end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
return {ARGV[1], redis.call('GET', KEYS[2])}
"""

RENEW = """
local found = {}
for room = 1, #KEYS / 2 do
  local key, copy, new = KEYS[2 * room - 1], KEYS[2 * room], ARGV[3 + room]
  local home = redis.call('GET', key)
  if home and home ~= ARGV[1] then
    found[room] = {home, 1}
  else
    redis.call('SET', key, ARGV[1], 'EX', ARGV[2])
    local copied = 1
    if new ~= '' then
      redis.call('SET', copy, new, 'EX', ARGV[3])
    else
      copied = redis.call('EXPIRE', copy, ARGV[3])
    end
    found[room] = {ARGV[1], copied}
  end
end
return found
"""

RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  if ARGV[2] == '' then redis.call('DEL', KEYS[2]) end
end
"""


def connect(url: str) -> "Redis":
    """A client that gives up within a second, and repeats nothing by itself."""
    client: Redis = Redis.from_url(
        url,
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    return client


def prefix_of(client: "Redis") -> str:
    """What every key and channel of this site begins with.

    Channels know no numbers of databases: two sites may share a Redis by those.
    """
    return f"parley:{client.connection_pool.connection_kwargs.get('db') or 0}:"


class RedisRegistry:
    """Keys `…home:<room>` and `…seats:<room>`."""

    def __init__(self, client: "Redis") -> None:
        self._client = client
        self._prefix = prefix_of(client)

    async def claim(self, room: int, me: str, instead: str) -> Home:
        found = await self._run(CLAIM, self._keys(room), [me, instead, HOME_SECONDS])
        return Home(found[0].decode(), found[1])

    async def renew(
        self, me: str, rooms: Mapping[int, bytes | None]
    ) -> Mapping[int, Kept]:
        kept: dict[int, Kept] = {}
        numbers = list(rooms)
        for begin in range(0, len(numbers), ROOMS_AT_ONCE):
            some = numbers[begin : begin + ROOMS_AT_ONCE]
            keys = [key for room in some for key in self._keys(room)]
            copies = [rooms[room] or b"" for room in some]
            found = await self._run(
                RENEW, keys, [me, HOME_SECONDS, COPY_SECONDS, *copies]
            )
            for room, (process, copied) in zip(some, found, strict=True):
                kept[room] = Kept(process.decode(), bool(copied))
        return kept

    async def release(self, room: int, me: str, *, keeps_copy: bool) -> None:
        await self._run(RELEASE, self._keys(room), [me, "1" if keeps_copy else ""])

    async def close(self) -> None:
        await self._client.aclose()

    def _keys(self, room: int) -> list[str]:
        return [f"{self._prefix}home:{room}", f"{self._prefix}seats:{room}"]

    async def _run(self, script: str, keys: list[str], words: list[Any]) -> Any:
        begin = metrics.now()
        try:
            found = await self._twice(script, keys, words)
        except (RedisError, OSError, TimeoutError) as fault:
            raise RegistryAway from fault
        metrics.redis_answered(metrics.now() - begin)
        return found

    async def _twice(self, script: str, keys: list[str], words: list[Any]) -> Any:
        async with asyncio.timeout(ANSWER_SECONDS):
            try:
                return await self._once(script, keys, words)
            except (RedisError, OSError):
                # A line that Redis closed as it restarted. The scripts may run twice.
                return await self._once(script, keys, words)

    def _once(self, script: str, keys: list[str], words: list[Any]) -> Awaitable[Any]:
        return self._client.eval(script, len(keys), *keys, *words)

"""The cluster as this process runs it: over Redis, with the calls of its hub."""

import asyncio

from channels.db import database_sync_to_async

from conference.process import process

from ...models import Message
from .. import metrics
from ..conversation import Conversation
from ..lifecycle import hub
from ..tickets import Entry
from .attendance import Attendance
from .cluster import Cluster
from .mail import RedisMail
from .parties import Party, Refuse, Wire
from .registry import RedisRegistry, connect


class Running:
    """One life of the cluster; belongs to the loop in which it was made."""

    def __init__(self, url: str) -> None:
        self._loop = asyncio.get_running_loop()
        self._registry = RedisRegistry(connect(url))
        self._mail = RedisMail(process(), connect(url), connect(url))
        self.cluster = Cluster(
            process(),
            hub,
            self._mail,
            self._registry,
            _converse,
            database_sync_to_async(Message.newest_number),
        )
        listening = self._mail.listen(self.cluster.post.take_in)
        self._listener = self._loop.create_task(listening, name="cluster mail")
        self.cluster.start()
        _let_be_looked_at(self.cluster)

    @property
    def is_of_this_loop(self) -> bool:
        return self._loop is asyncio.get_running_loop()

    def attend(
        self,
        wire: Wire,
        entry: Entry,
        bind: str,
        instance: str,
        *,
        checked: bool,
        refuse: Refuse,
    ) -> Attendance:
        """Somebody said hello on this wire."""
        return Attendance(
            self.cluster, wire, entry, bind, instance, checked=checked, refuse=refuse
        )

    async def stop(self) -> None:
        await self.cluster.stop()
        self._listener.cancel()
        await asyncio.gather(self._listener, return_exceptions=True)
        await self._mail.close()
        await self._registry.close()


def _converse(
    wire: Wire, entry: Entry, bind: str, instance: str, checked: bool
) -> Party:
    return Conversation(wire, entry, bind, instance, checked=checked)


def _let_be_looked_at(cluster: Cluster) -> None:
    metrics.show(
        "rooms_homed", "Rooms whose call this process runs", lambda: cluster.homes
    )
    metrics.show(
        "rooms_branched",
        "Rooms with sockets here whose call another process runs",
        lambda: cluster.branches,
    )
    metrics.show(
        "processes_known",
        "Processes that live, this one included",
        lambda: len(cluster.beats.others) + 1,
    )
    metrics.show(
        "redis_reachable",
        "Whether this process hears itself through Redis",
        lambda: cluster.beats.online,
    )
    metrics.show(
        "packets_waiting",
        "Packets that wait to leave for other processes",
        lambda: cluster.post.waiting,
    )

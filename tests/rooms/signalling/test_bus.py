"""News between processes, over memory and over a real Redis."""

import asyncio
import contextlib
import os
import sys
from typing import Any, ClassVar
from unittest import mock

from asgiref.sync import sync_to_async
from channels.layers import InMemoryChannelLayer, get_channel_layer
from django.test import SimpleTestCase, override_settings

from rooms.models import Room
from rooms.signalling import bus
from rooms.signalling.protocol import Close
from tests.servers import ROOT, redis_server

from .meeting import Caller, CallTestCase, Frame, Meeting

MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
FACTS = bus.RoomChanged(1, "Küche 🙂", 8, False, "anyone", 3)


class FlakyLayer(InMemoryChannelLayer):
    """Loses its connection a few times."""

    faults = 0

    async def group_add(self, group: str, channel: str) -> None:
        if self.faults:
            type(self).faults -= 1
            raise ConnectionError("away")
        await super().group_add(group, channel)


class DeafLayer(InMemoryChannelLayer):
    """Swallows a cancellation, as redis-py does while it connects."""

    async def group_add(self, group: str, channel: str) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()


@override_settings(CHANNEL_LAYERS=MEMORY)
class Announcing(CallTestCase):
    """The whole way: a row is saved, people in the call hear of it."""

    def change(self, **fields: Any) -> None:
        with self.captureOnCommitCallbacks(execute=True):
            self.room.change(**fields)

    def remove(self) -> None:
        with self.captureOnCommitCallbacks(execute=True):
            self.room.remove()

    async def test_a_change_is_heard_at_once(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            await sync_to_async(self.change)(name="Saturday table")
            heard = await amara.hears("room-changed")
            assert heard["room"]["name"] == "Saturday table"

    async def test_a_deletion_ends_the_call_at_once(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.at_door(self.room)
            tomas = await meeting.joined(self.other_room, "Tomas")
            await sync_to_async(self.remove)()
            assert await amara.closed() == Close.ROOM_DELETED
            assert await mira.closed() == Close.ROOM_DELETED
            await tomas.silent()

    async def test_a_layer_that_fails_does_not_undo_the_change(self) -> None:
        layer = get_channel_layer()
        broken = mock.patch.object(layer, "group_send", side_effect=ConnectionError)
        with broken, self.assertLogs("rooms.signalling.bus", "ERROR") as log:
            await sync_to_async(self.change)(name="Saturday table")
        assert len(log.records) == 1
        await self.room.arefresh_from_db()
        assert self.room.name == "Saturday table"

    async def test_news_that_make_no_sense_are_told_in_the_log(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            layer = get_channel_layer()
            assert layer is not None
            with self.assertLogs("rooms.signalling.bus", "ERROR"):
                await layer.group_send(bus.GROUP, {"type": "room.painted", "room": 1})
                await sync_to_async(self.change)(name="Saturday table")
                await amara.hears("room-changed")


class Listening(SimpleTestCase):
    async def test_a_failing_layer_is_told_once_and_heard_again(self) -> None:
        flaky = {"default": {"BACKEND": f"{__name__}.FlakyLayer"}}
        heard: asyncio.Queue[bus.News] = asyncio.Queue()
        with (
            override_settings(CHANNEL_LAYERS=flaky),
            mock.patch.object(FlakyLayer, "faults", 4),
            mock.patch.object(bus, "LAST_RETRY_SECONDS", 0.0),
            self.assertLogs("rooms.signalling.bus", "INFO") as log,
        ):
            task = asyncio.create_task(bus.listen(heard.put_nowait))
            while heard.empty():
                await bus.announce(FACTS)
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        assert heard.get_nowait() == FACTS
        assert [record.levelname for record in log.records] == ["WARNING", "INFO"]

    async def test_it_ends_even_if_the_layer_does_not_heed_it(self) -> None:
        deaf = {"default": {"BACKEND": f"{__name__}.DeafLayer"}}
        with override_settings(CHANNEL_LAYERS=deaf):
            task = asyncio.create_task(bus.listen(lambda news: None))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
        assert task.cancelled()

    async def test_what_was_followed_here_is_heard_by_the_others_alone(self) -> None:
        heard: list[bus.News] = []
        with override_settings(CHANNEL_LAYERS=MEMORY):
            layer = get_channel_layer()
            assert layer is not None
            mailbox = await layer.new_channel()
            await layer.group_add(bus.GROUP, mailbox)
            await bus.announce(FACTS, followed_here=True)
            message = await layer.receive(mailbox)
        bus._deliver(message, heard.append)
        assert heard == []
        with mock.patch.object(bus, "process", return_value="another"):
            bus._deliver(message, heard.append)
        assert heard == [FACTS]

    async def test_the_mailbox_is_renewed_and_given_back(self) -> None:
        heard: asyncio.Queue[bus.News] = asyncio.Queue()
        with (
            override_settings(CHANNEL_LAYERS=MEMORY),
            mock.patch.object(bus, "RENEW_SECONDS", 0.001),
        ):
            layer = get_channel_layer()
            assert isinstance(layer, InMemoryChannelLayer)
            task = asyncio.create_task(bus.listen(heard.put_nowait))
            seen: set[str] = set()
            while len(seen) < 3 or heard.empty():
                seen |= layer.groups.get(bus.GROUP, {}).keys()
                await bus.announce(FACTS)
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            assert bus.GROUP not in layer.groups
        assert heard.get_nowait() == FACTS


class OverRedis(CallTestCase):
    """Another process announces; this one hears it."""

    url: ClassVar[str]

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.url = cls.enterClassContext(redis_server())
        layer = {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [cls.url]},
        }
        cls.enterClassContext(override_settings(CHANNEL_LAYERS={"default": layer}))

    async def elsewhere(self, code: str) -> None:
        """Run this in a process of its own that shares nothing but Redis."""
        setup = "import django; django.setup()\nfrom rooms.signalling import bus\n"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            setup + code,
            cwd=ROOT,
            env=os.environ
            | {
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "TEST_REDIS_URL": self.url,
                "TEST_DATABASE_URL": "",
            },
        )
        assert await process.wait() == 0

    async def test_a_deletion_elsewhere_ends_the_call_here(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            tomas = await meeting.joined(self.other_room, "Tomas")
            await self.listening(meeting, tomas)
            await self.elsewhere(f"bus.room_deleted({self.room.pk})")
            assert await amara.closed() == Close.ROOM_DELETED

    async def listening(self, meeting: Meeting, caller: Caller) -> Frame:
        """What is heard when this process, once it has subscribed, tells itself."""
        room = await Room.objects.aget(pk=caller.entry.room)
        room.name = "Saturday table"
        heard: list[Frame] = []
        while not heard:
            room.version += 1
            await sync_to_async(bus.room_changed)(room)
            meeting.time.pass_by(1)
            heard = await caller.rest()
        return heard[-1]

    async def test_the_same_process_hears_itself(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            heard = await self.listening(meeting, amara)
            assert heard["room"]["name"] == "Saturday table"

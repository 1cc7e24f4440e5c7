"""Sockets that say nothing, or wait for ever, at the real application."""

import asyncio
from collections.abc import Callable
from typing import Any
from unittest import mock

from django.test import override_settings

from rooms.signalling import consumer
from rooms.signalling.protocol import VERSION, Close
from rooms.signalling.strangers import Strangers

from .meeting import Caller, CallTestCase, Meeting


def few(most: int) -> Any:
    return mock.patch.object(consumer, "strangers", Strangers[Any](most))


class Silent(CallTestCase):
    async def test_the_oldest_silent_socket_goes_for_the_next(self) -> None:
        async with Meeting() as meeting:
            with few(2):
                first = await meeting.caller(self.room)
                second = await meeting.caller(self.room)
                third = await meeting.caller(self.room)
                assert await first.closed() == Close.HELLO_TIMEOUT
                await second.hello()
                # Whoever has said hello takes nobody's place.
                await meeting.caller(self.room)
                await third.hello()
                await third.join()

    async def test_any_number_comes_in_that_says_hello(self) -> None:
        async with Meeting() as meeting:
            with few(1):
                for _ in range(20):
                    await meeting.at_door(self.room)
                assert len(consumer.strangers) == 0

    async def test_a_bad_hello_is_none(self) -> None:
        async with Meeting() as meeting:
            with few(2):
                mira = await meeting.caller(self.room)
                await mira.say(
                    type="hello", protocol=VERSION, instance="a", ticket="a:b:c"
                )
                await mira.refused("ticket-refused")
                assert await mira.closed() == Close.TICKET_REFUSED
                assert len(consumer.strangers) == 1
                await mira.go()
                assert len(consumer.strangers) == 0

    @override_settings(TRUSTED_PROXIES=1)
    async def test_behind_a_proxy_each_client_counts_for_itself(self) -> None:
        async def from_address(meeting: Meeting, address: str) -> Caller:
            caller = await meeting.caller(self.room)
            await caller.go()
            again = Caller(caller.entry, "Mira", caller.cookies)
            hops = b"203.0.113.9, " + address.encode()
            again.wire.scope["headers"] = [
                *(again.wire.scope["headers"] or ()),
                (b"x-forwarded-for", hops),
            ]
            return await meeting.opened(again)

        async with Meeting() as meeting:
            with few(1):
                eve = await from_address(meeting, "192.0.2.1")
                mira = await from_address(meeting, "192.0.2.2")
                again = await from_address(meeting, "192.0.2.1")
                assert await eve.closed() == Close.HELLO_TIMEOUT
                await mira.hello()
                await again.hello()


class AtTheDoor(CallTestCase):
    async def test_nobody_stands_at_the_door_for_ever_but_sits_as_long_as_they_like(
        self,
    ) -> None:
        loop = asyncio.get_running_loop()
        later = loop.call_later
        due: list[Callable[[], None]] = []

        def call_later(
            delay: float, act: Callable[..., Any], *words: Any
        ) -> asyncio.TimerHandle:
            if delay == consumer.DOOR_SECONDS:
                due.append(act)
            return later(delay, act, *words)

        async with Meeting() as meeting:
            with mock.patch.object(loop, "call_later", call_later):
                door = await meeting.at_door(self.room, "Elias")
                mira = await meeting.joined(self.room)
                await door.hears("door")
                assert len(due) == 2
                for act in list(due):
                    act()
                assert await door.closed() == Close.TICKET_REFUSED
                await mira.silent()
                # And is asked again when as much time has passed.
                assert len(due) == 3

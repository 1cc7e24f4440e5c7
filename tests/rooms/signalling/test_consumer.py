"""One socket from its first frame to its last, whatever the client does."""

import asyncio
from collections.abc import Callable
from typing import Any
from unittest import mock

import msgspec
from channels.testing import WebsocketCommunicator

from conference.asgi import application
from rooms.signalling import consumer, lifecycle
from rooms.signalling.conversation import Conversation
from rooms.signalling.crowd import JITTER_MS, RETURN_MS
from rooms.signalling.protocol import TABLE, VERSION, Close
from rooms.signalling.seats import GRACE_SECONDS

from .meeting import (
    ORIGIN,
    SDP,
    SLOTS,
    Caller,
    CallTestCase,
    Meeting,
    Socket,
    quiet,
)

OFFER = {"epoch": 1, "number": 0, "sdp": SDP}


class Addresses(CallTestCase):
    async def test_an_address_that_is_none_is_closed_politely(self) -> None:
        paths = ("/ws/", "/", "/ws/rooms/", "/ws/rooms/A/", "/ws/rooms/a/b/", "/%00")
        for path in (*paths, "/ws/rooms/" + "a" * 65 + "/"):
            async with Meeting() as meeting:
                nowhere = await meeting.opened(Socket(path))
                assert await nowhere.closed() == Close.UNKNOWN_ROOM

    async def test_a_page_of_another_site_is_refused(self) -> None:
        for origin in (b"https://evil.example", b"null", b"http://localhost:1"):
            wire = WebsocketCommunicator(
                application, "/ws/rooms/abcd/", [(b"origin", origin)]
            )
            accepted, _ = await wire.connect()
            assert not accepted
        wire = WebsocketCommunicator(application, "/ws/rooms/abcd/")
        accepted, _ = await wire.connect()
        assert not accepted


class Hello(CallTestCase):
    async def test_who_does_not_say_hello_is_sent_away(self) -> None:
        async with Meeting() as meeting:
            with mock.patch.object(consumer, "HELLO_SECONDS", 0.0):
                silent = await meeting.caller(self.room)
            assert await silent.closed() == Close.HELLO_TIMEOUT

    async def test_who_said_hello_may_stay(self) -> None:
        loop = asyncio.get_running_loop()
        later = loop.call_later
        deadlines: list[asyncio.TimerHandle] = []

        def call_later(
            delay: float, callback: Callable[..., object], *args: Any
        ) -> asyncio.TimerHandle:
            handle = later(delay, callback, *args)
            if delay == consumer.HELLO_SECONDS:
                deadlines.append(handle)
            return handle

        async with Meeting() as meeting:
            with mock.patch.object(loop, "call_later", call_later):
                mira = await meeting.caller(self.room)
            (deadline,) = deadlines
            assert not deadline.cancelled()
            await mira.hello()
            assert deadline.cancelled()

    async def test_the_wrong_first_message_is_answered(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.caller(self.room)
            await mira.ask()
            assert (await mira.refused("not-yet"))["about"] == "join"
            await mira.hello()

    async def test_hello_is_said_once(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.at_door(self.room)
            await mira.say(type="hello", protocol=VERSION, instance="a", **mira.token)
            await mira.refused("bad-message")
            await mira.join()

    async def test_another_version_is_told_to_reload(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.caller(self.room)
            await mira.say(type="hello", protocol=1, novelty=True)
            await mira.refused("bad-protocol")
            assert await mira.closed() == Close.BAD_PROTOCOL

    async def test_a_ticket_that_does_not_hold_is_refused(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.caller(self.room)
            other = await meeting.caller(self.other_room)
            # Another room's ticket at this room's address.
            entry = msgspec.structs.replace(other.entry, link=mira.entry.link)
            elsewhere = Caller(entry, "Eve", other.cookies, other.token)
            stolen = Caller(mira.entry, "Eve", {"parley_guest": "eve"}, mira.token)
            naked = Caller(mira.entry, "Eve", {}, mira.token)
            forged = Caller(mira.entry, "Eve", mira.cookies, {"ticket": "a:b:c"})
            swapped = Caller(
                mira.entry, "Eve", mira.cookies, {"resume": mira.token["ticket"]}
            )
            for eve in (elsewhere, stolen, naked, forged, swapped):
                await meeting.opened(eve)
                await eve.say(type="hello", protocol=VERSION, instance="a", **eve.token)
                await eve.refused("ticket-refused")
                assert await eve.closed() == Close.TICKET_REFUSED

    async def test_old_tickets_are_refused_and_fresh_ones_let_the_same_in(self) -> None:
        async with Meeting() as meeting:
            with mock.patch("django.core.signing.time.time", return_value=1e9):
                mira = await meeting.caller(self.room)
            await mira.say(type="hello", protocol=VERSION, instance="a", **mira.token)
            await mira.refused("ticket-refused")
            assert await mira.closed() == Close.TICKET_REFUSED
            again = await meeting.opened(Caller(mira.entry, "Mira", mira.cookies))
            await again.hello()
            await again.join()

    async def test_the_token_of_a_welcome_is_fresh_each_time(self) -> None:
        async with Meeting() as meeting:
            with mock.patch("django.core.signing.time.time", return_value=2e9):
                mira = await meeting.joined(self.room)
                first = mira.welcome["resume"]
            with mock.patch("django.core.signing.time.time", return_value=2e9 + 60):
                await mira.join()
                assert mira.welcome["resume"] != first
            # It outlives the ticket by far.
            with mock.patch("django.core.signing.time.time", return_value=2e9 + 40000):
                again = await meeting.back(mira, same_page=False)
                await again.join()
                assert again.seat == mira.seat
            # But not its own hours, however often it was renewed.
            late = await meeting.opened(again.again(same_page=True))
            with mock.patch("time.time", return_value=2e9 + 12 * 3600 + 1):
                await late.say(
                    type="hello", protocol=VERSION, instance="a", **late.token
                )
                await late.refused("ticket-refused")
                assert await late.closed() == Close.TICKET_REFUSED


class Nonsense(CallTestCase):
    async def test_nonsense_is_answered_and_the_socket_goes_on(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await amara.rest()
            await mira.say_raw(data=b"\x00\xff")
            await mira.refused("bad-message")
            await mira.say_raw(data=b"")
            await mira.refused("bad-message")
            for text in ("", "{", "[" * 60_000, '{"type":"ping","type":"ping"}'):
                await mira.say_raw(text)
                assert (await mira.refused("bad-message"))["about"] == ""
            await mira.say_raw(" " * 65_000 + '{"type": "leave"}')
            await mira.refused("too-large")
            await mira.say_raw('{"type":"chat-ack","to":"a","id":"\\ud800"}')
            assert (await mira.refused("bad-message"))["about"] == "chat-ack"
            await mira.silent()
            await amara.silent()
            await amara.say(type="offer", to=mira.seat, **OFFER)
            await mira.hears("peer-offer")

    async def test_thirty_errors_in_ten_seconds_are_abuse(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            await amara.rest()
            for _ in range(30):
                await mira.say_raw("nonsense")
            for _ in range(30):
                await mira.refused("bad-message")
            assert await mira.closed() == Close.ABUSE
            assert (await amara.hears("peer-left"))["reason"] == "left"
            # What it still sends is read and thrown away.
            await mira.say_raw("nonsense")
            await amara.silent()

    async def test_a_few_errors_now_and_then_are_not(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.at_door(self.room)
            for _ in range(5):
                for _ in range(29):
                    await mira.say_raw("nonsense")
                    await mira.refused("bad-message")
                meeting.time.pass_by(10.1)

    async def test_people_who_left_are_no_reason_to_be_cut(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            for _ in range(60):
                await mira.say(type="offer", to="gone", **OFFER)
                await mira.refused("unknown-seat")

    async def test_each_type_has_its_rate(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            for _ in range(TABLE["ping"].burst):
                await mira.say(type="ping", heard=0)
                await mira.hears("pong")
            await mira.say(type="ping", heard=0)
            assert (await mira.refused("too-fast"))["about"] == "ping"
            await mira.say(type="state", version=2, slots=SLOTS)
            meeting.time.pass_by(0.1)
            await mira.silent()

    async def test_a_flood_of_good_messages_ends_too(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            burst = TABLE["ping"].burst
            for _ in range(burst + 30):
                await mira.say(type="ping", heard=0)
            for _ in range(burst):
                await mira.hears("pong")
            for _ in range(30):
                await mira.refused("too-fast")
            assert await mira.closed() == Close.ABUSE

    async def test_a_fault_of_the_server_ends_nobodys_socket(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            with (
                mock.patch("rooms.signalling.call.Call.state", side_effect=ValueError),
                self.assertLogs("rooms.signalling.consumer", "ERROR") as log,
            ):
                await mira.say(type="state", version=2, slots=SLOTS)
                await mira.refused("try-again")
            assert len(log.records) == 1
            await mira.silent()


class Endings(CallTestCase):
    async def test_a_peer_that_cannot_be_written_to_harms_nobody(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara")
            elias = await meeting.joined(self.big_room, "Elias")
            mira = await meeting.joined(self.big_room)
            await quiet(amara, elias)
            call = lifecycle.hub.get(self.big_room.pk)
            assert call is not None
            seat = call.seats.get(elias.seat)
            assert seat is not None
            holder = seat.holder
            assert isinstance(holder, Conversation)
            broken = mock.AsyncMock(side_effect=RuntimeError("gone"))
            with mock.patch.object(holder.wire, "base_send", broken):
                await mira.say(type="offer", to=elias.seat, **OFFER)
                await mira.say(type="state", version=2, slots=SLOTS)
                await mira.silent()
                await amara.hears("peer-state")
            broken.assert_awaited_once()
            await elias.go(1006)
            assert (await amara.hears("peer-away"))["seat"] == elias.seat
            await amara.silent()

    async def test_a_cancelled_socket_leaves(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.room, "Amara")
            mira = await meeting.joined(self.room)
            task = mira.wire.future
            task.cancel()
            await asyncio.wait([task])
            mira.has_gone = True
            call = lifecycle.hub.get(self.room.pk)
            assert call is not None
            seat = call.seats.get(mira.seat)
            assert seat is not None
            assert seat.holder is None

    async def test_a_room_without_people_is_forgotten(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.at_door(self.room)
            await mira.go()
            assert list(lifecycle.hub) == []
            mira = await meeting.joined(self.room)
            await mira.go()
            await meeting.some_time(3.1)
            assert list(lifecycle.hub) == []
            mira = await meeting.joined(self.room)
            await mira.go(1006)
            await meeting.some_time(GRACE_SECONDS + 0.1)
            assert list(lifecycle.hub) == []

    async def test_the_end_of_the_process_is_told_to_everybody(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara")
            mira = await meeting.at_door(self.room)
            await amara.rest()
            ending = asyncio.create_task(lifecycle.stop())
            for socket in (amara, mira):
                after = (await socket.hears("restarting"))["after"]
                assert RETURN_MS <= after < RETURN_MS + JITTER_MS
                assert await socket.closed() == Close.RESTART
                await socket.go(1012)
            await ending
            assert list(lifecycle.hub) == []
            assert len(lifecycle.crowd) == 0

    async def test_a_socket_that_goes_before_it_is_open_is_no_fault(self) -> None:
        wire = WebsocketCommunicator(
            application, "/ws/rooms/abcd/", [(b"origin", ORIGIN.encode())]
        )
        await wire.send_input({"type": "websocket.connect"})
        await wire.send_input({"type": "websocket.disconnect", "code": 1006})
        await wire.wait()
        await lifecycle.stop()

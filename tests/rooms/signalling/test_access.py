"""A room that was open to anyone and is now for people who are logged in."""

import threading
from typing import Any
from unittest import mock

from asgiref.sync import sync_to_async
from django.db import OperationalError

from accounts.models import User
from rooms.models import Prohibition, Room
from rooms.signalling import bus, lookups
from rooms.signalling.consumer import HELD_FRAMES
from rooms.signalling.lifecycle import hub, presence
from rooms.signalling.protocol import VERSION, Close
from rooms.signalling.seats import GRACE_SECONDS
from tests.factories import make_user

from .meeting import SECONDS, Caller, CallTestCase, Meeting, quiet


class ClosedToGuests(CallTestCase):
    async def close_room(self, *, heard: bool = True) -> None:
        """Save the change; `heard`: this process has followed it already."""
        self.room.access = Room.Access.SIGNED_IN
        await self.room.asave()
        if heard:
            hub.hear(bus.changed(self.room))

    async def returns(self, meeting: Meeting, caller: Caller) -> Caller:
        """The guest's next socket, which says hello with the token of its seat."""
        again = await meeting.opened(caller.again(same_page=True))
        await self.say_hello(again)
        return again

    async def say_hello(self, caller: Caller) -> None:
        await caller.say(
            type="hello", protocol=VERSION, instance=caller.instance, **caller.token
        )

    async def sent_away(self, caller: Caller, about: str = "") -> None:
        assert (await caller.refused("ticket-refused"))["about"] == about
        assert await caller.closed() == Close.TICKET_REFUSED

    async def test_a_guest_who_was_away_does_not_come_back(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            mira = await meeting.joined(self.room)
            await mira.go(1006)
            await meeting.some_time(GRACE_SECONDS + 1)
            await self.close_room()
            await quiet(amara)
            await self.sent_away(await self.returns(meeting, mira), "hello")
            await amara.silent()

    async def test_nor_where_nobody_has_heard_of_the_change(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            await mira.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            assert list(hub) == []
            await self.close_room(heard=False)
            await self.sent_away(await self.returns(meeting, mira), "hello")
            assert list(hub) == []

    async def test_a_ticket_from_before_the_change_is_refused(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.room, "Amara", self.owner)
            mira = await meeting.caller(self.room)
            await self.close_room()
            await self.say_hello(mira)
            await self.sent_away(mira, "hello")

    async def test_guests_at_the_door_are_sent_away_and_nobody_else(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            june = await meeting.joined(self.room, "June")
            waiting = await meeting.at_door(self.room, "Elias")
            await waiting.ask()
            await waiting.hears("waiting")
            mira = await meeting.at_door(self.room)
            user = await sync_to_async(make_user)("Noor")
            noor = await meeting.at_door(self.room, "Noor", user)
            await quiet(amara, june, mira, noor, waiting)
            await self.close_room()
            await self.sent_away(mira)
            await self.sent_away(waiting)
            await noor.rest()
            await june.say(type="leave")
            await june.rest()
            await noor.rest()
            await noor.join()

    async def test_a_raised_limit_lets_no_guest_slip_in(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.room, "Amara", self.owner)
            await meeting.joined(self.room, "June")
            mira = await meeting.at_door(self.room)
            await mira.ask()
            await mira.hears("waiting")
            self.room.people_limit = 8
            await self.close_room(heard=False)
            await presence.copy()
            await self.sent_away(mira)

    async def test_guests_who_sit_may_stay_and_return_to_their_seat(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            mira = await meeting.joined(self.room)
            await self.close_room()
            await quiet(amara, mira)
            await mira.join()
            await mira.go(1006)
            again = await self.returns(meeting, mira)
            await again.hears("door")
            await again.join()
            await amara.hears_only("peer-away", "peer-away")

    async def test_a_guest_who_gets_up_does_not_sit_down_again(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            await self.close_room()
            await mira.rest()
            await mira.say(type="leave")
            await mira.hears("door")
            await mira.ask()
            await self.sent_away(mira, "join")

    async def test_who_is_logged_in_comes_back(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            await amara.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            await self.close_room()
            again = await self.returns(meeting, amara)
            await again.hears("door")
            await again.join()

    async def test_a_room_that_was_opened_again_takes_old_tokens(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.room)
            await self.close_room()
            await mira.rest()
            await mira.join()
            await mira.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            self.room.access = Room.Access.ANYONE
            await self.room.asave()
            again = await self.returns(meeting, mira)
            await again.hears("door")
            await again.join()


class ClosedAccounts(CallTestCase):
    """Somebody who was in has no account any more, or one that is closed."""

    elias: User

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.elias = make_user("Elias")
        cls.room.change(access=Room.Access.SIGNED_IN)

    async def close_account(self) -> None:
        await User.objects.filter(pk=self.elias.pk).aupdate(is_active=False)

    async def delete_account(self) -> None:
        await User.objects.filter(pk=self.elias.pk).adelete()

    async def sent_away(self, meeting: Meeting, caller: Caller) -> None:
        again = await meeting.opened(caller.again(same_page=True))
        await again.say(type="hello", protocol=VERSION, instance="a", **again.token)
        assert (await again.refused("ticket-refused"))["about"] == "hello"
        assert await again.closed() == Close.REVOKED

    async def gone_for_good(self, meeting: Meeting) -> Caller:
        elias = await meeting.joined(self.room, "Elias", self.elias)
        await elias.go()
        await meeting.some_time(GRACE_SECONDS + 1)
        return elias

    async def test_it_comes_back_to_no_empty_room(self) -> None:
        for end in (self.close_account, self.delete_account):
            async with Meeting() as meeting:
                elias = await self.gone_for_good(meeting)
                await end()
                assert list(hub) == []
                await self.sent_away(meeting, elias)
                assert list(hub) == []

    async def test_nor_into_a_running_call_whoever_it_is_open_to(self) -> None:
        for access in (Room.Access.SIGNED_IN, Room.Access.ANYONE):
            await sync_to_async(self.room.change)(access=access)
            await User.objects.filter(pk=self.elias.pk).aupdate(is_active=True)
            async with Meeting() as meeting:
                amara = await meeting.joined(self.room, "Amara", self.owner)
                elias = await self.gone_for_good(meeting)
                await quiet(amara)
                await self.close_account()
                await self.sent_away(meeting, elias)
                await amara.silent()

    async def test_who_sits_or_stands_at_the_door_is_sent_away_soon(self) -> None:
        for end in (self.close_account, self.delete_account):
            async with Meeting() as meeting:
                amara = await meeting.joined(self.room, "Amara", self.owner)
                elias = await meeting.joined(self.room, "Elias", self.elias)
                other_tab = await meeting.at_door(self.room, "Elias", self.elias)
                await quiet(amara, elias)
                await end()
                await presence.copy()
                for socket in (elias, other_tab):
                    await socket.refused("ticket-refused")
                    assert await socket.closed() == Close.REVOKED
                gone = {"type": "peer-revoked", "seat": elias.seat, "reason": "revoked"}
                assert await amara.rest() == [gone]

    async def test_so_does_the_seat_of_one_who_is_away(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            elias = await meeting.joined(self.room, "Elias", self.elias)
            await quiet(amara)
            await elias.go(1006)
            await self.close_account()
            await presence.copy()
            await amara.hears_only("peer-away", "peer-revoked")
            await self.sent_away(meeting, elias)

    async def test_without_a_database_what_was_signed_counts(self) -> None:
        async with Meeting() as meeting:
            elias = await self.gone_for_good(meeting)
            broken = mock.patch.object(
                lookups, "_read", side_effect=OperationalError("away")
            )
            with broken, self.assertLogs("rooms.signalling.lookups", "WARNING"):
                again = await meeting.back(elias, same_page=True)
            await again.join()


class LookingUp(CallTestCase):
    """A token is hours old and this process knows nothing of the room."""

    async def gone_for_long(self, meeting: Meeting) -> Caller:
        mira = await meeting.joined(self.room)
        await mira.go()
        await meeting.some_time(GRACE_SECONDS + 1)
        return await meeting.opened(mira.again(same_page=True))

    def hello(self, caller: Caller) -> dict[str, Any]:
        return {"type": "hello", "protocol": VERSION, "instance": "a", **caller.token}

    async def test_what_is_said_meanwhile_waits_its_turn(self) -> None:
        async with Meeting() as meeting:
            again = await self.gone_for_long(meeting)
            await again.say(**self.hello(again))
            await again.ask()
            await again.hears("door")
            await again.is_welcome()

    async def test_too_much_said_meanwhile_is_dropped(self) -> None:
        async with Meeting() as meeting:
            again = await self.gone_for_long(meeting)
            await again.say(**self.hello(again))
            for _ in range(HELD_FRAMES + 1):
                await again.say(type="ping", heard=0)
            await again.refused("too-fast")
            await again.hears("door")
            for _ in range(HELD_FRAMES):
                await again.hears("pong")

    async def test_a_room_that_was_deleted_says_so(self) -> None:
        async with Meeting() as meeting:
            again = await self.gone_for_long(meeting)
            await Room.objects.filter(pk=self.room.pk).adelete()
            await again.say(**self.hello(again))
            await again.ask()
            assert await again.closed() == Close.ROOM_DELETED
            assert list(hub) == []

    async def test_nobody_brings_a_deleted_room_back(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            await Room.objects.filter(pk=self.room.pk).adelete()
            await presence.copy()
            assert await amara.closed() == Close.ROOM_DELETED
            again = await meeting.opened(amara.again(same_page=True))
            await again.say(**self.hello(again))
            await again.ask()
            assert await again.closed() == Close.ROOM_DELETED
            assert list(hub) == []

    async def test_a_database_that_fails_keeps_nobody_out(self) -> None:
        async with Meeting() as meeting:
            again = await self.gone_for_long(meeting)
            broken = mock.patch.object(
                lookups, "_read", side_effect=OperationalError("away")
            )
            with broken, self.assertLogs("rooms.signalling.lookups", "WARNING"):
                await again.hello()
            await again.join()

    async def test_a_database_that_says_nothing_is_not_waited_for(self) -> None:
        silent = threading.Event()

        def wait(room: int) -> None:
            silent.wait(SECONDS)

        async with Meeting() as meeting:
            again = await self.gone_for_long(meeting)
            with (
                mock.patch.object(lookups, "_read", wait),
                mock.patch.object(lookups, "WAIT_SECONDS", 0.1),
                self.assertLogs("rooms.signalling.lookups", "WARNING"),
            ):
                await again.hello()
            silent.set()
            await again.join()

    async def test_tickets_and_running_calls_need_no_database(self) -> None:
        async with Meeting() as meeting:
            with mock.patch.object(lookups, "_read") as asked:
                mira = await meeting.joined(self.room)
                june = await meeting.joined(self.room, "June")
                await june.go(1006)
                await meeting.some_time(GRACE_SECONDS - 1)
                again = await meeting.back(june, same_page=True)
                await again.join()
                await quiet(mira)
            asked.assert_not_called()

    async def test_who_sits_no_more_is_what_the_rows_say(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.room)
            june = await meeting.joined(self.room, "June")
            await june.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            await Prohibition.objects.acreate(
                room=self.room, person=june.entry.person, powers=["chat"]
            )
            again = await meeting.back(june, same_page=True)
            await again.join()
            assert again.welcome["forbidden"] == ["chat"]

    async def test_who_goes_while_it_is_looked_up_leaves_nothing(self) -> None:
        async with Meeting() as meeting:
            again = await self.gone_for_long(meeting)
            await again.say(**self.hello(again))
            await again.go()
            assert list(hub) == []

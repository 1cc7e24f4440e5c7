"""Somebody's right to a seat is taken back by a number that is raised in a row."""

import msgspec
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from rooms.models import Room
from rooms.signalling import bus
from rooms.signalling.lifecycle import hub, presence
from rooms.signalling.protocol import VERSION, Close
from tests.factories import make_user

from .meeting import Caller, CallTestCase, Meeting, quiet


class RevokedCase(CallTestCase):
    elias: User

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.elias = make_user("Elias")

    async def revoke(self, user: User) -> None:
        await User.objects.filter(pk=user.pk).aupdate(revocation=F("revocation") + 1)

    async def revoke_room(self) -> None:
        rooms = Room.objects.filter(pk=self.big_room.pk)
        await rooms.aupdate(revocation=F("revocation") + 1)

    async def says_hello(self, caller: Caller) -> Caller:
        own = {"instance": caller.instance, **caller.token}
        await caller.say(type="hello", protocol=VERSION, **own)
        return caller

    async def sent_away(self, caller: Caller, about: str = "") -> None:
        assert (await caller.refused("ticket-refused"))["about"] == about
        assert await caller.closed() == Close.REVOKED

    async def returns(self, meeting: Meeting, caller: Caller) -> Caller:
        again = await meeting.opened(caller.again(same_page=True))
        return await self.says_hello(again)


class Accounts(RevokedCase):
    async def test_it_comes_back_neither_to_a_call_nor_to_an_empty_room(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            elias = await meeting.joined(self.big_room, "Elias", self.elias)
            await elias.go()
            await meeting.some_time(4)
            await quiet(amara)
            await self.revoke(self.elias)
            await self.sent_away(await self.returns(meeting, elias), "hello")
            await amara.silent()
            await amara.go()
            await meeting.some_time(4)
            assert list(hub) == []
            await self.sent_away(await self.returns(meeting, elias), "hello")
            assert list(hub) == []

    async def test_it_leaves_its_seat_and_every_door_soon(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            elias = await meeting.joined(self.big_room, "Elias", self.elias)
            next_door = await meeting.at_door(self.other_room, "Elias", self.elias)
            mira = await meeting.joined(self.big_room)
            await presence.copy()
            await quiet(amara, elias, next_door, mira)
            await self.revoke(self.elias)
            await presence.copy()
            await self.sent_away(elias)
            await self.sent_away(next_door)
            told = {"type": "peer-revoked", "seat": elias.seat, "reason": "revoked"}
            assert await amara.rest() == await mira.rest() == [told]
            await self.sent_away(await self.returns(meeting, elias), "hello")

    async def test_tickets_from_before_open_nothing_and_later_ones_do(self) -> None:
        async with Meeting() as meeting:
            elias = await meeting.joined(self.big_room, "Elias", self.elias)
            before = await meeting.caller(self.big_room, "Elias", self.elias)
            await self.revoke(self.elias)
            await presence.copy()
            await self.sent_away(elias)
            await self.sent_away(await self.says_hello(before), "hello")
            await self.elias.arefresh_from_db()
            after = await meeting.joined(self.big_room, "Elias", self.elias)
            await presence.copy()
            await after.silent()

    async def test_who_waits_for_a_place_goes_too(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            await meeting.joined(self.room)
            elias = await meeting.at_door(self.room, "Elias", self.elias)
            june = await meeting.at_door(self.room, "June")
            await elias.ask()
            await june.ask()
            await quiet(elias, june, amara)
            await self.revoke(self.elias)
            await presence.copy()
            await self.sent_away(elias)
            assert {"type": "waiting", "ahead": 0} in await june.rest()

    async def test_whom_it_concerns_is_asked_at_once(self) -> None:
        def statements() -> int:
            with CaptureQueriesContext(connection) as asked:
                async_to_sync(presence.copy)()
            return len(asked)

        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara", self.owner)
            few = await sync_to_async(statements)()
            for name in ("Noor", "June", "Tomas"):
                user = await sync_to_async(make_user)(name)
                await meeting.joined(self.big_room, name, user)
                await meeting.at_door(self.other_room, name, user)
            assert await sync_to_async(statements)() == few

    async def test_only_so_many_are_remembered(self) -> None:
        for account in range(1, 4098):
            hub.remember(account, 1)
        async with Meeting() as meeting:
            caller = await meeting.caller(self.big_room, "Elias", self.elias)
            first = msgspec.structs.replace(caller.entry, user=1)
            assert not hub.revokes(first, "")
            assert hub.revokes(msgspec.structs.replace(first, user=2), "")


class Rooms(RevokedCase):
    async def test_everybody_goes_guests_included(self) -> None:
        for announced in (True, False):
            async with Meeting() as meeting:
                amara = await meeting.joined(self.big_room, "Amara", self.owner)
                mira = await meeting.joined(self.big_room)
                june = await meeting.at_door(self.big_room, "June")
                next_door = await meeting.joined(self.other_room, "Noor")
                before = await meeting.caller(self.big_room, "Tomas")
                await quiet(amara, mira, june, next_door)
                await self.revoke_room()
                await self.big_room.arefresh_from_db()
                if announced:
                    hub.hear(bus.changed(self.big_room))
                else:
                    await presence.copy()
                for person in (june, amara, mira):
                    while (await person.next())["type"] != "error":
                        pass
                    assert await person.closed() == Close.REVOKED
                await next_door.silent()
                after = await meeting.joined(self.big_room, "Amara", self.owner)
                await self.sent_away(await self.says_hello(before), "hello")
                await self.sent_away(await self.returns(meeting, mira), "hello")
                await after.silent()

    async def test_nor_do_they_come_back_to_an_empty_room(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            await mira.go()
            await meeting.some_time(4)
            await self.revoke_room()
            await self.sent_away(await self.returns(meeting, mira), "hello")
            assert list(hub) == []

    async def test_newer_facts_in_an_old_token_hide_nothing(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.caller(self.big_room)
            await self.revoke_room()
            self.big_room.name = "Saturday table"
            # A copy of the row from before, as another page's form has it.
            assert self.big_room.revocation == 0
            await self.big_room.asave()
            late = await meeting.at_door(self.big_room, "Late")
            await amara.refused("ticket-refused")
            assert await amara.closed() == Close.REVOKED
            await self.sent_away(await self.says_hello(mira), "hello")
            await late.join()

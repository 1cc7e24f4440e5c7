"""A locked room: nobody new, at the real application's sockets."""

from asgiref.sync import sync_to_async

from accounts.models import User
from rooms.models import Membership, Role
from rooms.signalling.lifecycle import hub, presence
from rooms.signalling.protocol import Close
from rooms.signalling.seats import GRACE_SECONDS
from tests.factories import make_user

from .meeting import Caller, CallTestCase, Meeting, quiet
from .test_lives import process_is_killed


class Locked(CallTestCase):
    noor: User

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.noor = make_user("Noor Haddad")

    async def lock(self, amara: Caller, *others: Caller) -> None:
        """By the owner's order; all have heard of it."""
        await amara.say(type="lock", locked=True)
        for caller in (amara, *others):
            assert (await caller.hears("room-changed"))["room"]["locked"] is True

    async def stays_out(self, caller: Caller) -> None:
        await caller.ask()
        assert (await caller.refused("locked"))["about"] == "join"
        await caller.silent()

    async def test_nobody_new_comes_in_not_even_members(self) -> None:
        await sync_to_async(Membership.objects.grant)(
            self.big_room, self.noor, Role.MEMBER
        )
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            await self.lock(amara)
            await self.big_room.arefresh_from_db()
            for user in (None, self.noor):
                caller = await meeting.caller(self.big_room, "New", user)
                assert (await caller.hello())["room"]["locked"] is True
                await self.stays_out(caller)
            await amara.silent()

    async def test_who_was_in_the_call_that_was_ended_is_new_to_the_next(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.joined(self.big_room, guest="mira")
            await quiet(amara)
            await self.lock(amara, mira)
            # Somebody at the door, so that the room is not forgotten meanwhile.
            june = await meeting.at_door(self.big_room, "June")
            await amara.say(type="end", seconds=0)
            await mira.hears("ending")
            await meeting.some_time(1)
            assert await mira.closed() == Close.ENDED
            assert hub.get(self.big_room.pk) is not None
            again = await meeting.at_door(self.big_room, guest="mira")
            await self.stays_out(again)
            await june.go()

    async def test_hosts_do(self) -> None:
        await sync_to_async(Membership.objects.grant)(
            self.big_room, self.noor, Role.CO_HOST
        )
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            await self.lock(amara)
            await meeting.joined(self.big_room, "Noor", self.noor)
            await meeting.joined(self.big_room, "Amara", self.owner)

    async def test_who_waits_for_a_place_stands_at_the_door_again(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.room, "Amara", self.owner)
            june = await meeting.joined(self.room, "June")
            mira = await meeting.at_door(self.room)
            await mira.ask()
            await mira.hears("waiting")
            await quiet(amara)
            await self.lock(amara, june)
            await mira.refused("locked")
            assert (await mira.hears("door"))["room"]["locked"] is True
            await june.go()
            await meeting.some_time(5)
            assert {frame["type"] for frame in await mira.rest()} == {"door"}
            await amara.say(type="lock", locked=False)
            await mira.hears("door")
            await mira.join()

    async def test_who_was_inside_comes_back_by_line_reload_and_new_page(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.joined(self.big_room, guest="mira")
            await quiet(amara)
            await self.lock(amara, mira)
            await mira.go(1006)
            mira = await meeting.back(mira, same_page=True)
            await mira.join()
            await mira.go()
            mira = await meeting.back(mira, same_page=False)
            await mira.join()
            await mira.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            mira = await meeting.back(mira, same_page=False)
            await mira.join()
            await mira.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            mira = await meeting.joined(self.big_room, guest="mira")
            await mira.say(type="leave")
            await mira.hears("door")
            await self.stays_out(mira)

    async def test_after_a_restart_who_was_inside_comes_back(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.joined(self.big_room)
            await quiet(amara)
            await self.lock(amara, mira)
            # As the row knows: somebody was there a moment ago.
            await presence.copy()
            await process_is_killed(mira)
            assert list(hub) == []
            again = await meeting.back(mira, same_page=True)
            await again.join()
            assert again.welcome["since"] == mira.welcome["since"]
            june = await meeting.at_door(self.big_room, "June")
            await self.stays_out(june)

    async def test_the_token_of_hours_ago_opens_no_locked_empty_room(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            await mira.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            assert list(hub) == []
            await sync_to_async(self.big_room.change)(locked=True, last_used_at=None)
            again = await meeting.back(mira, same_page=True)
            await self.stays_out(again)
            # Nor where a host has come since.
            await meeting.joined(self.big_room, "Amara", self.owner)
            await presence.copy()
            third = await meeting.back(mira, same_page=True)
            await self.stays_out(third)

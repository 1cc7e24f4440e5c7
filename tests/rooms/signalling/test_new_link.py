"""A room gets another link while people are in its call."""

import msgspec
from asgiref.sync import sync_to_async

from rooms.links import new_link
from rooms.models import Membership, Role
from rooms.signalling import bus
from rooms.signalling.lifecycle import hub, presence
from rooms.signalling.protocol import VERSION, Close
from rooms.signalling.seats import GRACE_SECONDS
from tests.factories import make_user

from .meeting import Caller, CallTestCase, Frame, Meeting, quiet


class NewLinkCase(CallTestCase):
    async def move(self, *, heard: bool = True) -> None:
        """Give the big room another link; `heard`: this process was told."""
        self.big_room.link = new_link()
        await self.big_room.asave()
        if heard:
            hub.hear(bus.changed(self.big_room))

    async def say_hello(self, caller: Caller) -> None:
        await caller.say(
            type="hello", protocol=VERSION, instance=caller.instance, **caller.token
        )

    async def sent_away(self, caller: Caller, about: str = "") -> None:
        assert (await caller.refused("ticket-refused"))["about"] == about
        assert await caller.closed() == Close.TICKET_REFUSED

    async def welcomed_anew(self, caller: Caller) -> Frame:
        """What the page is told, which goes by the new link from then on."""
        await caller.hears("room-changed")
        await caller.is_welcome()
        link = caller.welcome["link"]
        assert link == self.big_room.link
        caller.entry = msgspec.structs.replace(caller.entry, link=link)
        return caller.welcome

    async def returns(self, meeting: Meeting, caller: Caller) -> Caller:
        again = await meeting.opened(caller.again(same_page=True))
        await self.say_hello(again)
        return again


class Staying(NewLinkCase):
    """Who is in the call stays, and goes by the new link."""

    async def test_who_sits_is_told_the_link_and_keeps_seat_and_company(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.joined(self.big_room)
            await quiet(amara, mira)
            before = mira.welcome
            assert before["link"] == self.big_room.link
            await self.move()
            for caller in (amara, mira):
                now = await self.welcomed_anew(caller)
                assert [each["name"] for each in now["people"]] != []
            now = mira.welcome
            assert (now["seat"], now["since"]) == (before["seat"], before["since"])
            assert now["resume"] != before["resume"]
            await amara.silent()

    async def test_the_new_token_opens_the_socket_of_the_new_link(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.joined(self.big_room)
            await quiet(amara, mira)
            await self.move()
            await self.welcomed_anew(mira)
            await quiet(amara)
            await mira.go(1006)
            again = await self.returns(meeting, mira)
            await again.hears("door")
            await again.join()
            assert again.welcome["link"] == self.big_room.link
            await amara.hears_only("peer-away", "peer-away")

    async def test_it_opens_it_also_where_the_process_began_anew(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            await self.move()
            await self.welcomed_anew(mira)
            await mira.go(1006)
            hub.forget(self.big_room.pk)
            again = await self.returns(meeting, mira)
            await again.hears("door")
            await again.join()

    async def test_a_line_that_was_lost_meanwhile_comes_back_to_its_seat(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.joined(self.big_room)
            await quiet(amara, mira)
            await mira.go(1006)
            await self.move()
            again = await self.returns(meeting, mira)
            await again.hears("door")
            await again.join()
            assert again.welcome["link"] == self.big_room.link

    async def test_it_is_noticed_where_nobody_was_told(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            stranger = await meeting.at_door(self.big_room, "June")
            await mira.rest()
            await stranger.rest()
            await self.move(heard=False)
            await presence.copy()
            await self.welcomed_anew(mira)
            await self.sent_away(stranger)


class OldLink(NewLinkCase):
    """Who only has the old link has none."""

    async def test_the_door_is_closed_to_them_but_not_to_people_with_a_role(
        self,
    ) -> None:
        member = await sync_to_async(make_user)("Noor")
        grant = sync_to_async(Membership.objects.grant)
        await grant(self.big_room, member, Role.MEMBER)
        async with Meeting() as meeting:
            june = await meeting.at_door(self.big_room, "June")
            noor = await meeting.at_door(self.big_room, "Noor", member)
            await quiet(june, noor)
            await self.move()
            await self.sent_away(june)
            await noor.rest()
            await noor.join()
            assert noor.welcome["link"] == self.big_room.link

    async def test_the_door_tells_nobody_the_link(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara", self.owner)
            seen = [await meeting.at_door(self.big_room, "June")]
            await self.move()
            seen.append(await meeting.at_door(self.big_room, "Elias"))
            for caller in seen:
                for frame in caller.frames:
                    assert self.big_room.link not in str(frame)

    async def test_a_ticket_from_before_opens_nothing(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.caller(self.big_room, "June")
            await self.move()
            await self.say_hello(june)
            await self.sent_away(june, "hello")

    async def test_nor_does_the_token_of_somebody_who_had_gone(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.joined(self.big_room)
            await mira.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            await self.move()
            again = await self.returns(meeting, mira)
            await self.sent_away(again, "hello")
            # Nor when the room is empty, and this process has forgotten it.
            await amara.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            assert hub.get(self.big_room.pk) is None
            again = await self.returns(meeting, mira)
            await self.sent_away(again, "hello")

    async def test_who_gets_up_sits_down_again_by_the_new_link_alone(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            await self.move()
            await self.welcomed_anew(mira)
            await mira.say(type="leave")
            await mira.hears("door")
            await mira.ask()
            await self.sent_away(mira, "join")
            fresh = await meeting.joined(self.big_room)
            assert fresh.welcome["link"] == self.big_room.link

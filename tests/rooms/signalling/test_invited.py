"""A room for invited people: who comes in, who comes back, and who may stay."""

from datetime import timedelta
from typing import Any
from unittest import mock

from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from rooms import belonging
from rooms.models import Acceptance, Invitation, Membership, Role, Room
from rooms.signalling import bus, lookups
from rooms.signalling.lifecycle import hub, presence
from rooms.signalling.protocol import VERSION, Close
from rooms.signalling.seats import GRACE_SECONDS
from rooms.visitors import Visitor
from tests.factories import make_user

from .browsers import committed
from .meeting import Caller, CallTestCase, Meeting, quiet


class InvitedCase(CallTestCase):
    """The big room's owner has invited a guest whom the server knows as "june"."""

    elias: User
    invitation: Invitation

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.elias = make_user("Elias")
        cls.invitation = cls.invite(cls.big_room, Visitor(None, "june"))

    @classmethod
    def invite(cls, room: Room, visitor: Visitor, **fields: Any) -> Invitation:
        invitation, _ = Invitation.objects.issue(
            room=room, made_by=cls.owner, role=Role.MEMBER.value, **fields
        )
        if visitor.user is None:
            invitation.role = Invitation.Role.GUEST
            invitation.save()
        invitation.accept(visitor)
        return invitation

    async def close(self, *, heard: bool = True) -> None:
        """Let in invited people only; `heard`: this process has followed it already."""
        self.big_room.access = Room.Access.INVITED
        await self.big_room.asave()
        if heard:
            hub.hear(bus.changed(self.big_room))

    async def revoke(self) -> None:
        await sync_to_async(self.invitation.revoke)()

    async def say_hello(self, caller: Caller) -> None:
        await caller.say(
            type="hello", protocol=VERSION, instance=caller.instance, **caller.token
        )

    async def returns(self, meeting: Meeting, caller: Caller) -> Caller:
        again = await meeting.opened(caller.again(same_page=True))
        await self.say_hello(again)
        return again

    async def gone_for_good(self, meeting: Meeting, caller: Caller) -> None:
        await caller.go()
        await meeting.some_time(GRACE_SECONDS + 1)

    async def sent_away(
        self, caller: Caller, about: str = "", code: Close = Close.TICKET_REFUSED
    ) -> None:
        assert (await caller.refused("ticket-refused"))["about"] == about
        assert await caller.closed() == code


class Closing(InvitedCase):
    """The room was open to anyone, and is for invited people now."""

    async def test_only_the_invited_stay_at_the_door(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.at_door(self.big_room, "June", guest="june")
            mira = await meeting.at_door(self.big_room)
            elias = await meeting.at_door(self.big_room, "Elias", self.elias)
            await quiet(amara, june, mira, elias)
            await self.close()
            await self.sent_away(mira)
            await self.sent_away(elias)
            heard = await amara.hears("room-changed")
            assert heard["room"]["access"] == "invited"
            assert (await june.hears("door"))["room"]["access"] == "invited"
            await june.join()

    async def test_a_ticket_from_before_lets_in_the_invited_alone(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.caller(self.big_room)
            elias = await meeting.caller(self.big_room, "Elias", self.elias)
            june = await meeting.caller(self.big_room, "June", guest="june")
            await self.close()
            for uninvited in (mira, elias):
                await self.say_hello(uninvited)
                await self.sent_away(uninvited, "hello")
            await june.hello()
            await june.join()

    async def test_who_sits_may_stay_and_return_to_the_seat(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.joined(self.big_room)
            await self.close()
            await presence.copy()
            await quiet(amara, mira)
            await mira.go(1006)
            again = await self.returns(meeting, mira)
            await again.hears("door")
            await again.join()
            await amara.hears_only("peer-away", "peer-away")

    async def test_who_gets_up_does_not_sit_down_again(self) -> None:
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            await self.close()
            await mira.rest()
            await mira.say(type="leave")
            await mira.hears("door")
            await mira.ask()
            await self.sent_away(mira, "join")

    async def test_roles_and_invitations_count_where_nobody_heard_of_it(self) -> None:
        co_host = await sync_to_async(make_user)("Noor")
        await sync_to_async(Membership.objects.grant)(
            self.big_room, co_host, Role.CO_HOST
        )
        async with Meeting() as meeting:
            mira = await meeting.joined(self.big_room)
            june = await meeting.joined(self.big_room, "June", guest="june")
            noor = await meeting.joined(self.big_room, "Noor", co_host)
            assert noor.welcome["role"] == "co-host"
            await quiet(mira, june)
            for person in (mira, june, noor):
                await self.gone_for_good(meeting, person)
            assert list(hub) == []
            await self.close(heard=False)
            await self.sent_away(await self.returns(meeting, mira), "hello")
            for person in (june, noor):
                again = await self.returns(meeting, person)
                await again.hears("door")
                await again.join()


class Ending(InvitedCase):
    """The room is for invited people, and somebody's invitation ends."""

    def setUp(self) -> None:
        self.big_room.change(access=Room.Access.INVITED)

    async def test_who_was_in_does_not_come_back(self) -> None:
        async with Meeting() as meeting:
            june = await meeting.joined(self.big_room, "June", guest="june")
            await self.gone_for_good(meeting, june)
            await self.revoke()
            await self.sent_away(await self.returns(meeting, june), "hello")
            assert list(hub) == []

    async def test_nor_into_a_running_call(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June", guest="june")
            await self.gone_for_good(meeting, june)
            await quiet(amara)
            await self.revoke()
            await self.sent_away(await self.returns(meeting, june), "hello")
            await amara.silent()

    async def test_who_sits_is_sent_away_soon_and_the_others_are_told(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June", guest="june")
            away = await meeting.joined(self.big_room, "June too", guest="june")
            await presence.copy()
            await away.go(1006)
            await quiet(amara, june)
            await self.revoke()
            await presence.copy()
            await self.sent_away(june, code=Close.REVOKED)
            told = {(each["type"], each["seat"]) for each in await amara.rest()}
            assert told == {("peer-revoked", each.seat) for each in (june, away)}
            again = await self.returns(meeting, away)
            await self.sent_away(again, "hello", Close.REVOKED)

    async def test_at_once_where_it_is_told(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June", guest="june")
            await quiet(amara, june)
            await committed(self.invitation.revoke)
            await self.sent_away(june, code=Close.REVOKED)
            await amara.hears_only("peer-revoked")

    async def test_a_role_that_is_taken_away_ends_a_seat_as_well(self) -> None:
        grant = sync_to_async(Membership.objects.grant)
        member = await grant(self.big_room, self.elias, Role.MEMBER)
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            elias = await meeting.joined(self.big_room, "Elias", self.elias)
            await quiet(amara, elias)
            await committed(member.revoke)
            assert (await elias.hears("peer-standing"))["role"] == "guest"
            await self.sent_away(elias, code=Close.REVOKED)
            await amara.hears_only("peer-standing", "peer-revoked")

    async def test_whoever_has_another_place_stays(self) -> None:
        await sync_to_async(self.invite)(self.big_room, Visitor(None, "june"))
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June", guest="june")
            await quiet(amara, june)
            await committed(self.invitation.revoke)
            await presence.copy()
            await june.silent()
            await amara.silent()

    async def test_in_a_room_for_anyone_nobody_goes(self) -> None:
        await sync_to_async(self.big_room.change)(access=Room.Access.ANYONE)
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June", guest="june")
            await quiet(amara, june)
            await committed(self.invitation.revoke)
            await presence.copy()
            await june.silent()
            await amara.silent()

    async def test_an_invitation_that_is_over_lets_who_sits_stay(self) -> None:
        self.invitation.expires_at = timezone.now()
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June", guest="june")
            await self.invitation.asave()
            await presence.copy()
            await quiet(amara, june)
            await june.go(1006)
            with mock.patch.object(lookups, "_read") as asked:
                again = await self.returns(meeting, june)
                await again.hears("door")
                await again.join()
                asked.assert_not_called()
            await amara.hears_only("peer-away", "peer-away")

    async def test_who_stands_at_the_door_is_sent_away_soon(self) -> None:
        elias = await sync_to_async(self.invite)(self.big_room, Visitor(self.elias, ""))
        assert elias.role == "member"
        soon = timezone.now() + timedelta(hours=1)
        tomas = await sync_to_async(self.invite)(
            self.big_room, Visitor(None, "tomas"), expires_at=soon
        )
        async with Meeting() as meeting:
            amara = await meeting.at_door(self.big_room, "Amara", self.owner)
            people = [
                await meeting.at_door(self.big_room, "June", guest="june"),
                await meeting.at_door(self.big_room, "Elias", self.elias),
                await meeting.at_door(self.big_room, "Tomas", guest="tomas"),
            ]
            await presence.copy()
            await quiet(amara, *people)
            await self.revoke()
            await Membership.objects.filter(user=self.elias).adelete()
            # The account's own acceptance would let it in again.
            await sync_to_async(elias.revoke)()
            tomas.expires_at = timezone.now()
            await tomas.asave()
            await presence.copy()
            for person in people:
                await self.sent_away(person)
            await amara.silent()
            await amara.join()

    async def test_nor_does_who_waits_come_in(self) -> None:
        await sync_to_async(self.big_room.change)(people_limit=2)
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            again = await meeting.joined(self.big_room, "Amara too", self.owner)
            june = await meeting.at_door(self.big_room, "June", guest="june")
            await june.ask()
            await june.hears("waiting")
            await self.revoke()
            await presence.copy()
            await self.sent_away(june)
            await again.say(type="leave")
            await quiet(amara, again)
            assert await self.seated() == 1

    async def seated(self) -> int:
        call = hub.get(self.big_room.pk)
        assert call is not None
        return len(call.seats)

    async def test_what_a_guest_accepted_counts_for_their_account_too(self) -> None:
        await Acceptance.objects.filter(person="g:june").aupdate(user=self.elias)
        async with Meeting() as meeting:
            account = await meeting.at_door(self.big_room, "Elias", self.elias)
            browser = await meeting.at_door(self.big_room, "June", guest="june")
            await presence.copy()
            for person in (account, browser):
                await quiet(person)
                await person.join()
            for person in (account, browser):
                await self.gone_for_good(meeting, person)
            assert list(hub) == []
            for person in (account, browser):
                again = await self.returns(meeting, person)
                await again.hears("door")
                await again.join()

    async def test_who_gave_their_place_up_or_was_removed_is_sent_away(self) -> None:
        for by_owner in (True, False):
            await sync_to_async(self.invite)(self.big_room, Visitor(self.elias, ""))
            async with Meeting() as meeting:
                elias = await meeting.at_door(self.big_room, "Elias", self.elias)
                end = self.remove if by_owner else belonging.give_up
                await sync_to_async(end)(self.big_room, self.elias)
                await presence.copy()
                await self.sent_away(elias)

    def remove(self, room: Room, user: User) -> None:
        belonging.remove(Membership.objects.get(room=room, user=user))

    async def test_and_ends_for_both(self) -> None:
        await Acceptance.objects.filter(person="g:june").aupdate(user=self.elias)
        async with Meeting() as meeting:
            account = await meeting.at_door(self.big_room, "Elias", self.elias)
            browser = await meeting.at_door(self.big_room, "June", guest="june")
            await self.revoke()
            await presence.copy()
            await self.sent_away(account)
            await self.sent_away(browser)

    async def test_an_account_that_is_closed_waits_at_no_door(self) -> None:
        await sync_to_async(self.invite)(self.big_room, Visitor(self.elias, ""))
        async with Meeting() as meeting:
            elias = await meeting.at_door(self.big_room, "Elias", self.elias)
            browser = await meeting.at_door(self.big_room, "June", guest="june")
            # A guest's row of theirs opens the door for that browser alone.
            await Acceptance.objects.filter(person="g:june").aupdate(user=self.elias)
            await User.objects.filter(pk=self.elias.pk).aupdate(is_active=False)
            await quiet(browser)
            await presence.copy()
            await self.sent_away(elias, code=Close.REVOKED)
            await browser.join()

    async def test_an_account_that_is_gone_is_invited_no_more(self) -> None:
        await sync_to_async(self.invite)(self.big_room, Visitor(self.elias, ""))
        async with Meeting() as meeting:
            elias = await meeting.joined(self.big_room, "Elias", self.elias)
            await self.gone_for_good(meeting, elias)
            await User.objects.filter(pk=self.elias.pk).adelete()
            again = await self.returns(meeting, elias)
            await self.sent_away(again, "hello", Close.REVOKED)

    async def test_without_a_database_what_was_signed_counts(self) -> None:
        async with Meeting() as meeting:
            june = await meeting.joined(self.big_room, "June", guest="june")
            await self.gone_for_good(meeting, june)
            broken = mock.patch.object(
                lookups, "_read", side_effect=OperationalError("away")
            )
            with broken, self.assertLogs("rooms.signalling.lookups", "WARNING"):
                again = await self.returns(meeting, june)
                await again.hears("door")
            await again.join()

    async def test_rooms_for_others_are_not_asked_about(self) -> None:
        await sync_to_async(self.big_room.change)(access=Room.Access.ANYONE)
        async with Meeting() as meeting:
            mira = await meeting.at_door(self.big_room)
            await meeting.at_door(self.other_room, "June")
            with mock.patch("rooms.signalling.presence.uninvited") as asked:
                await presence.copy()
            asked.assert_not_called()
            await mira.join()

"""Somebody was sent away: no door of the call lets them in again, until a host does."""

from datetime import timedelta
from typing import Any
from unittest import mock

from asgiref.sync import sync_to_async
from django.db import OperationalError
from django.utils import timezone

from accounts.models import User
from rooms.models import Ban, Membership, Role
from rooms.order import people
from rooms.order.actor import Actor
from rooms.signalling import bus, lookups, tickets
from rooms.signalling.lifecycle import hub, presence
from rooms.signalling.protocol import VERSION, Close
from rooms.signalling.seats import GRACE_SECONDS
from tests.factories import make_user

from .meeting import Caller, CallTestCase, Meeting, quiet
from .test_lives import process_is_killed

GUEST = "june"


class KeptOutTestCase(CallTestCase):
    elias: User

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.elias = make_user("Elias Berg")

    async def keep_out(self, person: str, *, heard: bool = True, **how: Any) -> Ban:
        """A host's act; `heard`: this process is told at once."""

        def act() -> Ban:
            actor = Actor.in_room(self.big_room, self.owner)
            return people.remove(
                self.big_room, person=person, name="Somebody", actor=actor, **how
            )

        ban = await sync_to_async(act)()
        if heard:
            news = bus.KeptOut(ban.room_id, person, ban.reason, ban.browser)
            hub.hear(news)
        return ban

    async def refused(
        self, caller: Caller, code: str = "kept-out", close: int = Close.REMOVED
    ) -> None:
        """The caller's hello is not taken."""
        await caller.say(
            type="hello", protocol=VERSION, instance=caller.instance, **caller.token
        )
        assert (await caller.refused(code))["about"] == "hello"
        assert await caller.closed() == close

    async def sent_away(self, caller: Caller) -> str:
        """What the caller is told, after whatever was said to everybody before."""
        while (frame := await caller.next())["type"] != "error":
            assert frame["type"] in ("peer-joined", "peer-revoked", "peer-away")
        assert frame["code"] == "kept-out"
        assert await caller.closed() == Close.REMOVED
        return str(frame["message"])

    def account(self) -> str:
        return f"u:{self.elias.pk}"


class SentAway(KeptOutTestCase):
    async def test_every_page_of_theirs_and_nobody_else(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            sits = await meeting.joined(self.big_room, "June", guest=GUEST)
            tab = await meeting.joined(self.big_room, "June", guest=GUEST)
            lost = await meeting.joined(self.big_room, "June", guest=GUEST)
            door = await meeting.at_door(self.big_room, "June", guest=GUEST)
            other = await meeting.at_door(self.big_room, "Mira")
            await lost.go(1006)
            await quiet(amara, sits, tab, door, other)
            await self.keep_out(f"g:{GUEST}", reason="Shouting")
            for caller in (sits, tab, door):
                assert await self.sent_away(caller) == "Shouting"
            gone = {"type": "peer-revoked", "reason": "removed"}
            heard = await amara.rest()
            assert heard == [gone | {"seat": each.seat} for each in (sits, tab, lost)]
            assert {frame["type"] for frame in await other.rest()} == {"door"}

    async def test_those_in_the_queue(self) -> None:
        await sync_to_async(self.big_room.change)(people_limit=2)
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara", self.owner)
            mira = await meeting.joined(self.big_room)
            june = await meeting.at_door(self.big_room, "June", guest=GUEST)
            await june.ask()
            await june.hears("waiting")
            await self.keep_out(f"g:{GUEST}")
            await self.sent_away(june)
            await mira.go()
            await meeting.some_time(5)
            call = hub.get(self.big_room.pk)
            assert call is not None
            assert len(call.seats) == 1

    async def test_an_account_with_its_role(self) -> None:
        await sync_to_async(Membership.objects.grant)(
            self.big_room, self.elias, Role.CO_HOST
        )
        async with Meeting() as meeting:
            elias = await meeting.joined(self.big_room, "Elias", self.elias)
            await self.keep_out(self.account())
            await self.sent_away(elias)
            again = await meeting.opened(elias.again(same_page=True))
            await self.refused(again)

    async def test_also_where_nobody_has_told_this_process(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June", guest=GUEST)
            await quiet(amara, june)
            await self.keep_out(f"g:{GUEST}", heard=False)
            await presence.copy()
            await self.sent_away(june)
            await amara.hears_only("peer-revoked")

    async def test_what_is_just_read_does_not_undo_what_was_just_heard(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.caller(self.big_room, "June", guest=GUEST)
            exchange = presence._exchange

            def slowly(*asked: Any) -> Any:
                answer = exchange(*asked)
                # Committed and told of after the rows were read.
                hub.hear(bus.KeptOut(self.big_room.pk, f"g:{GUEST}"))
                return answer

            with mock.patch.object(presence, "_exchange", slowly):
                await presence.copy()
            await self.refused(june)


class ComingBack(KeptOutTestCase):
    async def test_not_with_a_ticket_of_before(self) -> None:
        async with Meeting() as meeting:
            june = await meeting.caller(self.big_room, "June", guest=GUEST)
            await self.keep_out(f"g:{GUEST}")
            await self.refused(june)
            # Nor where the room is empty.
            assert hub.get(self.big_room.pk) is None

    async def test_not_with_the_token_of_a_seat(self) -> None:
        for stays in (True, False):
            async with Meeting() as meeting:
                if stays:
                    await meeting.joined(self.big_room, "Amara", self.owner)
                june = await meeting.joined(self.big_room, "June", guest=GUEST)
                await self.keep_out(f"g:{GUEST}", heard=stays)
                if stays:
                    await self.sent_away(june)
                else:
                    await process_is_killed(june)
                for same_page in (True, False):
                    again = await meeting.opened(june.again(same_page=same_page))
                    await self.refused(again)

    async def test_not_to_a_room_that_nobody_is_in(self) -> None:
        async with Meeting() as meeting:
            june = await meeting.joined(self.big_room, "June", guest=GUEST)
            await june.go()
            await meeting.some_time(GRACE_SECONDS + 1)
            await self.keep_out(f"g:{GUEST}", heard=False)
            assert hub.get(self.big_room.pk) is None
            again = await meeting.opened(june.again(same_page=False))
            await self.refused(again)

    async def test_not_by_logging_in_or_out_in_the_same_browser(self) -> None:
        async with Meeting() as meeting:
            elias = await meeting.joined(
                self.big_room, "Elias", self.elias, guest=GUEST
            )
            logged_out = await meeting.caller(self.big_room, "Eli", guest=GUEST)
            await self.keep_out(self.account(), browser=elias.entry.browser)
            await self.sent_away(elias)
            await self.refused(logged_out)

            mira = await meeting.joined(self.big_room, "Mira", guest="mira")
            logged_in = await meeting.caller(
                self.big_room, "Noor", await sync_to_async(make_user)("Noor"), "mira"
            )
            await self.keep_out("g:mira")
            await self.sent_away(mira)
            await self.refused(logged_in)

    async def test_but_the_owner_who_tried_it_out_in_their_own_browser(self) -> None:
        async with Meeting() as meeting:
            june = await meeting.joined(self.big_room, "June", guest=GUEST)
            owner = await meeting.joined(
                self.big_room, "Amara", self.owner, guest=GUEST
            )
            await self.keep_out(f"g:{GUEST}")
            await self.sent_away(june)
            await owner.hears_only("peer-revoked")
            await presence.copy()
            await owner.silent()
            await meeting.joined(self.big_room, "Amara", self.owner, guest=GUEST)

    async def test_who_came_in_without_rows_goes_once_they_are_read(self) -> None:
        async with Meeting() as meeting:
            june = await meeting.joined(self.big_room, "June", guest=GUEST)
            await process_is_killed(june)
            await self.keep_out(f"g:{GUEST}", heard=False)
            broken = mock.patch.object(
                lookups, "_read", side_effect=OperationalError("away")
            )
            with broken, self.assertLogs("rooms.signalling.lookups", "WARNING"):
                again = await meeting.back(june, same_page=True)
            await again.join()
            await quiet(again)
            await presence.copy()
            await self.sent_away(again)


class LetBack(KeptOutTestCase):
    async def let_back(self, ban: Ban) -> None:
        def act() -> None:
            people.let_back(ban, Actor.in_room(self.big_room, self.owner))

        await sync_to_async(act)()
        hub.hear(bus.LetBack(ban.room_id, ban.person, ban.browser))

    async def test_a_new_page_opens_and_the_old_seat_does_not(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June", guest=GUEST)
            ban = await self.keep_out(f"g:{GUEST}")
            await self.sent_away(june)
            await self.let_back(ban)
            old = await meeting.opened(june.again(same_page=True))
            await self.refused(old, "ticket-refused", Close.REVOKED)
            new = await meeting.joined(self.big_room, "June", guest=GUEST)
            assert new.seat != june.seat
            await amara.hears_only("peer-joined", "peer-revoked", "peer-joined")

    async def test_a_removal_ends_by_itself(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June", guest=GUEST)
            ban = await self.keep_out(f"g:{GUEST}")
            await self.sent_away(june)
            await Ban.objects.filter(pk=ban.pk).aupdate(
                until=timezone.now() - timedelta(seconds=1)
            )
            await presence.copy()
            await meeting.joined(self.big_room, "June", guest=GUEST)

    async def test_also_where_nobody_has_been_in_the_room_since(self) -> None:
        async with Meeting() as meeting:
            ban = await self.keep_out(f"g:{GUEST}")
            june = await meeting.caller(self.big_room, "June", guest=GUEST)
            await self.refused(june)
            await Ban.objects.filter(pk=ban.pk).aupdate(until=timezone.now())
            # Nobody tells of it, and nobody has to: her page was asked anew.
            await meeting.some_time(tickets.TICKET_SECONDS + 1)
            await meeting.joined(self.big_room, "June", guest=GUEST)

    async def test_of_two_bans_of_a_browser_both_have_to_be_lifted(self) -> None:
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara", self.owner)
            first = await self.keep_out(self.account(), browser=GUEST)
            second = await self.keep_out(f"g:{GUEST}")
            await self.let_back(second)
            await presence.copy()
            june = await meeting.caller(self.big_room, "June", guest=GUEST)
            await self.refused(june)
            await self.let_back(first)
            await presence.copy()
            await meeting.joined(self.big_room, "June", guest=GUEST)

    async def test_rows_are_read_in_the_same_few_queries_however_many(self) -> None:
        for number in range(20):
            await self.keep_out(f"g:{number:032x}", heard=False)
        async with Meeting() as meeting:
            await meeting.joined(self.big_room, "Amara", self.owner)
            with mock.patch.object(
                Ban.objects, "in_force", wraps=Ban.objects.in_force
            ) as asked:
                await presence.copy()
            asked.assert_called_once()

"""The whole way from a button in the administration to the people in the call."""

from __future__ import annotations

import time
from typing import Any

from asgiref.sync import sync_to_async
from django.test import TestCase, override_settings

from conference.audit import Action
from conference.audit.models import AuditEntry
from rooms.models import Ban, Seat
from rooms.signalling.lifecycle import presence
from rooms.signalling.protocol import Close
from tests.factories import make_user
from tests.people import Person

from .meeting import Caller, CallTestCase, Meeting

MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@override_settings(CHANNEL_LAYERS=MEMORY)
class InTheCall(CallTestCase):
    admin: Person

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        chief = make_user("Paul Brandt", is_staff=True, is_superuser=True)
        cls.admin = Person(chief)

    async def press(self, **sent: str) -> Any:
        def post() -> Any:
            with TestCase.captureOnCommitCallbacks(execute=True):
                url = f"/admin/rooms/livecall/{self.big_room.pk}/act/"
                return self.admin.post(url, sent)

        return await sync_to_async(post)()

    async def copied(self, caller: Caller) -> Seat:
        await presence.copy()
        return await Seat.objects.aget(seat=caller.seat)

    async def test_a_message_is_read_by_everybody(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June")
            await quiet_all(amara, june)
            await self.press(act="notice", text="We restart at noon.")
            for each in (amara, june):
                heard = await each.hears("announcement")
                assert heard["text"] == "We restart at noon."

    async def test_lock_is_told(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            await self.press(act="lock")
            heard = await amara.hears("room-changed")
            assert heard["room"]["locked"] is True

    async def test_the_end_is_the_end_for_everybody(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June")
            await quiet_all(amara, june)
            # Whoever answers the page reckons by a clock that no test stops.
            meeting.time.since_1970 = time.time()
            await self.press(act="end", seconds="0")
            await meeting.some_time(1)
            for each in (amara, june):
                assert (await each.hears("ending"))["name"] == "Paul Brandt"
                assert await each.closed() == Close.ENDED

    async def test_a_countdown_is_told_first(self) -> None:
        async with Meeting() as meeting:
            june = await meeting.joined(self.big_room, "June")
            await self.press(act="end", seconds="10")
            assert (await june.hears("ending"))["name"] == "Paul Brandt"

    async def test_who_is_removed_or_banned_goes_and_stays_out(self) -> None:
        for act in ("remove", "ban"):
            async with Meeting() as meeting:
                amara = await meeting.joined(self.big_room, "Amara", self.owner)
                june = await meeting.joined(self.big_room, "June")
                seat = await self.copied(june)
                assert seat.person.startswith("g:")
                await quiet_all(amara)
                await self.press(
                    act=act, person=seat.person, name="June", reason="Shouted"
                )
                assert (await june.refused("kept-out"))["message"] == "Shouted"
                assert await june.closed() == Close.REMOVED
                heard = await amara.hears("peer-revoked")
                assert heard["seat"] == seat.seat
            ban = await Ban.objects.alatest("pk")
            assert (ban.room_id, ban.person) == (self.big_room.pk, seat.person)
            assert (ban.until is None) == (act == "ban")
            assert await sync_to_async(lambda made: made.holds)(ban)

    async def test_an_owner_stays_in_their_own_room(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            await quiet_all(amara)
            await self.press(act="ban", person=f"u:{self.owner.pk}", name="Amara")
            await amara.silent()
        assert not await Ban.objects.aexists()

    async def test_every_connection_of_an_account_is_closed(self) -> None:
        async with Meeting() as meeting:
            here = await meeting.joined(self.big_room, "Amara", self.owner)
            next_door = await meeting.joined(self.other_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June")
            await quiet_all(here, next_door, june)
            await self.press(act="close", person=f"u:{self.owner.pk}", name="Amara")
            for each in (here, next_door):
                await each.refused("ticket-refused")
                assert await each.closed() == Close.REVOKED
            assert (await june.hears("peer-revoked"))["seat"] == here.seat
            # They may come back, with a fresh page.
            await self.owner.arefresh_from_db()
            await meeting.joined(self.big_room, "Amara", self.owner)
        entry = await AuditEntry.objects.aget(action=Action.CLOSE_SOCKETS)
        assert entry.target == f"u:{self.owner.pk}"

    async def test_every_connection_of_a_guest_is_closed(self) -> None:
        guest = "5e" * 8
        async with Meeting() as meeting:
            here = await meeting.joined(self.big_room, "June", guest=guest)
            next_door = await meeting.joined(self.other_room, "June", guest=guest)
            other = await meeting.joined(self.big_room, "Noor")
            seat = await self.copied(here)
            await quiet_all(here, next_door, other)
            await self.press(act="close", person=seat.person, name="June")
            for each in (here, next_door):
                await each.refused("kept-out")
                assert await each.closed() == Close.REMOVED
            assert (await other.hears("peer-revoked"))["seat"] == here.seat
            await meeting.joined(self.big_room, "June", guest=guest)
        assert not await Ban.objects.aexists()


async def quiet_all(*callers: Caller) -> None:
    for caller in callers:
        await caller.rest()

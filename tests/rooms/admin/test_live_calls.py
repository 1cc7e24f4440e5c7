"""Calls that run, in the administration: looked at, and acted on."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import TestCase, override_settings

from accounts.models import User
from conference.audit import Action
from conference.audit.models import AuditEntry
from rooms.models import Ban, Room, Seat
from rooms.signalling.lifecycle import presence
from rooms.signalling.protocol import Close
from tests.factories import make_room, make_seat, make_user
from tests.people import Person
from tests.rooms.signalling.meeting import Caller, CallTestCase, Meeting

URL = "/admin/rooms/livecall/"
MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


def acts(admin: Person, room: Room, **sent: str) -> Any:
    return admin.post(f"{URL}{room.pk}/act/", sent, follow=True)


def said(answer: Any) -> str:
    return " ".join(str(each) for each in answer.context["messages"])


@pytest.mark.django_db
class TestPages:
    def test_only_rooms_with_people_are_listed(self, admin: Person, room: Room) -> None:
        make_room(room.owner, "Empty")
        stale = make_room(room.owner, "Stale")
        make_seat(stale, seconds_ago=60)
        make_seat(room)
        make_seat(room, "June")

        page = admin.get(URL)

        (call,) = page.context["cl"].result_list
        assert call.pk == room.pk
        assert call.people == 2

    def test_the_page_says_who_sits_there(
        self, admin: Person, room: Room, owner: Person
    ) -> None:
        seat = make_seat(room, "Amara", owner.user)
        Seat.objects.filter(pk=seat.pk).update(role="owner", person="u:1")
        gone = make_seat(room, "<b>June</b>")
        Seat.objects.filter(pk=gone.pk).update(away=True, person="g:abc")

        text = admin.get(f"{URL}{room.pk}/change/").content.decode()

        assert f"/admin/accounts/user/{owner.user.pk}/change/" in text
        for words in ("Owner", "Guest", "Here", "Connection lost, may come back"):
            assert words in text
        assert "<b>June" not in text
        assert "5\u00a0minutes" in text

    def test_a_room_without_people_has_its_page_too(
        self, admin: Person, room: Room
    ) -> None:
        text = admin.get(f"{URL}{room.pk}/change/").content.decode()
        assert "Nobody is here now." in text

    def test_lock_and_unlock(self, admin: Person, room: Room) -> None:
        acts(admin, room, act="lock")
        room.refresh_from_db()
        assert room.locked
        assert 'value="unlock"' in admin.get(f"{URL}{room.pk}/change/").content.decode()
        acts(admin, room, act="unlock")
        room.refresh_from_db()
        assert not room.locked
        told = AuditEntry.objects.filter(room=room.pk).order_by("pk")
        assert [each.action for each in told] == [Action.LOCK, Action.UNLOCK]
        assert {each.actor for each in told} == {f"u:{admin.user.pk}"}
        assert all(each.address for each in told)

    @pytest.mark.parametrize(
        ("act", "done"), [("lock", True), ("unlock", False), ("end", False)]
    )
    def test_several_calls_at_once(
        self, admin: Person, room: Room, act: str, done: bool
    ) -> None:
        other = make_room(room.owner, "Other")
        chosen = [str(room.pk), str(other.pk)]
        admin.post(URL, {"action": act, "_selected_action": chosen})
        assert set(Room.objects.values_list("locked", flat=True)) == {done}
        if act == "end":
            assert AuditEntry.objects.filter(action=Action.END).count() == 2

    @pytest.mark.parametrize(
        ("sent", "words"),
        [
            ({}, "Nothing was chosen."),
            ({"act": "explode"}, "not one of the available choices"),
            ({"act": "notice", "text": " "}, "nothing to say"),
            ({"act": "notice", "text": "x" * 501}, "500 characters"),
            ({"act": "ban"}, "Nobody was chosen."),
            ({"act": "ban", "person": "x:1"}, "valid"),
            ({"act": "ban", "person": "u:1; DROP TABLE"}, "valid"),
            ({"act": "end", "seconds": "9999"}, "60"),
        ],
    )
    def test_what_makes_no_sense_is_told_in_words(
        self, admin: Person, room: Room, sent: dict[str, str], words: str
    ) -> None:
        assert words in said(acts(admin, room, **sent))
        assert not AuditEntry.objects.exists()
        assert not Ban.objects.exists()

    def test_a_room_that_is_gone_is_told_of(self, admin: Person, room: Room) -> None:
        number = room.pk
        room.delete()
        answer = admin.post(f"{URL}{number}/act/", {"act": "lock"}, follow=True)
        assert answer.status_code == 200
        assert "gone" in said(answer)

    def test_looking_does_nothing(self, admin: Person, room: Room) -> None:
        answer = admin.get(f"{URL}{room.pk}/act/?act=lock")
        assert answer.status_code in (302, 404, 405)
        room.refresh_from_db()
        assert not room.locked

    def test_it_is_for_those_with_the_right(
        self, owner: Person, stranger: Person, anonymous: Person, room: Room
    ) -> None:
        User.objects.filter(pk=stranger.user.pk).update(is_staff=True)
        for person in (owner, stranger, anonymous):
            for path in ("", f"{room.pk}/change/"):
                assert person.get(f"{URL}{path}").status_code in (302, 403, 404)
            answer = person.post(f"{URL}{room.pk}/act/", {"act": "lock"})
            assert answer.status_code in (302, 403, 404)
        room.refresh_from_db()
        assert not room.locked

    def test_it_needs_the_token(self, admin: Person, room: Room) -> None:
        person = Person(admin.user, enforce_csrf_checks=True)
        answer = person.post(f"{URL}{room.pk}/act/", {"act": "lock"})
        assert answer.status_code == 403


@override_settings(CHANNEL_LAYERS=MEMORY)
class InTheCall(CallTestCase):
    """The whole way: a button of the page, and what people in the call hear."""

    admin: Person

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        chief = make_user("Paul Brandt", is_staff=True, is_superuser=True)
        cls.admin = Person(chief)

    async def press(self, **sent: str) -> Any:
        def post() -> Any:
            with TestCase.captureOnCommitCallbacks(execute=True):
                return acts(self.admin, self.big_room, **sent)

        return await sync_to_async(post)()

    async def copied(self, caller: Caller) -> Seat:
        await presence.copy()
        return await Seat.objects.aget(seat=caller.seat)

    async def test_a_message_is_read_by_everybody(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June")
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
            await self.press(act="end", seconds="0")
            for each in (amara, june):
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
                assert await june.closed() == Close.REMOVED
                heard = await amara.hears("peer-revoked")
                assert heard["seat"] == seat.seat
            ban = await Ban.objects.alatest("pk")
            assert (ban.room_id, ban.person) == (self.big_room.pk, seat.person)
            assert (ban.until is None) == (act == "ban")
            assert await sync_to_async(lambda made: made.holds)(ban)

    async def test_even_the_owner_can_be_banned_by_the_site(self) -> None:
        async with Meeting() as meeting:
            amara = await meeting.joined(self.big_room, "Amara", self.owner)
            await self.press(act="ban", person=f"u:{self.owner.pk}", name="Amara")
            assert await amara.closed() == Close.REMOVED

    async def test_every_connection_of_an_account_is_closed(self) -> None:
        async with Meeting() as meeting:
            here = await meeting.joined(self.big_room, "Amara", self.owner)
            next_door = await meeting.joined(self.other_room, "Amara", self.owner)
            june = await meeting.joined(self.big_room, "June")
            await quiet_all(june)
            await self.press(act="close", person=f"u:{self.owner.pk}", name="Amara")
            for each in (here, next_door):
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
            await self.press(act="close", person=seat.person, name="June")
            for each in (here, next_door):
                assert await each.closed() == Close.REMOVED
            assert (await other.hears("peer-revoked"))["seat"] == here.seat
            await meeting.joined(self.big_room, "June", guest=guest)
        assert not await Ban.objects.aexists()


async def quiet_all(*callers: Caller) -> None:
    for caller in callers:
        await caller.rest()

"""Calls that run, in the administration.

What people in them hear of it is in tests/rooms/signalling/test_administration.py.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

from accounts.models import User
from conference.audit import Action
from conference.audit.models import AuditEntry
from rooms.models import Ban, Room, Seat
from tests.factories import make_room, make_seat
from tests.people import Person

URL = "/admin/rooms/livecall/"


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
        assert re.search(r"\d\d:\d\d \(\d\xa0minutes\)", text)

    def test_a_room_without_people_has_its_page_too(
        self, admin: Person, room: Room
    ) -> None:
        text = admin.get(f"{URL}{room.pk}/change/").content.decode()
        assert "Nobody is here now." in text

    def test_lock_and_unlock(self, admin: Person, room: Room) -> None:
        acts(admin, room, act="lock")
        assert Room.objects.get(locked=True) == room
        assert 'value="unlock"' in admin.get(f"{URL}{room.pk}/change/").content.decode()
        acts(admin, room, act="unlock")
        assert Room.objects.get(locked=False) == room
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
            ({"act": "ban", "person": "u:1", "browser": "<b>"}, "valid"),
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

    @pytest.mark.parametrize("act", ["remove", "ban"])
    def test_nobody_keeps_an_owner_out_of_their_own_room(
        self, admin: Person, room: Room, act: str
    ) -> None:
        for name, user in (("Amara", room.owner), ("June", None)):
            seat = make_seat(room, name, user)
            whose = "g:june" if user is None else f"u:{user.pk}"
            Seat.objects.filter(pk=seat.pk).update(person=whose)
        page = admin.get(f"{URL}{room.pk}/change/").content.decode()
        assert page.count(f'value="{act}"') == 1
        assert page.count('value="close"') == 2

        answer = acts(admin, room, act=act, person=f"u:{room.owner.pk}", name="Amara")

        assert "give the room to somebody else first" in said(answer)
        assert not Ban.objects.exists()
        assert not AuditEntry.objects.exists()

"""Making a room."""

import pytest
from pytest_django import Settings

from accounts.models import User
from rooms.forms import SETTINGS
from rooms.models import Room
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db

URL = "/rooms/new/"
TABLE = {"name": "Friday table", "access": "anyone", "people_limit": "8"}


def test_the_form_starts_with_what_most_want(owner: Person) -> None:
    page = owner.get(URL)

    form = page.context["form"]
    assert tuple(form.fields) == SETTINGS
    assert form["access"].value() == "anyone"
    assert form["people_limit"].value() == 16
    assert not form["keeps_chat"].value()
    assert not form["relay_only"].value()
    is_private(page)
    changes_nothing(owner, URL)


def test_anybody_with_an_account_makes_rooms_of_their_own(
    owner: Person, stranger: Person
) -> None:
    for person in (owner, stranger):
        answer = person.post(URL, TABLE)

        room = Room.objects.get(owner=person.user)
        assert (answer.status_code, answer["Location"]) == (
            302,
            f"/r/{room.link}/room/",
        )
        assert room.name == "Friday table"
        assert person.get(answer["Location"]).status_code == 200


def test_every_setting_is_taken(owner: Person, settings: Settings) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.org"], "north"
    owner.post(
        URL,
        {
            "name": " Choir\u202e  practice",
            "access": "signed-in",
            "people_limit": "16",
            "keeps_chat": "on",
            "relay_only": "on",
        },
    )

    room = Room.objects.get()
    assert room.name == "Choir practice"
    assert room.access == Room.Access.SIGNED_IN
    assert room.people_limit == 16
    assert room.keeps_chat
    assert room.relay_only


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Give the room a name."),
        ("name", "\u200b", "can be seen"),
        ("name", "x" * 61, "at most 60"),
        ("access", "everybody", "valid choice"),
        ("access", "", "required"),
        ("people_limit", "1", "from 2 to 16"),
        ("people_limit", "17", "from 2 to 16"),
        ("people_limit", "many", "from 2 to 16"),
    ],
)
def test_an_error_stands_beside_its_field(
    owner: Person, field: str, value: str, words: str
) -> None:
    page = owner.post(URL, {**TABLE, field: value})

    assert page.status_code == 200
    assert words in page.context["form"].errors[field][0]
    assert page.context["form"][field].value() == value
    assert not Room.objects.exists()


def test_a_refused_room_says_why_and_keeps_what_was_typed(owner: Person) -> None:
    owner.post(URL, TABLE)
    User.objects.filter(pk=owner.user.pk).update(room_quota=1)

    page = owner.post(URL, {**TABLE, "name": "Second table"})

    assert page.status_code == 200
    assert page.context["form"]["name"].value() == "Second table"
    assert "You own 1 room, and no more are allowed here." in page.content.decode()
    assert Room.objects.count() == 1


def test_who_may_make_none_is_told_before_typing(owner: Person) -> None:
    User.objects.filter(pk=owner.user.pk).update(may_create_rooms=False)

    page = owner.get(URL).content.decode()

    assert "Ask the people who run this site" in page
    assert 'name="name"' not in page
    assert "Make the room" not in page


def test_what_one_may_not_say_has_no_effect(owner: Person, stranger: Person) -> None:
    forged = {"owner": str(stranger.user.pk), "link": "aaaa-aaaa-aaaa-aaaa"}
    owner.post(URL, {**TABLE, **forged, "version": "9"})

    room = Room.objects.get()
    assert (room.owner, room.version) == (owner.user, 1)
    assert room.link != forged["link"]


def test_people_without_account_log_in_first(anonymous: Person) -> None:
    for answer in (anonymous.get(URL), anonymous.post(URL, TABLE)):
        assert leads_to_log_in(answer, URL)
    assert not Room.objects.exists()


def test_it_takes_no_other_method(owner: Person) -> None:
    refuses_methods(owner, URL, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(owner: Person) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(URL, TABLE).status_code == 403


def test_no_room_hides_addresses_without_a_relay(owner: Person) -> None:
    page = owner.post(URL, {**TABLE, "relay_only": "on"})

    (words,) = page.context["form"].errors["relay_only"]
    assert "needs a TURN server" in words
    assert words in page.content.decode()
    assert not Room.objects.exists()

"""Deleting a room."""

import pytest

from rooms.links import new_link
from rooms.models import Room
from tests.people import Person
from tests.rooms.views.asked import leads_to_log_in, refuses_methods

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/delete/"


def test_the_owner_deletes_and_sees_it(owner: Person, room: Room, url: str) -> None:
    answer = owner.post(url)

    assert (answer.status_code, answer["Location"]) == (302, "/rooms/")
    assert not Room.objects.exists()
    assert f"{room.name} is deleted." in owner.get("/rooms/").content.decode()
    assert owner.get(room.get_absolute_url()).status_code == 404
    assert owner.post(url).status_code == 404


def test_a_member_may_not(member: Person, url: str) -> None:
    assert member.post(url).status_code == 403
    assert Room.objects.exists()


def test_for_a_stranger_it_is_as_if_there_were_no_room(
    stranger: Person, admin: Person, url: str
) -> None:
    for person in (stranger, admin):
        assert person.post(url).status_code == 404
    assert Room.objects.exists()


def test_people_without_account_are_led_by_log_in_to_the_room_page(
    guest: Person, anonymous: Person, room: Room, url: str
) -> None:
    for person in (guest, anonymous):
        assert leads_to_log_in(person.post(url), f"/r/{room.link}/room/")
    assert Room.objects.exists()


def test_an_unknown_link_opens_nothing(owner: Person, room: Room) -> None:
    assert owner.post(f"/r/{new_link()}/delete/").status_code == 404
    assert owner.post("/r/nothing/delete/").status_code == 404
    assert Room.objects.exists()


def test_looking_at_it_deletes_nothing(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("GET", "HEAD", "PUT", "PATCH", "DELETE"))
    assert Room.objects.exists()


def test_it_needs_the_token(owner: Person, url: str) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url).status_code == 403
    assert Room.objects.exists()

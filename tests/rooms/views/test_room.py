"""The page on which an owner shares, sees and changes a room."""

import pytest

from rooms.links import new_link
from rooms.models import Room
from tests.factories import make_seat
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db

CHANGED = {
    "name": "Saturday table",
    "access": "signed-in",
    "people_limit": "4",
    "keeps_chat": "on",
}


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/room/"


def test_the_owner_sees_link_people_and_settings(
    owner: Person, room: Room, url: str
) -> None:
    make_seat(room, "June Park")

    page = owner.get(url)

    assert page.status_code == 200
    assert page.context["room"] == room
    assert page.context["link_url"] == f"http://localhost:8000/r/{room.link}/"
    assert page.context["people_now"] == ["June Park"]
    assert page.context["form"].initial == {
        "name": room.name,
        "access": "anyone",
        "people_limit": 8,
        "keeps_chat": False,
    }
    assert page.context["link_url"] in page.content.decode()
    is_private(page)
    changes_nothing(owner, url)


def test_the_owner_changes_settings(owner: Person, room: Room, url: str) -> None:
    answer = owner.post(url, CHANGED)

    assert (answer.status_code, answer["Location"]) == (302, url)
    room.refresh_from_db()
    assert room.name == "Saturday table"
    assert room.access == Room.Access.SIGNED_IN
    assert (room.people_limit, room.keeps_chat, room.version) == (4, True, 2)
    assert "Settings saved." in owner.get(url).content.decode()


def test_the_link_stays_when_the_name_changes(
    owner: Person, room: Room, url: str
) -> None:
    owner.post(url, {**CHANGED, "link": new_link()})

    assert Room.objects.get().link == room.link


def test_a_bad_setting_changes_nothing_and_stays_typed(
    owner: Person, room: Room, url: str
) -> None:
    page = owner.post(url, {**CHANGED, "name": "\u200b"})

    assert page.status_code == 200
    assert page.context["form"].errors["name"]
    assert page.context["form"]["people_limit"].value() == "4"
    assert f"<h1>{room.name}</h1>" in page.content.decode()
    room.refresh_from_db()
    assert room.version == 1


def test_a_member_may_know_of_it_but_not_change_it(
    member: Person, room: Room, url: str
) -> None:
    assert member.get(url).status_code == 403
    assert member.post(url, CHANGED).status_code == 403
    assert Room.objects.get().version == 1


def test_for_a_stranger_it_is_as_if_there_were_no_room(
    stranger: Person, admin: Person, url: str
) -> None:
    missing = stranger.get(f"/r/{new_link()}/room/")

    for person in (stranger, admin):
        assert person.get(url).status_code == missing.status_code == 404
        assert person.post(url, CHANGED).status_code == 404
    assert Room.objects.get().version == 1


def test_people_without_account_log_in_first(
    guest: Person, anonymous: Person, url: str
) -> None:
    for person in (guest, anonymous):
        assert leads_to_log_in(person.get(url), url)
        assert leads_to_log_in(person.post(url, CHANGED), url)
    assert Room.objects.get().version == 1


def test_a_link_in_another_shape_leads_to_its_true_one(
    owner: Person, room: Room, url: str
) -> None:
    answer = owner.get(
        url.replace("-", "").replace(room.link[:4], room.link[:4].upper())
    )

    assert (answer.status_code, answer["Location"]) == (302, url)


def test_an_unknown_link_opens_nothing(owner: Person) -> None:
    for link in (new_link(), "nothing"):
        assert owner.get(f"/r/{link}/room/").status_code == 404
        assert owner.post(f"/r/{link}/room/", CHANGED).status_code == 404


def test_it_takes_no_other_method(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(owner: Person, url: str) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url, CHANGED).status_code == 403

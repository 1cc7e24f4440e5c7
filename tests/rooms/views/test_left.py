"""The page after the call."""

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


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/left/"


def test_it_leads_everybody_back(
    owner: Person,
    member: Person,
    stranger: Person,
    guest: Person,
    anonymous: Person,
    room: Room,
    url: str,
) -> None:
    for person in (owner, member, stranger, guest, anonymous):
        page = person.get(url)
        assert page.status_code == 200
        assert page.context["room"] == room
        assert f'href="{room.get_absolute_url()}"' in page.content.decode()
        is_private(page)
        changes_nothing(person, url)


def test_it_says_who_is_still_there(guest: Person, room: Room, url: str) -> None:
    make_seat(room, "June Park")

    assert guest.get(url).context["people_now"] == ["June Park"]


def test_somebody_who_left_is_not_among_those_who_stay(
    owner: Person, room: Room, url: str
) -> None:
    make_seat(room, "June Park")
    make_seat(room, "Amara Osei", user=owner.user)

    assert owner.get(url).context["people_now"] == ["June Park"]


def test_a_room_for_accounts_asks_for_one(
    room: Room, anonymous: Person, stranger: Person, url: str
) -> None:
    room.change(access=Room.Access.SIGNED_IN)

    assert leads_to_log_in(anonymous.get(url), url)
    assert stranger.get(url).status_code == 200


def test_an_unknown_link_opens_nothing(guest: Person) -> None:
    for link in (new_link(), "nothing"):
        assert guest.get(f"/r/{link}/left/").status_code == 404


def test_a_link_in_another_shape_leads_to_its_true_one(
    guest: Person, room: Room, url: str
) -> None:
    answer = guest.get(f"/r/{room.link.upper()}/left/")

    assert (answer.status_code, answer["Location"]) == (302, url)


def test_it_takes_no_other_method(guest: Person, url: str) -> None:
    refuses_methods(guest, url, ("POST", "PUT", "PATCH", "DELETE"))

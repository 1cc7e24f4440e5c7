"""One's own rooms."""

from collections.abc import Callable
from typing import Any

import pytest

from rooms.models import Room
from tests.factories import make_room, make_seat
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db

URL = "/rooms/"


def shown(person: Person) -> list[str]:
    page = person.get(URL)
    assert page.status_code == 200
    return [room.name for room in page.context["rooms"]]


def test_the_owner_sees_the_room_and_who_is_there(owner: Person, room: Room) -> None:
    make_seat(room, "June Park")

    page = owner.get(URL)

    (only,) = page.context["rooms"]
    assert (only.name, only.link, only.access) == (room.name, room.link, "anyone")
    assert only.people_now == ["June Park"]
    assert "June Park" in page.content.decode()
    is_private(page)
    changes_nothing(owner, URL)


def test_a_room_is_shown_to_its_owner_alone(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    assert shown(owner) == [room.name]
    assert shown(member) == []
    assert shown(stranger) == []


def test_people_without_account_log_in_first(guest: Person, anonymous: Person) -> None:
    for person in (guest, anonymous):
        assert leads_to_log_in(person.get(URL), URL)


def test_many_rooms_cost_no_more_questions(
    owner: Person, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(12):
        make_seat(make_room(owner.user, f"Room {number}"))

    with django_assert_max_num_queries(4):
        assert len(shown(owner)) == 12


def test_names_are_shown_as_text(owner: Person) -> None:
    make_seat(make_room(owner.user, "<script>1</script>"), "<b>Tomas</b>")

    page = owner.get(URL).content.decode()

    assert "<script>1" not in page
    assert "<b>Tomas" not in page


def test_it_takes_no_other_method(owner: Person) -> None:
    refuses_methods(owner, URL, ("POST", "PUT", "PATCH", "DELETE"))

"""The copy of who sits in a call."""

import pytest

from rooms.models import Room, Seat
from tests.factories import make_seat
from tests.people import Person

pytestmark = pytest.mark.django_db


def test_a_seat_is_believed_for_15_seconds(room: Room) -> None:
    fresh = make_seat(room, "Fresh", seconds_ago=14)
    stale = make_seat(room, "Stale", seconds_ago=15.1)

    assert list(Seat.objects.live()) == [fresh]
    assert fresh.is_live()
    assert not stale.is_live()


def test_people_are_named_in_the_order_they_came(room: Room) -> None:
    for name in ("Tomas", "June", "Kenji"):
        make_seat(room, name)

    assert room.people_now == ["Tomas", "June", "Kenji"]


def test_a_seat_outlives_its_account(room: Room, stranger: Person) -> None:
    seat = make_seat(room, user=stranger.user)

    stranger.user.delete()

    seat.refresh_from_db()
    assert seat.user is None

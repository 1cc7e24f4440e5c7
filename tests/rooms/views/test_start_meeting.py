"""One click from "My rooms" to a call in a new room."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from rooms.models import Room
from tests.people import Person
from tests.rooms.views.asked import leads_to_log_in, refuses_methods

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

URL = "/rooms/start/"


def test_it_makes_a_room_and_goes_to_its_call(owner: Person, stranger: Person) -> None:
    today = date_format(timezone.localdate(), "j F")
    for person, name in ((owner, "Amara"), (stranger, "Elias")):
        answer = person.post(URL)

        room = Room.objects.get(owner=person.user)
        assert (answer.status_code, answer["Location"]) == (
            302,
            room.get_absolute_url(),
        )
        assert room.name == f"{name}\u2019s meeting, {today}"
        assert (room.access, room.keeps_chat) == ("anyone", False)
        assert person.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(("days", "believed"), [(1, 1), (-1, -1), (2, 0), (-9, 0)])
def test_the_day_is_that_of_the_browser_if_it_can_be(
    owner: Person, days: int, believed: int
) -> None:
    today = timezone.localdate()

    owner.post(URL, {"day": (today + timedelta(days=days)).isoformat()})

    day = date_format(today + timedelta(days=believed), "j F")
    assert Room.objects.get().name.endswith(f", {day}")


@pytest.mark.parametrize("day", ["", "no day", "9999-99-99", "0001-01-01", "x" * 999])
def test_a_day_that_is_none_stops_nobody(owner: Person, day: str) -> None:
    owner.post(URL, {"day": day})

    today = date_format(timezone.localdate(), "j F")
    assert Room.objects.get().name.endswith(f", {today}")


def test_the_longest_name_fits(owner: Person) -> None:
    owner.user.rename("W" * 60)

    owner.post(URL, {"day": "no day"})

    name = Room.objects.get().name
    assert len(name) == 60
    assert "WW\u2019s meeting, " in name


def test_who_may_make_no_room_is_told_so_where_the_button_was(owner: Person) -> None:
    User.objects.filter(pk=owner.user.pk).update(room_quota=0)

    page = owner.post(URL, follow=True)

    assert page.redirect_chain == [("/rooms/", 302)]
    assert "Ask the people who run this site" in page.content.decode()
    assert not Room.objects.exists()


def test_people_without_account_log_in_first(guest: Person, anonymous: Person) -> None:
    made = Room.objects.count()
    for person in (guest, anonymous):
        assert leads_to_log_in(person.post(URL), "/rooms/")
    assert Room.objects.count() == made


def test_looking_at_it_makes_nothing(owner: Person) -> None:
    refuses_methods(owner, URL, ("GET", "HEAD", "PUT", "PATCH", "DELETE"))
    assert not Room.objects.exists()


def test_it_needs_the_token(owner: Person) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(URL).status_code == 403
    assert not Room.objects.exists()

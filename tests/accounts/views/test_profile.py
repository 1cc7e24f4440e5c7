"""The page on which people change how they are called."""

import pytest

from accounts.models import User
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/accounts/profile/"


def test_it_shows_the_own_name(owner: Person) -> None:
    page = owner.get(URL)

    assert page.status_code == 200
    assert page.context["form"].initial == {"display_name": "Amara Osei"}
    assert page["Cache-Control"] == "private, no-store"


def test_it_changes_the_own_name_and_no_other(owner: Person, stranger: Person) -> None:
    answer = owner.post(URL, {"display_name": " Amara\u202e  Berg ", "is_staff": "on"})

    assert (answer.status_code, answer["Location"]) == (302, URL)
    owner.user.refresh_from_db()
    stranger.user.refresh_from_db()
    assert owner.user.display_name == "Amara Berg"
    assert not owner.user.is_staff
    assert stranger.user.display_name == "Elias Berg"


@pytest.mark.parametrize("name", ["", "\u200b", "x" * 61])
def test_a_bad_name_is_answered_with_words_and_stays_typed(
    owner: Person, name: str
) -> None:
    page = owner.post(URL, {"display_name": name})

    assert page.status_code == 200
    assert page.context["form"].errors["display_name"]
    assert page.context["form"]["display_name"].value() == name
    assert User.objects.get(pk=owner.user.pk).display_name == "Amara Osei"
    assert page.context["user"].display_name == "Amara Osei"


def test_it_is_for_those_who_are_logged_in(anonymous: Person) -> None:
    for answer in (anonymous.get(URL), anonymous.post(URL, {"display_name": "x"})):
        assert answer.status_code == 302
        assert answer["Location"] == f"/accounts/login/?next={URL}"


def test_it_takes_no_other_method(owner: Person) -> None:
    assert owner.put(URL).status_code == 405
    assert owner.delete(URL).status_code == 405


def test_it_needs_the_token(owner: Person) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(URL, {"display_name": "x"}).status_code == 403

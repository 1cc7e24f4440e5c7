"""Making an account."""

import pytest

from accounts.models import User
from tests.factories import PASSWORD
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/accounts/signup/"
MIRA = {
    "display_name": " Mira\u200b Lind ",
    "email": "Mira@Example.org",
    "password1": PASSWORD,
}


def test_the_form_asks_for_name_address_and_one_password(anonymous: Person) -> None:
    page = anonymous.get(URL)

    assert page.status_code == 200
    assert list(page.context["form"].fields) == ["display_name", "email", "password1"]
    assert page.context["form"]["display_name"].label == "Your name"


def test_it_makes_an_account_and_logs_in(anonymous: Person) -> None:
    answer = anonymous.post(URL, MIRA)

    assert answer.status_code == 302
    assert answer["Location"] == "/rooms/"
    user = User.objects.get()
    assert (user.email, user.display_name) == ("mira@example.org", "Mira Lind")
    assert user.check_password(PASSWORD)
    assert not user.is_staff
    assert anonymous.get("/rooms/").status_code == 200


def test_it_leads_on_to_where_the_person_wanted_to_go(anonymous: Person) -> None:
    answer = anonymous.post(URL, {**MIRA, "next": "/rooms/new/"})

    assert answer["Location"] == "/rooms/new/"


def test_it_leads_to_no_other_site(anonymous: Person) -> None:
    answer = anonymous.post(URL, {**MIRA, "next": "https://evil.example/"})

    assert answer["Location"] == "/rooms/"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("display_name", "", "Type the name that others shall see."),
        ("display_name", "\u200b\u202e", "Type a name that can be seen."),
        ("display_name", "x" * 61, "at most 60 characters"),
        ("email", "mira", "whole e-mail address"),
        ("password1", "short", "too short"),
    ],
)
def test_an_error_stands_beside_its_field_and_nothing_is_made(
    anonymous: Person, field: str, value: str, words: str
) -> None:
    page = anonymous.post(URL, {**MIRA, field: value})

    assert page.status_code == 200
    assert words in " ".join(page.context["form"].errors[field])
    assert not User.objects.exists()


def test_an_address_in_another_case_makes_no_second_account(
    anonymous: Person, owner: Person
) -> None:
    page = anonymous.post(URL, {**MIRA, "email": owner.user.email.upper()})

    assert User.objects.count() == 1
    assert page.status_code in (200, 302)
    assert "_auth_user_id" not in anonymous.session


def test_nobody_becomes_staff_by_asking(anonymous: Person) -> None:
    anonymous.post(URL, {**MIRA, "is_staff": "on", "is_superuser": "on"})

    user = User.objects.get()
    assert not user.is_staff
    assert not user.is_superuser


def test_it_needs_the_token(db: None) -> None:
    person = Person(enforce_csrf_checks=True)

    assert person.post(URL, MIRA).status_code == 403
    assert not User.objects.exists()


def test_somebody_who_is_logged_in_is_led_on(owner: Person) -> None:
    assert owner.get(URL).status_code == 302


def test_tries_from_one_address_are_limited(anonymous: Person) -> None:
    answers = [anonymous.post(URL, {"email": "x"}).status_code for _ in range(21)]

    assert answers == [200] * 20 + [429]

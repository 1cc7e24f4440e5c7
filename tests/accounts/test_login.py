"""Logging in and out, for the site and for the administration."""

from collections.abc import Callable

import pytest

from tests.factories import PASSWORD
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/accounts/login/"


def credentials(person: Person, **changed: str) -> dict[str, str]:
    return {"login": person.user.email, "password": PASSWORD, **changed}


def logged_in(browser: Person) -> bool:
    return "_auth_user_id" in browser.session


def test_the_page_asks_for_address_and_password(anonymous: Person) -> None:
    page = anonymous.get(URL)

    assert page.status_code == 200
    assert {"login", "password"} <= set(page.context["form"].fields)


@pytest.mark.parametrize("case", [str.lower, str.upper, str.title])
def test_the_address_counts_in_any_case(
    anonymous: Person, owner: Person, case: Callable[[str], str]
) -> None:
    answer = anonymous.post(URL, credentials(owner, login=case(owner.user.email)))

    assert answer.status_code == 302
    assert answer["Location"] == "/rooms/"
    assert logged_in(anonymous)


def test_it_leads_on_within_the_site_only(anonymous: Person, owner: Person) -> None:
    room = anonymous.post(URL, {**credentials(owner), "next": "/rooms/new/"})
    assert room["Location"] == "/rooms/new/"

    anonymous.logout()
    away = anonymous.post(URL, {**credentials(owner), "next": "//evil.example/"})
    assert away["Location"] == "/rooms/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    anonymous: Person, owner: Person
) -> None:
    wrong = anonymous.post(URL, credentials(owner, password="wrong"))
    unknown = anonymous.post(URL, credentials(owner, login="nobody@example.org"))

    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert not logged_in(anonymous)


def test_somebody_who_was_shut_out_stays_out(anonymous: Person, owner: Person) -> None:
    owner.user.is_active = False
    owner.user.save()

    anonymous.post(URL, credentials(owner))

    assert not logged_in(anonymous)


def test_guessing_one_persons_password_is_limited(
    anonymous: Person, owner: Person
) -> None:
    for _ in range(5):
        anonymous.post(URL, credentials(owner, password="wrong"))

    page = anonymous.post(URL, credentials(owner))

    assert page.status_code in (200, 429)
    assert not logged_in(anonymous)


def test_a_forged_port_starts_no_new_count(anonymous: Person, owner: Person) -> None:
    for port in range(1000, 1005):
        anonymous.post(
            URL, credentials(owner, password="wrong"), HTTP_HOST=f"localhost:{port}"
        )

    anonymous.post(URL, credentials(owner), HTTP_HOST="localhost:2000")

    assert not logged_in(anonymous)


def test_guessing_from_one_address_is_limited(db: None, anonymous: Person) -> None:
    answers = {
        anonymous.post(
            URL, {"login": f"nobody-{number}@example.org", "password": "wrong"}
        ).status_code
        for number in range(31)
    }

    assert 429 in answers


def test_forged_forwarded_addresses_change_no_limit(
    anonymous: Person, owner: Person
) -> None:
    for number in range(31):
        answer = anonymous.post(
            URL,
            {"login": f"nobody-{number}@example.org", "password": "wrong"},
            headers={"x-forwarded-for": f"203.0.113.{number}"},
        )

    assert answer.status_code == 429


def test_it_needs_the_token(owner: Person) -> None:
    person = Person(enforce_csrf_checks=True)

    assert person.post(URL, credentials(owner)).status_code == 403


def test_the_administration_has_no_log_in_of_its_own(
    anonymous: Person, admin: Person
) -> None:
    way = anonymous.get("/admin/login/?next=/admin/rooms/room/")
    assert way.status_code == 302
    assert way["Location"].startswith(URL)

    anonymous.post(
        "/admin/login/", {"username": admin.user.email, "password": PASSWORD}
    )
    assert not logged_in(anonymous)

    answer = anonymous.post(way["Location"], credentials(admin))
    assert answer["Location"] == "/admin/rooms/room/"
    assert anonymous.get(answer["Location"]).status_code == 200


def test_the_limits_guard_the_administration_too(
    anonymous: Person, admin: Person
) -> None:
    for _ in range(6):
        anonymous.post(f"{URL}?next=/admin/", credentials(admin, password="wrong"))

    anonymous.post(f"{URL}?next=/admin/", credentials(admin))

    assert not logged_in(anonymous)


def test_people_who_are_no_staff_stay_out_of_the_administration(
    stranger: Person,
) -> None:
    assert stranger.get("/admin/login/").status_code == 403
    assert stranger.get("/admin/", follow=True).status_code == 403


def test_logging_out_asks_on_get_and_acts_on_post(owner: Person) -> None:
    assert owner.get("/accounts/logout/").status_code == 200
    assert logged_in(owner)

    answer = owner.post("/accounts/logout/")

    assert answer.status_code == 302
    assert answer["Location"] == "/"
    assert not logged_in(owner)

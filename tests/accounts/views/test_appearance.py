"""Theme and language: chosen by people, followed by every page."""

from typing import Any

import pytest

from accounts.models import User
from tests.pages.page import Page
from tests.people import Person
from tests.rooms.views.asked import leads_to_log_in, refuses_methods

pytestmark = pytest.mark.django_db

URL = "/accounts/profile/appearance/"
TWO = [("en", "English"), ("de", "German")]


def html(person: Person, path: str = "/") -> dict[str, str | None]:
    """The attributes of the page's root."""
    [root] = Page(person.get(path).content.decode()).all("html")
    return root


def test_each_theme_is_followed_by_every_page(owner: Person, stranger: Person) -> None:
    for theme in ("dark", "light"):
        answer = owner.post(URL, {"theme": theme})
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/profile/")
        for path in ("/", "/rooms/", "/accounts/profile/", "/nowhere/"):
            assert html(owner, path)["data-theme"] == theme
    assert "data-theme" not in html(stranger)
    owner.post(URL, {"theme": "system"})
    assert "data-theme" not in html(owner)


def test_an_unknown_theme_is_refused(owner: Person) -> None:
    page = owner.post(URL, {"theme": "pink"})

    assert page.status_code == 200
    assert page.context["appearance_form"].errors["theme"]
    assert User.objects.get(pk=owner.user.pk).theme == "system"


def test_with_one_language_nobody_is_asked(owner: Person) -> None:
    page = owner.get("/accounts/profile/")

    assert "language" not in page.context["appearance_form"].fields
    owner.post(URL, {"theme": "dark", "language": "de"})
    assert User.objects.get(pk=owner.user.pk).language == ""
    assert html(owner)["lang"] == "en"


def test_a_second_language_appears_by_itself(owner: Person, settings: Any) -> None:
    settings.LANGUAGES = TWO

    field = owner.get("/accounts/profile/").context["appearance_form"]["language"]

    assert [tuple(each) for each in field.field.choices] == [
        ("", "Like my browser"),
        ("en", "English"),
        ("de", "Deutsch"),
    ]


def test_a_language_is_followed_here_and_on_other_devices(
    owner: Person, settings: Any
) -> None:
    settings.LANGUAGES = TWO
    answer = owner.post(URL, {"theme": "system", "language": "de"})

    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "de"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME]["httponly"]
    assert html(owner)["lang"] == "de"
    assert html(Person(owner.user))["lang"] == "de"
    owner.logout()
    owner.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    assert html(owner)["lang"] == "de"


def test_without_a_choice_the_browser_decides(owner: Person, settings: Any) -> None:
    settings.LANGUAGES = TWO
    owner.post(URL, {"theme": "system", "language": "de"})
    answer = owner.post(URL, {"theme": "system", "language": ""})

    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == ""
    german = Person(owner.user, headers={"accept-language": "de-AT,de;q=0.9"})
    assert html(german)["lang"] == "de"
    assert html(Person(owner.user))["lang"] == "en"


def test_an_unknown_language_is_refused(owner: Person, settings: Any) -> None:
    settings.LANGUAGES = TWO
    page = owner.post(URL, {"theme": "system", "language": "tlh"})
    assert page.context["appearance_form"].errors["language"]


def test_people_without_account_log_in_first(anonymous: Person) -> None:
    assert leads_to_log_in(anonymous.post(URL, {"theme": "dark"}), URL)


def test_it_takes_no_other_method(owner: Person) -> None:
    refuses_methods(owner, URL, ("GET", "PUT", "DELETE"))


def test_it_needs_the_token(owner: Person) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)
    assert person.post(URL, {"theme": "dark"}).status_code == 403
    assert User.objects.get(pk=owner.user.pk).theme == "system"

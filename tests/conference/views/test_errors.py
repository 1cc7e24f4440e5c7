"""What people read when something cannot be done."""

import re
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path

import conference.urls
from conference import rights
from conference.views import too_many
from rooms.links import new_link
from rooms.throttle import GUESSES, WINDOW_SECONDS
from tests.pages.page import Page
from tests.people import Person

pytestmark = pytest.mark.django_db


def refuse(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspect(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("no sense")


def soon(request: HttpRequest) -> HttpResponse:
    return too_many(request, 61)


@pytest.fixture
def faulty() -> Iterator[None]:
    """Addresses at which things go wrong, beside those of the site."""
    urls = ModuleType("urls_that_refuse")
    vars(urls).update(vars(conference.urls))
    vars(urls)["urlpatterns"] = [
        path("refuse/", refuse),
        path("suspect/", suspect),
        path("soon/", soon),
        *conference.urls.urlpatterns,
    ]
    rows = {
        f"{__name__}.{view.__name__}": rights.look(rights.ANYBODY)
        for view in (refuse, suspect, soon)
    }
    with (
        override_settings(ROOT_URLCONF=urls),
        mock.patch.dict(rights.TABLE, rows),
    ):
        yield


def read(answer: Any, status: int) -> Page:
    assert answer.status_code == status
    page = Page(answer.content.decode())
    assert not page.faults()
    assert answer["Cache-Control"] == "private, no-store"
    return page


@pytest.mark.usefixtures("faulty")
def test_each_refusal_has_a_page_of_the_site(
    owner: Person, member: Person, guest: Person, anonymous: Person
) -> None:
    for person in (owner, member, guest, anonymous):
        for where, status, title in (
            ("/refuse/", 403, "You may not do this"),
            ("/suspect/", 400, "We cannot read this"),
            ("/nowhere/", 404, "This link opens nothing for you"),
            ("/soon/", 429, "Too many tries"),
        ):
            page = read(person.get(where), status)
            assert page.title == f"{title} · Parley"


@pytest.mark.usefixtures("faulty")
def test_too_many_tries_say_how_long_to_wait(anonymous: Person) -> None:
    answer = anonymous.get("/soon/")

    assert answer["Retry-After"] == "61"
    assert "Wait 2 minutes, then try again." in answer.content.decode()


def test_guesses_of_links_say_it_too(anonymous: Person) -> None:
    for _ in range(GUESSES + 1):
        answer = anonymous.get(f"/r/{new_link()}/")

    assert answer.status_code == 429
    assert answer["Retry-After"] == str(WINDOW_SECONDS)
    assert "Wait 10 minutes, then try again." in answer.content.decode()


def test_limits_of_the_account_pages_say_it_too(anonymous: Person) -> None:
    for _ in range(21):
        answer = anonymous.post("/accounts/password/reset/", {"email": "j@example.org"})

    read(answer, 429)
    assert int(answer["Retry-After"]) > 0
    said = " ".join(answer.content.decode().split())
    assert re.search(r"Wait (a minute|\d+ minutes), then try again\.", said)


def test_an_unknown_link_sends_to_log_in_and_back(
    owner: Person, anonymous: Person
) -> None:
    link = f"/r/{new_link()}/"
    page = anonymous.get(link).content.decode()

    assert "Log in, or ask for a new one." in page
    assert f'href="/accounts/login/?next={link}"' in page
    own = owner.get(link).content.decode()
    assert "Ask for a new one." in own
    assert "/accounts/login/" not in own


def test_a_form_without_its_token(anonymous: Person) -> None:
    person = Person(enforce_csrf_checks=True)

    page = read(person.post("/accounts/login/", {"login": "a"}), 403)
    assert page.title == "This page was open too long · Parley"


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10)
def test_a_form_that_is_too_long(anonymous: Person) -> None:
    answer = anonymous.post("/accounts/login/", {"login": "a" * 20})

    page = read(answer, 413)
    assert page.title == "This is too large · Parley"


def test_a_host_that_is_not_ours(owner: Person) -> None:
    answer = owner.get("/", headers={"host": "evil.example"})

    read(answer, 400)
    assert owner.user.email not in answer.content.decode()
    assert "evil.example" not in answer.content.decode()

"""The doctor's page in the administration, and the echo that it asks."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from conference.doctor.echo import proof, question
from tests.factories import make_user
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    refuses_methods,
)
from tests.servers import free_port

URL = "/admin/doctor/"
OTHER_METHODS = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(autouse=True)
def nobody_there(settings: Settings) -> None:
    """The pages of these tests are made without a server."""
    settings.SITE_URL = f"http://localhost:{free_port()}"


@pytest.mark.django_db(transaction=True)
def test_works(admin: Person) -> None:
    assert reverse("doctor") == URL
    answer = admin.get(URL)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "Nobody listens at" in text
    assert "Something does not work." in text
    assert "Disk" in text
    is_private_enough(answer)


def is_private_enough(answer: object) -> None:
    """The administration says it in its own, stricter words."""
    headers = getattr(answer, "headers", {})
    assert {"no-store", "private"} <= set(headers["Cache-Control"].split(", "))


@pytest.mark.django_db(transaction=True)
def test_get_changes_nothing(admin: Person) -> None:
    changes_nothing(admin, URL)


@pytest.mark.django_db(transaction=True)
def test_the_index_leads_there(admin: Person) -> None:
    assert f'href="{URL}"' in admin.get("/admin/").content.decode()


def test_staff_without_every_right_are_refused(db: None) -> None:
    staff = Person(make_user("Stella Staff", is_staff=True))
    assert staff.get(URL).status_code == 403
    assert f'href="{URL}"' not in staff.get("/admin/").content.decode()


@pytest.mark.parametrize("name", ["owner", "member", "stranger", "guest", "anonymous"])
def test_others_are_sent_to_log_in(request: pytest.FixtureRequest, name: str) -> None:
    answer = request.getfixturevalue(name).get(URL)
    assert answer.status_code == 302
    assert quote(URL, safe="/") in answer.url
    assert "/login/" in answer.url


def test_wrong_method(admin: Person) -> None:
    refuses_methods(admin, URL, OTHER_METHODS)


# The echo


@pytest.mark.parametrize("name", ["admin", "stranger", "anonymous"])
def test_the_echo_proves_who_it_is(request: pytest.FixtureRequest, name: str) -> None:
    asked = question()
    person = request.getfixturevalue(name)
    answer = person.get(
        reverse("doctor-echo", args=[asked]), headers={"X-Forwarded-For": "1.2.3.4"}
    )
    told = json.loads(answer.content)
    assert told["proof"] == proof(asked)
    assert told["forwarded_for"] == ["1.2.3.4"]
    assert told["client"] == "127.0.0.1"
    is_private(answer)


@pytest.mark.parametrize("asked", ["x", "x:y:z", "a" * 200])
def test_to_anybody_else_there_is_no_such_page(db: None, asked: str) -> None:
    assert Client().get(reverse("doctor-echo", args=[asked])).status_code == 404


def test_a_question_grows_old(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    then = time.time() - 61
    with monkeypatch.context() as earlier:
        earlier.setattr("time.time", lambda: then)
        asked = question()
    assert Client().get(reverse("doctor-echo", args=[asked])).status_code == 404


def test_the_echo_changes_nothing(anonymous: Person) -> None:
    changes_nothing(anonymous, reverse("doctor-echo", args=[question()]))


def test_the_echo_takes_no_other_method(admin: Person) -> None:
    url = reverse("doctor-echo", args=[question()])
    refuses_methods(admin, url, OTHER_METHODS)

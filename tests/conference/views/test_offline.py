"""The page that browsers keep for when the server cannot be reached, and its worker."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import override_settings
from django.urls import reverse

from tests.pages.page import Page
from tests.people import Person
from tests.rooms.views.asked import changes_nothing, refuses_methods

pytestmark = pytest.mark.django_db


def kept(person: Person) -> dict[str, Any]:
    """What the worker is told to keep."""
    said = person.get("/offline-worker.js").content.decode()
    found = re.match(r"self\.KEPT = (\{.*\});\n", said)
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


@pytest.mark.parametrize("path", ["/offline/", "/offline-worker.js"])
def test_they_are_the_same_for_everybody(
    path: str,
    owner: Person,
    member: Person,
    guest: Person,
    stranger: Person,
    anonymous: Person,
) -> None:
    said = {
        person.get(path).content
        for person in (owner, member, guest, stranger, anonymous)
    }
    assert len(said) == 1
    assert owner.user.email not in said.pop().decode()
    for person in (owner, anonymous):
        answer = person.get(path)
        assert answer.status_code == 200
        assert not answer.cookies
        changes_nothing(person, path)


@pytest.mark.parametrize("path", ["/offline/", "/offline-worker.js"])
def test_they_take_no_other_method(owner: Person, path: str) -> None:
    refuses_methods(owner, path, ("POST", "PUT", "PATCH", "DELETE"))


def test_the_page_is_whole_and_all_its_parts_are_kept(anonymous: Person) -> None:
    page = Page(anonymous.get("/offline/").content.decode())
    assert not page.faults()
    told = kept(anonymous)

    assert told["page"] == reverse("offline") == "/offline/"
    addresses = {each.partition("#")[0] for each in page.values("href")}
    addresses |= set(page.values("src"))
    assert {each for each in addresses if each.startswith("/static/")} == set(
        told["parts"]
    )
    for part in told["parts"]:
        assert finders.find(part.removeprefix(settings.STATIC_URL))


def test_the_worker_stands_at_the_top_of_the_site(anonymous: Person) -> None:
    answer = anonymous.get(reverse("offline-worker"))

    assert reverse("offline-worker") == "/offline-worker.js"
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    script = finders.find("js/pages/offline.js")
    assert isinstance(script, str)
    with open(script) as file:
        assert f'register("{reverse("offline-worker")}")' in file.read()


def test_another_page_is_another_version(anonymous: Person) -> None:
    before = kept(anonymous)["name"]

    assert kept(anonymous)["name"] == before
    with override_settings(SITE_NAME="Kitchen table"):
        assert kept(anonymous)["name"] != before


def test_ordinary_pages_ask_for_it_and_the_call_does_not(
    anonymous: Person, room: Any
) -> None:
    assert "js/pages/offline.js" in anonymous.get("/").content.decode()
    call = anonymous.get(room.get_absolute_url()).content.decode()
    assert "offline" not in call


def test_on_the_local_network_nobody_asks_for_it(anonymous: Person) -> None:
    """Most people there wave the certificate through; that is enough for no worker."""
    with override_settings(LAN=True):
        assert "js/pages/offline.js" not in anonymous.get("/").content.decode()

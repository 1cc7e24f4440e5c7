"""What people see when something went wrong, light and wide, dark and narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from rooms.throttle import GUESSES
from tests.browser.audit import audit
from tests.browser.conftest import People
from tests.browser.person import Person
from tests.browser.visitor import Visitor
from tests.servers import Parley, parley_server

LOOKS: dict[str, dict[str, Any]] = {
    "light, wide": {
        "color_scheme": "light",
        "viewport": {"width": 1280, "height": 800},
    },
    "dark, narrow": {
        "color_scheme": "dark",
        "viewport": {"width": 390, "height": 844},
    },
}
LETTERS = "abcdefghjkmnpqrstuvwxyz"
SPOIL = """
from django.db import connection
from conference.models import SiteText
SiteText.objects.create(place="legal", text="# Us\\n\\nhttps://example.org, a@b.org")
with connection.cursor() as cursor:
    cursor.execute("DROP TABLE rooms_seat")
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Parley]:
    """One from whose database a part is gone, and with a legal notice."""
    with parley_server() as started:
        yield started


@pytest.fixture(scope="module")
def owner(server: Parley) -> Visitor:
    visitor = Visitor(server.url)
    visitor.sign_up("owner@example.com", "Olive Owner")
    visitor.new_room()
    server.manage("shell", "--no-imports", "-c", SPOIL)
    return visitor


@pytest.fixture
def quiet_server(server: Parley) -> Parley:
    """Its log says what is broken: that is what it is for."""
    return server


@pytest.fixture(params=LOOKS)
def reader(
    request: pytest.FixtureRequest, people: People, owner: Visitor
) -> Callable[..., Person]:
    def make(**more: Any) -> Person:
        person = people("Mira", **LOOKS[request.param], **more)
        person.excuse("status of [45]")
        return person

    return make


def test_pages_of_what_went_wrong(reader: Callable[..., Person]) -> None:
    person = reader()
    page = person.page
    person.goto(f"/accounts/login/?{'a=1&' * 1001}")
    expect(page.get_by_role("heading", name="We cannot read this")).to_be_visible()
    audit(page, "400")
    person.goto("/legal/")
    expect(page.get_by_role("link", name="https://example.org")).to_be_visible()
    audit(page, "legal notice")
    person.goto("/accounts/login/")
    page.get_by_label("E-mail").fill("mira@example.com")
    page.get_by_label("Password").first.fill("seven green apples")
    person.context.clear_cookies()
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="open too long")).to_be_visible()
    audit(page, "403")


def test_a_fault_of_the_server(reader: Callable[..., Person], server: Parley) -> None:
    person = reader(signed_in=True)
    page = person.page
    person.goto("/rooms/")
    expect(page.get_by_role("heading", name="Something broke")).to_be_visible()
    audit(page, "500")
    assert "no such table: rooms_seat" in server.words()
    assert "rooms_seat" not in page.content()
    page.get_by_role("link", name="Go to the start").click()
    expect(page.get_by_role("heading", name="A room of your own")).to_be_visible()


def test_too_many_tries(reader: Callable[..., Person]) -> None:
    person = reader()
    for letter in LETTERS[: GUESSES + 1]:
        person.goto(f"/r/aaaa-bbbb-cccc-ddd{letter}/")
    expect(person.page.get_by_text("Wait 10 minutes, then try again.")).to_be_visible()
    audit(person.page, "429")


def test_what_is_too_large(reader: Callable[..., Person]) -> None:
    person = reader(signed_in=True)
    page = person.page
    person.goto("/accounts/profile/")
    page.locator('form[action$="/picture/"]').evaluate(
        """(form) => {
          const more = document.createElement("textarea");
          more.name = "more";
          more.value = "x".repeat(100_000);
          form.append(more);
          HTMLFormElement.prototype.submit.call(form);
        }"""
    )
    expect(page.get_by_role("heading", name="This is too large")).to_be_visible()
    audit(page, "413")

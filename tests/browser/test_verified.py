"""Addresses must be confirmed, and the mail server is dead: nobody is locked out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import People
from tests.browser.person import Person
from tests.servers import Parley, free_port, parley_server

CHIEF, JUNE = "chief@example.com", "june@example.com"
PASSWORD = "correct horse battery"


@pytest.fixture
def mute_server() -> Iterator[Parley]:
    """A server whose mail server does not answer."""
    with parley_server(EMAIL_URL=f"smtp://127.0.0.1:{free_port()}") as server:
        server.env["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        server.manage("createsuperuser", "--noinput", "--email", CHIEF)
        yield server
        assert "Traceback" not in server.words(), server.words()


def log_in(person: Person, email: str, to: str) -> Page:
    person.goto(to)
    page = person.page
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{person.url}{to}")
    return page


def test_the_administrator_and_whom_they_add_log_in(
    mute_server: Parley, people: People
) -> None:
    page = log_in(people("Chief", server=mute_server), CHIEF, "/admin/")
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()

    page.goto(f"{mute_server.url}/admin/accounts/user/add/")
    page.locator("input[name=email]").fill(JUNE)
    page.locator("input[name=display_name]").fill("June")
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"{JUNE} (main, confirmed)")).to_be_visible()

    june = log_in(people("June", server=mute_server), JUNE, "/rooms/")
    expect(june.get_by_role("button", name="Your account")).to_be_visible()

"""axe-core finds nothing on any page around the call, light and wide, dark and narrow.

Nor does any page scroll sideways, or offer a target smaller than a fingertip.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.audit import audit
from tests.browser.conftest import NewRoom, People
from tests.browser.person import Person
from tests.browser.visitor import Visitor
from tests.servers import Parley

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
FOR_ANYONE = (
    "/",
    "/accounts/signup/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-abc/",
    "/accounts/inactive/",
    "/privacy/",
    "/offline/",
    "/nowhere/",
)
FOR_ACCOUNTS = (
    "/rooms/",
    "/rooms/new/",
    "/accounts/profile/",
    "/accounts/email/",
    "/accounts/logout/",
    "/accounts/password/change/",
)


def log_in(person: Person, account: Visitor) -> None:
    """Give the browser the cookies of somebody who is logged in."""
    person.context.add_cookies(
        [
            {"name": each.name, "value": str(each.value), "url": account.url}
            for each in account.jar
        ]
    )


@pytest.fixture(params=LOOKS)
def reader(request: pytest.FixtureRequest, people: People) -> Callable[..., Person]:
    """Opens a browser with one of the looks, logged in with somebody's cookies."""
    look = LOOKS[request.param]

    def make(account: Visitor | None = None) -> Person:
        person = people("Mira", **look)
        person.excuse("status of 4")
        if account:
            log_in(person, account)
        return person

    return make


def test_pages_for_anyone(
    reader: Callable[..., Person], new_room: NewRoom, server: Parley
) -> None:
    person = reader()
    for path in (*FOR_ANYONE, f"{new_room()}left/"):
        person.goto(path)
        audit(person.page, path)


def test_refused_forms(reader: Callable[..., Person]) -> None:
    person = reader()
    page = person.page
    for path, button in (
        ("/", "Join"),
        ("/accounts/signup/", "Sign up"),
        ("/accounts/login/", "Log in"),
    ):
        person.goto(path)
        page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
        expect(page.locator("[aria-invalid=true]").first).to_be_visible()
        audit(page, f"{path}, refused")


def test_pages_for_accounts(
    reader: Callable[..., Person], owner: Visitor, new_room: NewRoom
) -> None:
    new_room("Donaudampfschifffahrtselektrizitätenhauptwerk", access="signed-in")
    person = reader(owner)
    for path in FOR_ACCOUNTS:
        person.goto(path)
        audit(person.page, path)


def test_a_room_of_ones_own_with_its_menu_and_question(
    reader: Callable[..., Person], owner: Visitor, new_room: NewRoom
) -> None:
    link = new_room("Bread club")
    person = reader(owner)
    page = person.page
    person.goto(f"{link}room/")
    audit(page, "room")
    account = page.get_by_role("button", name=re.compile("^Your account"))
    account.click()
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    audit(page, "account menu")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log out")).to_be_hidden()
    expect(account).to_be_focused()
    page.get_by_role("button", name="QR code of the link").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    audit(page, "code")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Delete room").click()
    expect(page.get_by_role("dialog")).to_have_accessible_name("Delete Bread club?")
    expect(page.get_by_role("button", name="Keep the room")).to_be_focused()
    audit(page, "question")
    page.get_by_role("button", name="Keep the room").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Delete room")).to_be_focused()


def test_the_link_is_copied(people: People, owner: Visitor, new_room: NewRoom) -> None:
    link = new_room("Bread club")
    person = people("Olive", permissions=["clipboard-read", "clipboard-write"])
    log_in(person, owner)
    page = person.page
    person.goto(f"{link}room/")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied", exact=True)).to_be_focused()
    said = page.get_by_role("status").filter(has_text="The link is copied.")
    expect(said).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()") == person.url + link

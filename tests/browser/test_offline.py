"""When the server cannot be reached: a page that says so, kept by a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.audit import audit
from tests.browser.conftest import People
from tests.browser.person import Person
from tests.browser.visitor import Visitor
from tests.servers import Parley, parley_server

HEADING = "We cannot reach Parley"
# What Chromium itself says of a page that could not be had.
FAILED = (
    r"ERR_(CONNECTION_REFUSED|INTERNET_DISCONNECTED|CONNECTION_RESET|EMPTY_RESPONSE)"
)
KEPT = """async () => {
  const names = await caches.keys();
  const kept = await Promise.all(names.map(async (name) => {
    const requests = await (await caches.open(name)).keys();
    return requests.map((one) => new URL(one.url).pathname);
  }));
  return [names, kept.flat()];
}"""


@pytest.fixture(scope="module")
def server() -> Iterator[Parley]:
    """Ended and started again here: not the one that all others share."""
    with parley_server() as started:
        yield started


@pytest.fixture(scope="module")
def owner(server: Parley) -> Visitor:
    visitor = Visitor(server.url)
    visitor.sign_up("owner@example.com", "Olive Owner")
    return visitor


def prepared(people: People, **context: Any) -> Person:
    """Somebody who was on the site before, whose browser keeps the page."""
    person = people("Mira", **context)
    person.excuse(FAILED)
    person.goto("/")
    person.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return person


def test_a_server_that_is_away_and_back(people: People, server: Parley) -> None:
    person = prepared(people)
    page = person.page
    server.end()
    try:
        for path in ("/accounts/login/", "/rooms/", "/r/abcd-efgh-jkmn-pqrs/"):
            person.goto(path)
            expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
            assert page.url == server.url + path
        person.goto("/accounts/login/")
        audit(page, "offline")
        again = page.get_by_role("link", name="Try again")
        again.click()
        expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
    finally:
        server.start()
    again.click()
    expect(page.get_by_label("E-mail")).to_be_visible()
    assert page.url == f"{server.url}/accounts/login/"


def test_a_device_without_network_comes_back_by_itself(people: People) -> None:
    person = prepared(
        people, color_scheme="dark", viewport={"width": 390, "height": 844}
    )
    page = person.page
    person.context.set_offline(True)
    person.goto("/accounts/login/")
    expect(page.get_by_role("heading", name=HEADING)).to_be_visible()
    # Its parts are there as well: the sheet that centres it, the sign.
    expect(page.locator(".calm")).to_have_css("display", "grid")
    expect(page.locator(".calm__sign")).to_have_css("width", "88px")
    person.context.set_offline(False)
    expect(page.get_by_label("E-mail")).to_be_visible()


def test_nothing_of_a_person_is_kept(people: People, owner: Visitor) -> None:
    person = prepared(people, signed_in=True)
    page = person.page
    for path in ("/rooms/", "/accounts/profile/", "/rooms/"):
        person.goto(path)
    names, kept = page.evaluate(KEPT)

    assert len(names) == 1
    assert sorted(kept) == sorted({"/offline/", *parts_of(owner)})
    text = page.evaluate("caches.match('/offline/').then((found) => found.text())")
    assert "Olive" not in text
    assert "owner@example.com" not in text


def test_an_older_version_goes(people: People) -> None:
    person = people("Mira")
    person.goto("/privacy/")
    page = person.page
    page.evaluate("caches.open('parley-offline-old').then(() => true)")
    page.evaluate("caches.open('of-another-program').then(() => true)")
    page.evaluate(
        """async () => {
          const found = await navigator.serviceWorker.getRegistration();
          await found?.unregister();
        }"""
    )
    person.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    person.wait_until(
        lambda: "parley-offline-old" not in page.evaluate(KEPT)[0], "lets it go"
    )
    assert "of-another-program" in page.evaluate(KEPT)[0]


def test_a_form_that_cannot_be_sent_is_left_to_the_browser(
    people: People, server: Parley
) -> None:
    """The browser offers to send it again; our page would have lost what was typed."""
    person = prepared(people)
    page = person.page
    person.goto("/accounts/login/")
    page.get_by_label("E-mail").fill("mira@example.com")
    page.get_by_label("Password").first.fill("seven green apples")
    person.context.set_offline(True)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("chrome-error://**")
    person.context.set_offline(False)


def parts_of(visitor: Visitor) -> list[str]:
    first = visitor.get("/offline-worker.js").partition("\n")[0]
    told = json.loads(first.removeprefix("self.KEPT = ").rstrip(";"))
    parts: list[str] = told["parts"]
    return parts

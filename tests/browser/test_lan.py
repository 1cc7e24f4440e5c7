"""`make run LAN=1`: a call between this machine's browser and one on the network.

The owner sits at https://localhost, the friend opens the address that the room's page
shows. Each has a browser of their own, which trusts the authority that the server made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Playwright, expect

from tests.browser.audit import audit
from tests.browser.conftest import People
from tests.browser.person import Person, meet
from tests.browser.test_pages_axe import LOOKS
from tests.browser.trust import trusting_chromium
from tests.browser.visitor import PASSWORD
from tests.lan import LanParley, lan_server


@pytest.fixture(scope="module")
def lan() -> Iterator[LanParley]:
    with lan_server() as server:
        yield server
        assert "Traceback" not in server.words(), server.words()


@pytest.fixture(scope="module")
def devices(lan: LanParley, playwright: Playwright) -> Iterator[list[Browser]]:
    """Two Chromium, with nothing in common but whom they trust."""
    with ExitStack() as opened:
        yield [
            opened.enter_context(trusting_chromium(playwright, lan.authority.parent))
            for _ in range(2)
        ]


def sign_up(person: Person, email: str) -> None:
    page = person.page
    person.goto("/accounts/signup/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Your name").fill(person.name)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page).to_have_url(f"{person.url}/rooms/")


def make_room(person: Person, name: str) -> str:
    """Make a room and return the link that its page shows."""
    person.goto("/rooms/new/")
    person.page.get_by_label("Name of the room").fill(name)
    person.page.get_by_role("button", name=re.compile("room")).last.click()
    return person.page.get_by_label("Link of this room").input_value()


def test_a_friend_on_the_network_comes_in_by_the_link(
    people: People, lan: LanParley, devices: list[Browser]
) -> None:
    here, there = devices
    mira = people("Mira", server=lan, browser=here)
    mira.url = lan.here
    sign_up(mira, "mira@example.com")
    link = make_room(mira, "Bread club")
    assert link.startswith(f"{lan.url}/r/")
    path = link.removeprefix(lan.url)
    june = people("June", server=lan, browser=there)
    mira.join(path)
    june.join(path)
    for person in (mira, june):
        assert person.page.evaluate("isSecureContext")
        assert person.page.evaluate("new URL(location.href).protocol") == "https:"
    meet(mira, june)
    # What comes in is shown to the eye as well, and both can write to each other.
    june.until_picture()
    june.press("Chat")
    june.write("Your bread smells good")
    mira.press("Chat")
    expect(mira.written.filter(has_text="Your bread smells good")).to_be_visible()
    names = {cookie["name"] for cookie in june.context.cookies()}
    assert "__Host-parley_guest" in names
    assert all(cookie["secure"] for cookie in june.context.cookies())
    june.press("Leave")
    expect(mira.tile("June")).to_have_count(0)


def test_who_types_http_lands_on_https(
    people: People, lan: LanParley, devices: list[Browser]
) -> None:
    june = people("June", server=lan, browser=devices[1])
    june.page.goto(lan.url.replace("https:", "http:", 1) + "/accounts/login/")
    expect(june.page).to_have_url(f"{lan.url}/accounts/login/")


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_the_page_about_trust(
    people: People, lan: LanParley, devices: list[Browser], look: str
) -> None:
    june = people("June", server=lan, browser=devices[1], **LOOKS[look])
    june.goto("/lan/")
    audit(june.page, f"the page about trust, {look}")


def test_the_page_about_trust_hands_the_certificate_out(
    people: People, lan: LanParley, devices: list[Browser]
) -> None:
    june = people("June", server=lan, browser=devices[1])
    june.goto("/lan/")
    with june.page.expect_download() as download:
        june.page.get_by_role("link", name="Download the certificate").click()
    assert download.value.suggested_filename == "ca.crt"
    assert download.value.path().read_bytes() == lan.authority.read_bytes()

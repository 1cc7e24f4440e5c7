"""From nothing to a room: sign up, make it, send it, go."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import People
from tests.browser.person import meet
from tests.browser.visitor import PASSWORD


def test_a_newcomer_signs_up_makes_a_room_and_meets_a_friend(people: People) -> None:
    mira, june = people("Mira"), people("June")
    page = mira.page
    mira.goto("/")
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("E-mail").fill("mira@example.com")
    page.get_by_label("Your name").fill("Mira")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page).to_have_url(f"{mira.url}/rooms/")
    mira.goto("/rooms/new/")
    page.get_by_label("Name of the room").fill("Bread club")
    page.get_by_role("button", name=re.compile("room")).last.click()
    expect(page).to_have_url(re.compile(r"/r/[a-z0-9-]+/room/$"))
    link = re.search(r"/r/[a-z0-9-]+/", page.url)
    assert link
    meet(mira.join(link[0]), june.join(link[0]))


def test_log_in_and_out(people: People, owner: object) -> None:
    olive = people("Olive")
    page = olive.page
    olive.goto("/rooms/")
    page.get_by_label("E-mail").fill("owner@example.com")
    page.get_by_label("Password").first.fill("not this one")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_label("E-mail")).to_have_value("owner@example.com")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{olive.url}/rooms/")
    page.get_by_role("button", name="Your account").click()
    page.get_by_role("button", name="Log out").click()
    olive.goto("/rooms/")
    expect(page).to_have_url(re.compile("/accounts/login/"))

"""The site under this machine's own address without https: browsers give no devices.

What they keep from such pages besides (clipboard, share sheet, random ids) must be
missed nowhere: two people come in with chat alone, and say everything they can.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from conference.lan import addresses
from tests.browser.audit import audit
from tests.browser.conftest import People
from tests.browser.person import Person
from tests.browser.test_call_axe import LOOKS, PHONE
from tests.browser.visitor import Visitor
from tests.servers import Parley, parley_server

WORDS = (
    "Browsers give camera and microphone to https pages only",
    "You can still write. Ask the person who sent you the link for an https one.",
)
KEPT_FROM_IT = """() => [
  isSecureContext,
  navigator.mediaDevices, navigator.clipboard, navigator.locks, navigator.share,
  crypto.randomUUID, crypto.subtle, globalThis.caches, navigator.serviceWorker,
].map((each) => typeof each === "boolean" ? each : typeof each)"""


@pytest.fixture(scope="module")
def plain() -> Iterator[Parley]:
    """A server that others on this machine's network reach, and no https."""
    found = addresses()
    assert found, "this machine has no address but its own loopback one"
    with parley_server(found[0], BIND="0.0.0.0", SIGNUP="open") as server:
        yield server
        assert "Traceback" not in server.words()


@pytest.fixture(scope="module")
def room(plain: Parley) -> str:
    owner = Visitor(plain.url)
    owner.sign_up("plain@example.com", "Olive Owner")
    return owner.new_room()


def at(plain: Parley, people: People, name: str, **context: Any) -> Person:
    person = people(name, server=plain, **context)
    assert "//localhost" not in person.url
    assert "//127." not in person.url
    return person


def test_two_people_meet_with_chat_alone(
    people: People, plain: Parley, room: str
) -> None:
    mira, amara = (at(plain, people, name) for name in ("Mira", "Amara"))
    for person in (mira, amara):
        person.open(room)
        kept = person.page.evaluate(KEPT_FROM_IT)
        assert kept == [False, *["undefined"] * 8]
        for words in WORDS:
            expect(person.page.get_by_text(words)).to_be_visible()
        person.join()
    expect(mira.tile("Amara")).to_be_visible()
    expect(amara.tile("Mira")).to_be_visible()
    for writer, reader, text in (
        (mira, amara, "Hello from plain http"),
        (amara, mira, "And back"),
    ):
        writer.press("Chat")
        writer.write(text)
        writer.press("Chat")
        expect(reader.button("Chat")).to_have_accessible_description("1 new message")
        reader.press("Chat")
        expect(reader.written.filter(has_text=text)).to_be_visible()
        reader.press("Chat")
    mira.press("Leave")
    expect(amara.tile("Mira")).to_have_count(0)
    expect(mira.page.get_by_role("heading", name="You left the call")).to_be_visible()


def test_what_is_off_says_why(people: People, plain: Parley, room: str) -> None:
    mira = at(plain, people, "Mira")
    mira.open(room)
    preview = mira.page.get_by_role("region", name="Your camera and microphone")
    off = ["Unmute microphone", "Turn camera on"]
    for name in off:
        button = preview.get_by_role("button", name=f"{name}: works on https pages")
        expect(button).to_be_disabled()
    expect(mira.page.get_by_role("combobox")).to_have_count(0)
    mira.join()
    toast = mira.page.locator('[data-part="toast"]')
    for name, words in (
        ("Share screen", "Browsers let https pages only show a screen."),
        *((name, " ".join([f"{WORDS[0]}.", WORDS[1]])) for name in off),
    ):
        button = mira.button(f"{name}: works on https pages only")
        expect(button).to_be_disabled()
        button.focus()
        mira.page.keyboard.press("Enter")
        expect(toast).to_contain_text(words)
    mira.press("Choose camera")
    expect(mira.page.get_by_text("Only https pages get a camera.")).to_be_visible()


def test_the_link_is_copied_in_the_old_way(
    people: People, plain: Parley, room: str
) -> None:
    mira = at(plain, people, "Mira").join(room)
    mira.page.get_by_role("button", name="Invite", exact=True).first.click()
    box = mira.page.get_by_role("dialog", name="Invite")
    expect(box.get_by_role("button", name="Send with…")).to_be_hidden()
    expect(box.get_by_text("make run LAN=1")).to_have_count(0)
    box.get_by_role("button", name="Copy the link").click()
    expect(box.get_by_role("button", name="Copied")).to_be_visible()
    mira.page.keyboard.press("Escape")
    mira.press("Chat")
    mira.page.get_by_role("textbox", name="Message").press("Control+V")
    expect(mira.page.get_by_role("textbox", name="Message")).to_have_value(
        plain.url + room
    )


@pytest.mark.parametrize("look", ["light, wide", "dark, phone"])
def test_axe_finds_nothing(people: People, plain: Parley, room: str, look: str) -> None:
    mira = at(plain, people, "Mira", **LOOKS[look])
    mira.open(room)
    expect(mira.join_button).to_be_enabled()
    audit(mira.page, f"the door on plain http, {look}")
    mira.join()
    audit(mira.page, f"the call on plain http, {look}")
    if LOOKS[look]["viewport"] == PHONE:
        mira.press("More")
        expect(mira.page.get_by_role("menuitem", name="Share screen")).to_be_hidden()

"""From the call to a friend: every way to hand on the link, and what it opens."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.audit import audit
from tests.browser.conftest import NewRoom, People
from tests.browser.person import Person
from tests.browser.test_call_axe import LOOKS, PHONE
from tests.browser.visitor import Visitor

SHEET = """navigator.share = async (what) => {
  window.shared = what;
  throw new DOMException("closed", "AbortError");
};"""
CODE_LOADED = "(image) => image.decode().then(() => image.naturalWidth > 0)"


def box(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Invite")


def press_invite(person: Person) -> Locator:
    """Press "Invite" where this width, or being alone, has it."""
    page = person.page
    button = page.get_by_role("button", name="Invite", exact=True)
    if button.count():
        button.first.click()
    else:
        person.press("More")
        page.get_by_role("menuitem", name="Invite", exact=True).click()
    expect(box(page)).to_be_visible()
    return box(page)


def test_the_link_is_copied_mailed_and_shown_as_a_code(
    people: People, new_room: NewRoom
) -> None:
    room = new_room("Friday & “kitchen”? table")
    mira = people("Mira", permissions=["clipboard-read", "clipboard-write"])
    asked: list[str] = []
    mira.page.on("request", lambda request: asked.append(request.url))
    mira.join(room)
    url = mira.url + room
    opened = press_invite(mira)
    copy = opened.get_by_role("button", name="Copy the link")
    expect(copy).to_be_focused()
    copy.click()
    expect(opened.get_by_role("button", name="Copied")).to_be_visible()
    assert mira.page.evaluate("navigator.clipboard.readText()") == url
    mail = opened.get_by_role("link", name="E-mail").get_attribute("href") or ""
    fields = parse_qs(urlsplit(mail).query, strict_parsing=True)
    assert mail.startswith("mailto:?")
    assert fields["subject"] == ["Friday & “kitchen”? table"]
    assert fields["body"] == [f"Come to “Friday & “kitchen”? table”: {url}"]
    assert not [address for address in asked if "qr.svg" in address]
    opened.get_by_role("button", name="Show QR code").click()
    code = opened.get_by_role("img", name="QR code of the link")
    assert code.evaluate(CODE_LOADED)
    opened.get_by_role("button", name="Hide QR code").click()
    expect(code).to_be_hidden()
    opened.get_by_role("button", name="Show QR code").click()
    expect(code).to_be_visible()
    assert asked.count(f"{url}qr.svg") == 1


def test_a_code_that_does_not_load_is_asked_for_again(
    people: People, new_room: NewRoom
) -> None:
    mira = people("Mira").join(new_room())
    mira.excuse("net::ERR_FAILED")
    mira.page.route("**/qr.svg", lambda route: route.abort())
    opened = press_invite(mira)
    opened.get_by_role("button", name="Show QR code").click()
    expect(mira.page.locator('[data-part="toast"]')).to_contain_text("Try again")
    expect(opened.get_by_role("button", name="Show QR code")).to_be_visible()
    mira.page.unroute("**/qr.svg")
    opened.get_by_role("button", name="Show QR code").click()
    assert opened.get_by_role("img", name="QR code of the link").evaluate(CODE_LOADED)


def test_escape_closes_it_and_gives_the_focus_back(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    amara, mira = people("Amara").join(room), people("Mira").join(room)
    button = mira.page.get_by_role("button", name="Invite", exact=True)
    expect(mira.tile("Amara")).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "false")
    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    mira.page.keyboard.press("ArrowDown")
    expect(box(mira.page).get_by_role("button", name="Show QR code")).to_be_focused()
    mira.page.keyboard.press("Escape")
    expect(box(mira.page)).to_be_hidden()
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    amara.close()


def test_the_share_sheet_is_offered_where_there_is_one(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    mira = people("Mira")
    mira.page.add_init_script(SHEET)
    mira.join(room)
    press_invite(mira).get_by_role("button", name="Send with…").click()
    assert mira.page.evaluate("window.shared") == {
        "title": "Friday kitchen table",
        "url": mira.url + room,
    }


def test_a_link_of_this_machine_says_so(people: People, new_room: NewRoom) -> None:
    mira = people("Mira").join(new_room())
    alone = mira.page.get_by_role("region", name="Nobody else is here yet")
    for place in (alone, press_invite(mira)):
        expect(place).to_contain_text("This link works on this machine only.")
        expect(place).to_contain_text("make run LAN=1")


def test_a_room_that_is_closed_to_the_uninvited_says_so_at_once(
    people: People, new_room: NewRoom, owner: Visitor
) -> None:
    room = new_room("Choir board")
    olive = people("Olive", signed_in=True).join(room)
    alone = olive.page.get_by_role("region", name="Nobody else is here yet")
    expect(alone).to_contain_text("Whoever opens it appears beside you.")
    june, elias = people("June").join(room), people("Elias")
    elias.open(room)
    elias.excuse("status of 404")
    owner.post(f"{room}room/", name="Choir board", access="invited", people_limit="8")
    heading = elias.page.get_by_role("heading", name="This link opens nothing for you")
    expect(heading).to_be_visible()
    closed = "the link alone opens nothing for others"
    opened = press_invite(june)
    expect(opened).to_contain_text(f"{closed}. Ask its owner to invite them.")
    expect(opened.get_by_role("link", name="Invite people by name")).to_be_hidden()
    # Who sits may stay, and who gets up does not come back.
    june.page.keyboard.press("Escape")
    june.press("Leave")
    june.excuse("status of 404")
    june.goto(room)
    expect(june.page.get_by_text("This link opens nothing for you")).to_be_visible()
    expect(alone).to_contain_text(closed)
    expect(alone.get_by_role("button", name="Copy the link")).to_be_hidden()
    for place in (alone, press_invite(olive)):
        link = place.get_by_role("link", name="Invite people by name")
        expect(link).to_have_attribute("href", f"{room}room/")
        # The call goes on in its own tab.
        expect(link).to_have_attribute("target", "_blank")


# The call looks alike in both themes.
@pytest.mark.parametrize("look", ["light, wide", "light, phone"])
def test_axe_finds_nothing_in_it(people: People, new_room: NewRoom, look: str) -> None:
    room = new_room()
    mira = people("Mira", **LOOKS[look]).join(room)
    audit(mira.page, f"alone, {look}")
    opened = press_invite(mira)
    opened.get_by_role("button", name="Show QR code").click()
    expect(opened.get_by_role("img", name="QR code of the link")).to_be_visible()
    audit(mira.page, f"the box of the link, {look}")


def test_on_a_phone_it_is_behind_more(people: People, new_room: NewRoom) -> None:
    room = new_room()
    people("Amara").join(room)
    mira = people("Mira", viewport=PHONE).join(room)
    expect(mira.tile("Amara")).to_be_visible()
    opened = press_invite(mira)
    expect(opened.get_by_role("button", name="Copy the link")).to_be_focused()

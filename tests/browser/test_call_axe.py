"""axe-core finds nothing at the door or in a call, light and wide, dark and narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.audit import audit
from tests.browser.browsers import RELAY_ONLY
from tests.browser.conftest import NewRoom, People
from tests.browser.connections import details, matrix, overview, says
from tests.browser.person import Person, meet

pytestmark = pytest.mark.alone

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    f"{scheme}, {name}": {
        "color_scheme": scheme,
        "viewport": viewport,
        # A colour that is still on its way is no colour to judge.
        "reduced_motion": "reduce",
    }
    for scheme in ("light", "dark")
    for name, viewport in (("wide", WIDE), ("phone", PHONE))
}
every_look = pytest.mark.parametrize("look", LOOKS)


@pytest.fixture
def denied(launch: Callable[..., Browser]) -> Iterator[Browser]:
    browser = launch("--use-fake-ui-for-media-stream=deny")
    yield browser
    browser.close()


@every_look
def test_the_door(people: People, new_room: NewRoom, look: str) -> None:
    room = new_room()
    mira, amara = people("Mira", **LOOKS[look]), people("Amara")
    mira.open(room)
    expect(mira.join_button).to_be_enabled()
    mira.until_picture()
    audit(mira.page, "an empty room's door")
    amara.join(room)
    expect(mira.page.get_by_text("Amara")).to_be_visible()
    mira.join_button.click()
    expect(mira.page.locator("[aria-invalid=true]")).to_be_visible()
    audit(mira.page, "the door, a name missing")


@every_look
def test_the_door_without_devices(
    people: People, new_room: NewRoom, denied: Browser, look: str
) -> None:
    mira = people("Mira", browser=denied, **LOOKS[look])
    mira.excuse("Permission denied")
    mira.open(new_room())
    expect(mira.page.get_by_text("does not let us use the camera")).to_be_visible()
    expect(mira.join_button).to_be_enabled()
    audit(mira.page, "the door, devices denied")
    mira.close()


def in_company(people: People, room: str, look: str) -> Person:
    """Mira, the host, with Amara who has said something."""
    mira, amara = people("Mira", signed_in=True, **LOOKS[look]), people("Amara")
    mira.join(room)
    audit(mira.page, "alone in the call")
    amara.join(room)
    meet(mira, amara)
    audit(mira.page, "two in the call")
    amara.press("Chat")
    amara.write("Hello Mira")
    return mira


def keep_from_view(mira: Person, name: str) -> None:
    """Open the menu of a tile, and turn its picture off for oneself."""
    mira.page.get_by_role("button", name=f"More about {name}").click()
    row = mira.page.get_by_role("menuitem", name="show this video")
    expect(row).to_be_visible()
    audit(mira.page, "the menu of a tile")
    row.click()
    words = mira.tile(name).get_by_text("You chose not to see this video")
    expect(words).to_be_visible()
    audit(mira.page, "a picture that is kept from view")


def shut(mira: Person, panel: str) -> None:
    mira.page.keyboard.press("Escape")
    expect(mira.page.get_by_role("complementary", name=panel)).to_be_hidden()


def audit_connections(mira: Person) -> None:
    """All that tells how this page reaches Amara's."""
    mira.press("More")
    audit(mira.page, "more")
    mira.page.keyboard.press("Escape")
    overview(mira)
    audit(mira.page, "connections")
    matrix(mira)
    audit(mira.page, "everybody's connections")
    mira.page.keyboard.press("Escape")
    shut(mira, "Connections")
    details(mira, "Amara")
    audit(mira.page, "connection details")
    shut(mira, "Amara")


@pytest.mark.parametrize("look", ["light, wide", "dark, wide"])
def test_a_call_with_its_panels_and_menus(
    people: People, new_room: NewRoom, look: str
) -> None:
    mira = in_company(people, new_room(), look)
    page = mira.page
    expect(mira.button("Chat")).to_have_accessible_description("1 new message")
    audit(page, "something unread")
    keep_from_view(mira, "Amara")
    mira.press("Chat")
    mira.write("Hello Amara")
    expect(mira.written).to_have_count(2)
    audit(page, "chat")
    shut(mira, "Chat")
    mira.press("People")
    expect(page.get_by_role("complementary", name="People")).to_be_visible()
    audit(page, "people")
    shut(mira, "People")
    for button in ("Choose microphone and speaker", "Choose camera"):
        mira.press(button)
        expect(page.get_by_role("menuitemradio").first).to_be_visible()
        audit(page, button)
        page.keyboard.press("Escape")
        expect(page.get_by_role("menu")).to_be_hidden()
    audit_connections(mira)


@pytest.mark.parametrize("look", ["light, phone", "dark, phone"])
def test_a_call_with_its_panels_and_menus_on_a_phone(
    people: People, new_room: NewRoom, look: str
) -> None:
    mira = in_company(people, new_room(), look)
    page = mira.page
    keep_from_view(mira, "Amara")
    mira.press("Chat")
    mira.write("Hello Amara")
    expect(mira.written).to_have_count(2)
    audit(page, "chat")
    shut(mira, "Chat")
    mira.press("People")
    expect(page.get_by_role("complementary", name="People")).to_be_visible()
    audit(page, "people")
    shut(mira, "People")
    audit_connections(mira)
    mira.press("More")
    expect(page.get_by_role("menu", name="More")).to_be_visible()
    page.get_by_role("menuitem", name="Microphone, camera, speaker").click()
    expect(page.get_by_role("menuitemradio").first).to_be_visible()
    audit(page, "devices")


@pytest.mark.parametrize("look", ["dark, wide", "light, phone"])
def test_somebody_who_cannot_be_reached(
    people: People, new_room: NewRoom, look: str
) -> None:
    room = new_room()
    mira, amara = people("Mira", **LOOKS[look]), people("Amara")
    amara.context.add_init_script(RELAY_ONLY)
    for person in (mira, amara):
        person.join(room)
    says(mira, "Amara", "no relay (TURN) server set")
    says(amara, "Mira", "no relay (TURN) server set")
    audit(mira.page, "no path to somebody")
    details(mira, "Amara")
    audit(mira.page, "why there is none")

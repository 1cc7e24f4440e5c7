"""axe-core finds nothing at what hosts do, nor at what it does to others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.audit import audit
from tests.browser.conftest import NewRoom, People
from tests.browser.order import (
    answer,
    ask_about,
    choose,
    open_room,
    people_panel,
    turn_lobby,
)
from tests.browser.person import Person

pytestmark = pytest.mark.alone

WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    f"{scheme}, {name}": {
        "color_scheme": scheme,
        "viewport": viewport,
        "reduced_motion": "reduce",
    }
    for scheme, name, viewport in (
        ("light", "wide", WIDE),
        ("dark", "wide", WIDE),
        ("light", "phone", PHONE),
        ("dark", "phone", PHONE),
    )
}
every_look = pytest.mark.parametrize("look", LOOKS)
both_widths = pytest.mark.parametrize("look", ["light, wide", "light, phone"])


def in_company(people: People, room: str, look: str) -> tuple[Person, Person]:
    """Olive, the owner, in this look, and June, a guest."""
    olive = people("Olive Owner", signed_in=True, **LOOKS[look])
    olive.join(room)
    june = people("June Park", **LOOKS[look]).join(room)
    expect(olive.tile("June")).to_be_visible()
    return olive, june


@both_widths
def test_people_and_what_hosts_do_about_them(
    people: People, new_room: NewRoom, look: str
) -> None:
    room = new_room()
    olive, june = in_company(people, room, look)
    turn_lobby(olive)
    for name in ("Kenji", "Olive 0wner"):
        people(name).open(room)
        people.made[-1].press_join()
        expect(olive.page.get_by_role("button", name=f"Let in {name}")).to_be_visible()
    audit(olive.page, "who waits, and who is here")
    ask_about(olive, "June Park")
    audit(olive.page, "a host's menu")
    olive.page.keyboard.press("Escape")
    for row in ("Remove from the call", "Change name", "What they may do", "Report"):
        ask_about(olive, "June Park")
        choose(olive, row)
        expect(olive.page.get_by_role("dialog")).to_be_visible()
        audit(olive.page, f"the dialog of: {row}")
        olive.page.keyboard.press("Escape")
        expect(olive.page.get_by_role("dialog")).to_be_hidden()
    ask_about(june, "Olive Owner")
    audit(june.page, "a guest's menu")


@both_widths
def test_the_room_and_what_is_above_it(
    people: People, new_room: NewRoom, look: str
) -> None:
    olive, june = in_company(people, new_room(), look)
    ask_about(olive, "June Park")
    choose(olive, "Mute")
    expect(june.button("Unmute")).to_be_visible()
    ask_about(olive, "June Park")
    choose(olive, "Ask to unmute")
    expect(june.page.get_by_role("button", name="Not now")).to_be_visible()
    open_room(olive)
    audit(olive.page, "the room's menu")
    choose(olive, "What people may do")
    write = olive.page.get_by_role("switch", name=re.compile("^Write"))
    write.click()
    expect(write).not_to_be_checked()
    audit(olive.page, "what people may do")
    answer(olive, "Done")
    open_room(olive)
    choose(olive, "End the call for everyone")
    audit(olive.page, "the dialog before the end")
    answer(olive, "End the call")
    expect(olive.page.get_by_role("button", name="Take it back")).to_be_visible()
    audit(june.page, "asked to unmute, and about to end")
    olive.page.get_by_role("button", name="Take it back").click()
    expect(june.page.locator('[data-part="ending"]')).to_be_hidden()
    june.press("Chat")
    audit(june.page, "a chat in which one may not write")


@every_look
def test_outside_the_room(people: People, new_room: NewRoom, look: str) -> None:
    room = new_room()
    olive = people("Olive Owner", signed_in=True).join(room)
    turn_lobby(olive)
    kenji = people("Kenji", **LOOKS[look])
    kenji.open(room)
    audit(kenji.page, "the door of a lobby")
    kenji.press_join()
    expect(kenji.page.get_by_text("The host knows you are here")).to_be_focused()
    audit(kenji.page, "the lobby")
    people_panel(olive).get_by_role("button", name="Refuse Kenji").click()
    expect(kenji.page.get_by_text("did not let you in this time")).to_be_focused()
    expect(kenji.page.get_by_role("button", name="Knock again")).to_be_disabled()
    audit(kenji.page, "refused")
    olive.page.get_by_role("button", name="Lock the room").click()
    kenji.open(room)
    kenji.press_join()
    expect(kenji.page.get_by_text("The room is still locked")).to_be_visible()
    audit(kenji.page, "a locked door")

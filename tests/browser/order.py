"""What hosts press in the call."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.person import Person


def people_panel(person: Person) -> Locator:
    """The panel of people, open."""
    panel = person.page.get_by_role("complementary", name="People")
    if not panel.is_visible():
        person.press("People")
        expect(panel).to_be_visible()
    return panel


def ask_about(person: Person, name: str) -> Locator:
    """The menu of somebody's row, open."""
    row = people_panel(person).get_by_role("listitem").filter(has_text=name)
    row.get_by_role("button", name="More about").click()
    menu = person.page.get_by_role("menu").filter(has_text=name)
    expect(menu).to_be_visible()
    return menu


def room_menu(person: Person) -> Locator:
    """The menu of the whole room, open."""
    people_panel(person).get_by_role("button", name="The room", exact=True).click()
    menu = person.page.get_by_role("menu", name="The room")
    expect(menu).to_be_visible()
    return menu


def choose(person: Person, name: str) -> None:
    person.page.get_by_role("menuitem", name=name, exact=True).click()


def agree(person: Person, words: str) -> None:
    """Press the button of the open dialog that does it."""
    dialog = person.page.get_by_role("dialog")
    dialog.get_by_role("button", name=words, exact=True).click()
    expect(dialog).to_be_hidden()


def turn_lobby(person: Person, *, on: bool = True) -> None:
    """Let people wait outside from now on, or no longer."""
    row = room_menu(person).get_by_role("menuitemcheckbox", name=re.compile("^Lobby"))
    row.click()
    expect(row).to_have_attribute("aria-checked", "true" if on else "false")
    person.page.keyboard.press("Escape")
    expect(row).to_be_hidden()

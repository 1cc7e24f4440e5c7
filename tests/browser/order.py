"""What hosts press to keep order in a call, and what everybody reads of it."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.person import Person
from tests.browser.visitor import Visitor

KNOCKING = "The host knows you are here"
TURNED_AWAY = "The host did not let you in this time"
REMOVED = "The host removed you from this call"
ENDED = "The host ended the call for everybody"
REVOKED = "Your place in this call is gone"


def sign_in(person: Person, account: Visitor) -> Person:
    """Their browser is logged in to an account that was signed up elsewhere."""
    person.context.add_cookies(
        [
            {"name": cookie.name, "value": cookie.value or "", "url": account.url}
            for cookie in account.jar
        ]
    )
    return person


def people_panel(person: Person) -> Locator:
    panel = person.page.get_by_role("complementary", name="People", exact=True)
    if not panel.is_visible():
        person.press("People")
    expect(panel).to_be_visible()
    return panel


def row(person: Person, name: str) -> Locator:
    """Somebody's row in the panel."""
    return people_panel(person).get_by_role("listitem").filter(has_text=name)


def ask_about(host: Person, name: str) -> Locator:
    """The menu of somebody's row, open."""
    panel = people_panel(host)
    panel.get_by_role("button", name=re.compile(f"^More about {name}")).click()
    menu = host.page.get_by_role("menu").filter(has_text=name)
    expect(menu).to_be_visible()
    return menu


def choose(host: Person, what: str) -> None:
    """Press a row of the open menu."""
    host.page.get_by_role("menuitem", name=what, exact=True).click()


def deed(host: Person, name: str, what: str, *, agree: str = "") -> None:
    """Press what the menu of somebody's row offers, and agree to its question."""
    ask_about(host, name)
    choose(host, what)
    if agree:
        answer(host, agree)


def answer(host: Person, act: str) -> None:
    dialog = host.page.get_by_role("dialog")
    dialog.get_by_role("button", name=act, exact=True).click()
    expect(dialog).to_be_hidden()


def open_room(host: Person) -> Locator:
    """The menu of the whole room, open."""
    people_panel(host).get_by_role("button", name="The room", exact=True).click()
    menu = host.page.get_by_role("menu", name="The room")
    expect(menu).to_be_visible()
    return menu


def turn_lobby(host: Person) -> None:
    """Let people wait outside from now on."""
    lobby = open_room(host).get_by_role("menuitemcheckbox", name=re.compile("^Lobby"))
    lobby.click()
    expect(lobby).to_have_attribute("aria-checked", "true")
    host.page.keyboard.press("Escape")
    expect(lobby).to_be_hidden()


def room_menu(host: Person, what: str, *, agree: str = "") -> None:
    menu = open_room(host)
    menu.get_by_role("menuitem").or_(menu.get_by_role("menuitemcheckbox")).filter(
        has_text=what
    ).click()
    if agree:
        answer(host, agree)


def power(host: Person, what: str) -> None:
    """Turn one of the switches of the open dialog, and close it."""
    dialog = host.page.get_by_role("dialog")
    switch = dialog.get_by_role("switch", name=re.compile(f"^{what}"))
    before = switch.get_attribute("aria-checked")
    switch.click()
    expect(switch).to_have_attribute(
        "aria-checked", "false" if before == "true" else "true"
    )
    dialog.get_by_role("button", name="Done").click()


def reads(person: Person, heading: str) -> None:
    """Their page has this heading."""
    expect(person.page.get_by_role("heading", name=heading)).to_be_visible()

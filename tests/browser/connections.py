"""What a person sees and presses to learn how pairs are connected."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from tests.browser.person import Person

TROUBLE_SECONDS = 30.0
EVERYONE = "Everyone\u2019s connections"
TO = " \u2013 "
BY = "\u00d7"
NOTHING = "\u2013"


def panel(person: Person, title: str = "Connections") -> Locator:
    return person.page.get_by_role("complementary", name=title, exact=True)


def details(person: Person, other: str) -> Locator:
    """Open the details of a pair from the other's tile."""
    person.tile(other).get_by_role("button", name=re.compile("^More about")).click()
    person.page.get_by_role("menuitem", name="Connection details").click()
    shown = panel(person, other)
    expect(shown).to_be_visible()
    return shown


def row(shown: Locator, label: str) -> tuple[str, str]:
    """Both numbers of one row of a pair: what comes and what goes."""
    found = shown.get_by_role("row").filter(
        has=shown.page.get_by_role("rowheader", name=label, exact=True)
    )
    comes, goes = found.get_by_role("cell").all_inner_texts()
    return comes, goes


def overview(person: Person) -> Locator:
    """All connections, opened from the menu that every width has."""
    person.press("More")
    person.page.get_by_role("menuitem", name="Connections").click()
    shown = panel(person)
    expect(shown).to_be_visible()
    return shown


def matrix(person: Person) -> Locator:
    """Everybody's connections, which hosts may see, from the open overview."""
    person.page.get_by_role("button", name=EVERYONE).click()
    shown = person.page.get_by_role("dialog", name=EVERYONE)
    expect(shown).to_be_visible()
    return shown


def cell(shown: Locator, of: str, to: str) -> str:
    """What the page of one says of its pair with the other."""
    names = shown.get_by_role("columnheader").all_inner_texts()
    found = shown.get_by_role("row").filter(
        has=shown.page.get_by_role("rowheader", name=of, exact=True)
    )
    texts = found.get_by_role("cell").all_inner_texts()
    return str(texts[names.index(to)])


def says(person: Person, other: str, why: str) -> None:
    """The tile names the other and the cause, and that it goes on."""
    tile = person.tile(other)
    title = f"You and {other.split()[0]} cannot reach each other"
    timeout = TROUBLE_SECONDS * 1000
    expect(tile.get_by_text(title)).to_be_visible(timeout=timeout)
    expect(tile.locator('[data-part="trouble-text"]')).to_contain_text(
        why, timeout=timeout
    )
    expect(tile.locator('[data-part="trouble-text"]')).to_contain_text("keep trying")

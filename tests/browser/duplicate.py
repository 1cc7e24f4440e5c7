"""A tab that its owner duplicates: the same cookies, and the same memory of the tab."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.person import Person


def duplicate(person: Person) -> Person:
    """The second tab, loaded as browsers load a duplicate: not by a link.

    What a window opens begins with a copy of the tab's storage (HTML, 7.3.1.7).
    """
    with person.context.expect_page() as opened:
        person.page.evaluate("() => { open(location.href); }")
    twin = Person(person.context, opened.value, person.name, person.url)
    twin.room = person.room
    # Before the first one is there, a reload would be no reload; and the empty page
    # that every window begins with counts as loaded.
    twin.page.wait_for_url(person.page.url)
    twin.page.locator("[data-part=door-page][data-ready]").wait_for()
    twin.page.reload()
    expect(question(twin)).to_be_visible()
    twin.page.bring_to_front()
    return twin


def question(person: Person) -> Locator:
    """What a duplicated tab is asked, and what the tab says that lost its seat."""
    return person.page.get_by_role(
        "heading", name="You are in this call in another tab"
    )

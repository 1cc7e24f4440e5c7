"""Order in the call: the lobby on both sides, what hosts do, what others see."""

from __future__ import annotations

import re
from contextlib import ExitStack

from playwright.sync_api import Page, expect

from tests.browser.order import answer, ask_about, choose, open_room, turn_lobby
from tests.browser.person import Person
from tests.browser.pictures import (
    DESKTOP,
    LOOKS,
    PHONE,
    Studio,
    everywhere,
    playing,
    scene,
    take,
)
from tests.browser.seat import seat_at

SIZES = (("desktop", DESKTOP), ("phone", PHONE))
# With a Cyrillic letter, which nobody sees.
TWIN = "Mira L\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}ndqvist"
DIALOGS = ("Remove from the call", "Change name", "What they may do", "Report")


def hosted(
    studio: Studio, *others: str, first: dict[str, int] = DESKTOP, theme: str = "light"
) -> tuple[str, Person, list[Person]]:
    """A call of the room's owner, who is Mira, and these guests."""
    room = studio.owner.new_room("Friday kitchen table", limit=16)
    mira = studio.person("mira", viewport=first, theme=theme, signed_in=True)
    mira.join(room)
    guests = []
    for number, other in enumerate(others):
        person = studio.person(other, speaks=number == 0)
        guests.append(person.join(room))
        mira.tile(person.name).wait_for()
    mira.meets(len(guests), sound=False, seconds=90)
    return room, mira, guests


def still(page: Page) -> None:
    page.wait_for_function("() => document.getAnimations().length === 0")


def quiet(page: Page) -> None:
    """Wait until no toast is left, and nothing moves."""
    expect(page.locator('[data-part="toast"]')).to_be_hidden(timeout=60_000)
    still(page)


@scene
def order_people(studio: Studio) -> None:
    """The people panel: who waits, who is here, and a host's menu."""
    for kind, viewport in SIZES:
        room, mira, _ = hosted(studio, "amara", "tomas", "june", first=viewport)
        page = mira.page
        turn_lobby(mira)
        with ExitStack() as seats:
            seats.enter_context(seat_at(studio.server.url, room)).join("Kenji Mori")
            page.get_by_text("Kenji Mori is waiting").first.wait_for()
            still(page)
            take(page, f"host-knock-{kind}")
            quiet(page)
            take(page, f"host-people-{kind}")
            ask_about(mira, "June Park")
            still(page)
            take(page, f"host-menu-{kind}")
            page.keyboard.press("Escape")
            seats.enter_context(seat_at(studio.server.url, room)).join("Mira Lindqvist")
            page.get_by_role("heading", name="Waiting outside, 2").wait_for()
            quiet(page)
            take(page, f"host-knocks-{kind}")
        page.locator("[data-part=knocks]").wait_for(state="hidden")
        open_room(mira)
        still(page)
        take(page, f"host-room-{kind}")
        studio.opened.close()


@scene
def order_dialogs(studio: Studio) -> None:
    """Every dialog of a host, and the banners that come of it."""
    for kind, viewport in SIZES:
        _, mira, (amara, june) = hosted(studio, "amara", "june", first=viewport)
        page = mira.page
        for row in (
            "Remove from the call",
            "Change name",
            "What they may do",
            "Report",
        ):
            ask_about(mira, "June Park")
            choose(mira, row)
            page.locator("dialog[open]").wait_for()
            still(page)
            take(page, f"host-{row.split()[0].lower()}-{kind}")
            page.keyboard.press("Escape")
            page.locator("dialog[open]").wait_for(state="hidden")
        open_room(mira)
        choose(mira, "What people may do")
        page.get_by_role("switch", name=re.compile("Write in the chat")).click()
        amara.press("Chat")
        amara.page.get_by_text("does not allow you to write").last.wait_for()
        still(amara.page)
        take(amara.page, f"host-barred-{kind}")
        answer(mira, "Done")
        ask_about(mira, "June Park")
        choose(mira, "Mute")
        expect(june.button("Unmute")).to_be_visible()
        ask_about(mira, "June Park")
        choose(mira, "Ask to unmute")
        june.page.set_viewport_size(viewport)  # type: ignore[arg-type] # a typed dict
        june.page.get_by_text("asks you to unmute").first.wait_for()
        quiet(june.page)
        take(june.page, f"host-asked-{kind}")
        open_room(mira)
        choose(mira, "End the call for everyone")
        page.locator("dialog[open]").wait_for()
        still(page)
        take(page, f"host-end-{kind}")
        answer(mira, "End the call")
        page.get_by_role("button", name="Take it back").wait_for()
        still(page)
        take(page, f"host-ending-{kind}")
        page.get_by_role("button", name="Take it back").click()
        page.get_by_role("button", name="Take it back").wait_for(state="hidden")
        studio.opened.close()


@scene
def order_tiles(studio: Studio) -> None:
    """Guests, a name like another's, and somebody shown large to everybody."""
    for kind, viewport in SIZES:
        room, mira, (amara, _) = hosted(studio, "amara", "june", first=viewport)
        twin = studio.person("tomas")
        twin.name = TWIN
        twin.join(room)
        mira.tile(TWIN).wait_for()
        mira.meets(3, sound=False, seconds=90)
        playing(mira.page, 3)
        quiet(mira.page)
        take(mira.page, f"host-tiles-{kind}")
        mira.page.get_by_role("button", name="More about Amara").first.click()
        still(mira.page)
        take(mira.page, f"host-tile-menu-{kind}")
        choose(mira, "Show large for everyone")
        amara.page.locator('[data-part="tile"][data-own][data-large]').wait_for()
        mira.page.locator('[data-part="tile"][data-large]').wait_for()
        quiet(mira.page)
        take(mira.page, f"host-spotlight-{kind}")
        studio.opened.close()


@scene
def order_lobby(studio: Studio) -> None:
    """Outside: waiting, refused, and a door that is locked."""
    for name, theme, viewport in LOOKS:
        room, mira, _ = hosted(studio)
        turn_lobby(mira)
        kenji = studio.person("kenji", theme=theme, viewport=viewport)
        kenji.open(room)
        kenji.page.get_by_text("A host lets people in here").wait_for()
        kenji.press_join()
        kenji.page.get_by_text("The host knows you are here").wait_for()
        playing(kenji.page, 1)
        take(kenji.page, f"lobby-{name}")
        mira.page.get_by_role("button", name="Refuse Kenji Mori").click()
        kenji.page.get_by_text("did not let you in this time").wait_for()
        take(kenji.page, f"lobby-refused-{name}")
        mira.page.get_by_role("button", name="Lock the room").click()
        kenji.open(room)
        kenji.press_join()
        kenji.page.get_by_text("The room is still locked").wait_for()
        playing(kenji.page, 1)
        take(kenji.page, f"lobby-locked-{name}")
        studio.opened.close()


@scene
def order_over(studio: Studio) -> None:
    """Removed, and the call ended for everybody."""
    _, mira, (amara, june) = hosted(studio, "amara", "june")
    ask_about(mira, "June Park")
    choose(mira, "Remove from the call")
    answer(mira, "Remove")
    june.page.get_by_text("The host removed you from this call").wait_for()
    everywhere(june.page, "host-removed")
    june.page.goto(june.url + june.room)
    everywhere(june.page, "host-kept-out")
    open_room(mira)
    choose(mira, "End the call for everyone")
    answer(mira, "End the call")
    amara.page.get_by_text("The host ended the call for everybody").wait_for()
    everywhere(amara.page, "host-ended")

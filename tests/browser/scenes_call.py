"""The call's ways to hand on its link, faces in still pictures, and plain http."""

from __future__ import annotations

from contextlib import ExitStack

from playwright.sync_api import Page

from conference.lan import addresses
from tests.browser.duplicate import duplicate
from tests.browser.person import Person
from tests.browser.pictures import (
    DESKTOP,
    DRAWN,
    LOOKS,
    PHONE,
    Studio,
    both,
    owner_at,
    playing,
    scene,
    take,
)
from tests.browser.seat import seat_at
from tests.servers import parley_server


def open_invite(person: Person) -> None:
    """Press "Invite" where this width has it."""
    page = person.page
    button = page.get_by_role("button", name="Invite", exact=True)
    if not button.first.is_visible():
        person.press("More")
        button = page.get_by_role("menuitem", name="Invite", exact=True)
    button.first.click()
    page.get_by_role("dialog", name="Invite").wait_for()


def show_code(page: Page) -> None:
    page.get_by_role("button", name="Show QR code").click()
    page.wait_for_function(
        "() => document.querySelector('[data-part=qr] img')?.naturalWidth > 0"
    )


def still(page: Page) -> None:
    """Wait until every tile has glided to its place."""
    page.wait_for_function("() => document.getAnimations().length === 0")


@scene
def call_invite(studio: Studio) -> None:
    for kind, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        _, people = studio.call("mira", "amara", first=viewport)
        open_invite(people[0])
        playing(people[0].page, 2 if kind == "desktop" else 1)
        take(people[0].page, f"call-invite-{kind}")
        show_code(people[0].page)
        take(people[0].page, f"call-invite-code-{kind}")
        studio.opened.close()


@scene
def call_invited(studio: Studio) -> None:
    """Alone in one's own room for invited people."""
    room = studio.owner.new_room("Choir board", access="invited")
    for kind, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        page = studio.page("light", viewport, signed_in=True)
        mira = Person(page.context, page, "Mira Lindqvist", studio.server.url)
        mira.join(room)
        page.get_by_text("You are the first one here").wait_for()
        take(page, f"call-invited-alone-{kind}")
        page.get_by_role("button", name="Invite", exact=True).first.click()
        page.get_by_role("dialog", name="Invite").wait_for()
        take(page, f"call-invited-{kind}")
        studio.opened.close()


@scene
def plain_http(studio: Studio) -> None:
    """The site under this machine's address, without https: chat alone."""
    with (
        parley_server(addresses()[0], BIND="0.0.0.0", SIGNUP="open") as server,
        Studio(studio.browser, server, owner_at(server)) as away,
    ):
        room = away.owner.new_room()
        for kind, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
            with ExitStack() as seats:
                for other in ("Amara Osei", "Tomas Rey"):
                    seats.enter_context(seat_at(server.url, room)).join(other)
                page = away.page("light", viewport, signed_in=False)
                mira = Person(page.context, page, "Mira", server.url)
                mira.open(room)
                page.get_by_text("https pages only").first.wait_for()
                both(page, f"plain-http-door-{kind}")
                mira.join()
                mira.tile("Amara").wait_for()
                take(page, f"plain-http-call-{kind}")


@scene
def call_faces(studio: Studio) -> None:
    """A picture of one's own in the place of a camera that is off."""
    drawn = studio.page("light", {"width": 400, "height": 400}, signed_in=False)
    drawn.set_content((DRAWN / "mira.svg").read_text())
    face = drawn.locator("svg").screenshot()
    room = studio.owner.new_room()
    for kind, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        page = studio.page("light", viewport, signed_in=True)
        page.goto(f"{studio.server.url}/accounts/profile/")
        page.locator("input[type=file]").set_input_files(
            {"name": "mira.png", "mimeType": "image/png", "buffer": face}
        )
        page.locator("form:has(input[type=file]) button[type=submit]").first.click()
        page.get_by_text("This is your picture now.").wait_for()
        mira = Person(page.context, page, "Mira Lindqvist", studio.server.url)
        mira.join(room)
        mira.press("Turn camera off")
        amara = studio.person("amara", viewport=viewport)
        amara.open(room)
        amara.page.get_by_text("Mira Lindqvist is there").wait_for()
        both(amara.page, f"call-faces-door-{kind}")
        amara.join()
        mira.tile("Amara").wait_for()
        mira.press("People")
        playing(page, 1)
        still(page)
        take(page, f"call-faces-{kind}")
        studio.opened.close()


@scene
def call_unwatched(studio: Studio) -> None:
    """Somebody's picture is not to be seen here; the menu of a tile offers it."""
    for kind, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        _, people = studio.call("mira", "amara", "tomas", first=viewport)
        page = people[0].page
        more = page.get_by_role("button", name="More about Amara")
        more.click()
        row = page.get_by_role("menuitem", name="show this video")
        row.wait_for()
        take(page, f"call-tile-menu-{kind}")
        row.click()
        page.get_by_text("You chose not to see this video").first.wait_for()
        still(page)
        take(page, f"call-unwatched-{kind}")
        more.click()
        page.get_by_role("menuitem", name="Show this video").wait_for()
        take(page, f"call-unwatched-menu-{kind}")
        studio.opened.close()


@scene
def call_tabs(studio: Studio) -> None:
    """A duplicated tab asks; the other one says where the call went."""
    for name, theme, viewport in LOOKS:
        person = studio.person("mira", theme=theme, viewport=viewport)
        person.join(studio.owner.new_room())
        twin = duplicate(person)
        take(twin.page, f"call-tabs-{name}")
        twin.page.get_by_role("button", name="Move here").click()
        twin.is_in()
        person.page.get_by_role("button", name="Carry on here").wait_for()
        take(person.page, f"call-tabs-moved-{name}")
        studio.opened.close()


@scene
def call_many(studio: Studio) -> None:
    """Nine people, one of them kept from view, in small tiles and beside a screen."""
    others = [f"Guest {number}" for number in range(1, 8)]
    for kind, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        room, people = studio.call("mira", "amara", first=viewport)
        page = people[0].page
        with ExitStack() as seats:
            for name in others:
                seats.enter_context(seat_at(studio.server.url, room)).join(name)
            people[0].tile(others[-1]).wait_for(state="attached")
            page.get_by_role("button", name="More about Amara").click()
            page.get_by_role("menuitem", name="show this video").click()
            page.locator('[data-part="toast"]').wait_for(state="hidden")
            still(page)
            take(page, f"call-many-{kind}")
            people[1].press("Share screen")
            people[0].screen.wait_for()
            playing(page, 2)
            still(page)
            take(page, f"call-many-share-{kind}")
        studio.opened.close()

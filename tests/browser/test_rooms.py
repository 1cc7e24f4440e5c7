"""Rooms as people run them: share, give roles, start, find again."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, Request, expect

from tests.browser.audit import audit
from tests.browser.conftest import NewRoom, People
from tests.browser.person import Person
from tests.browser.test_pages_axe import LOOKS
from tests.browser.visitor import Visitor
from tests.servers import Parley

PHONE = {"width": 390, "height": 844}
SHEET = "navigator.share = async (what) => void (window.shared = what);"
# Hears of a form after the page's own scripts; what it heard outlives the page.
SUBMITTED = """() => addEventListener("submit", ({ submitter }) => {
  sessionStorage.submitted = JSON.stringify([
    submitter.ariaBusy,
    submitter.textContent.trim(),
    Math.round(submitter.getBoundingClientRect().width),
  ]);
})"""
NO_SHEET = "delete Navigator.prototype.share;"
TOMAS = """
from accounts.models import User
from rooms.models import Membership, Room
tomas, _ = User.objects.get_or_create(
    email="tomas@example.com", defaults={{"display_name": "Tomas Rey"}}
)
Membership.objects.grant(Room.objects.get(link="{link}"), tomas, "member")
"""
INVITED = """
from datetime import datetime
from accounts.models import User
from rooms.models import Invitation, Room
from rooms.visitors import Visitor
paul, _ = User.objects.get_or_create(
    email="paul@example.com", defaults={{"display_name": "Paul Brandt"}}
)
room = Room.objects.make(owner=paul, name="{name}")
Invitation.objects.issue(
    room=room, made_by=paul, role="member",
    starts_at=datetime.fromisoformat("{begins}"),
)[0].accept(Visitor(User.objects.get(email="owner@example.com"), ""))
"""


def with_tomas(server: Parley, room: str) -> str:
    """Make Tomas a member; the path of the room's page."""
    link = room.strip("/").removeprefix("r/")
    server.manage("shell", "-c", TOMAS.format(link=link))
    return f"{room}room/"


def invited(server: Parley, name: str, begins: datetime) -> None:
    """Let Paul invite the owner to a room of his."""
    code = INVITED.format(name=name, begins=begins.isoformat())
    server.manage("shell", "-c", code)


def read(picture: Locator) -> str:
    """What a phone's camera sees in it."""
    expect(picture).to_be_visible()
    picture.evaluate("(image) => image.decode()")
    shot = Image.open(io.BytesIO(picture.screenshot()))
    (code,) = zxingcpp.read_barcodes(shot)
    text: str = code.text
    return text


def posts(page: Page) -> list[str]:
    """The addresses that the page posts to from now on."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.url)

    page.on("request", note)
    return sent


@pytest.fixture
def olive(people: People) -> Person:
    """The owner of the rooms, at her browser."""
    return people("Olive", signed_in=True)


def test_roles_are_given_and_taken_by_keyboard(
    olive: Person, server: Parley, new_room: NewRoom
) -> None:
    page = olive.page
    olive.goto(with_tomas(server, new_room("Bread club")))
    more = page.get_by_role("button", name="More about Tomas Rey")
    tomas = page.get_by_role("listitem").filter(has=more)
    remove = page.get_by_role("button", name="Remove from room")
    more.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Make co-host")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Make owner")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(remove).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="Make co-host")).to_be_focused()
    page.keyboard.press("End")
    expect(remove).to_be_focused()
    page.keyboard.press("Escape")
    expect(remove).to_be_hidden()
    expect(more).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Tomas Rey is a co-host now.")).to_be_visible()
    expect(tomas.locator(".badge")).to_have_text("Co-host")

    more.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Remove Tomas Rey?")
    keep = dialog.get_by_role("button", name="Keep Tomas Rey here")
    expect(keep).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(more).to_be_focused()

    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    dialog.get_by_role("button", name="Remove", exact=True).press("Enter")
    expect(page.get_by_text("Tomas Rey is removed from this room.")).to_be_visible()
    expect(tomas).to_be_hidden()


def test_the_link_is_handed_to_the_devices_own_sheet(
    people: People, new_room: NewRoom
) -> None:
    room = new_room("Tea & cake")
    with_sheet, without = (people(name, signed_in=True) for name in ("Mira", "June"))
    with_sheet.context.add_init_script(SHEET)
    without.context.add_init_script(NO_SHEET)
    for person, script in ((with_sheet, True), (without, False)):
        person.goto(f"{room}room/")
        button = person.page.get_by_role("button", name="Send with")
        expect(button).to_be_visible(visible=script)
        mail = person.page.get_by_role("link", name="write a mail of your own")
        expect(mail).to_have_attribute("href", re.compile("^mailto:.+Tea%20%26%20cake"))

    page = with_sheet.page
    page.get_by_role("button", name="Send with").click()

    shared = page.evaluate("window.shared")
    assert shared == {"title": "Tea & cake", "url": with_sheet.url + room}


def test_a_phone_reads_the_code_and_a_poster_can_be_made_of_it(
    people: People, new_room: NewRoom
) -> None:
    room = new_room("Bread club")
    phone = people("Mira", signed_in=True, viewport=PHONE, color_scheme="dark")
    page = phone.page
    phone.goto(f"{room}room/")
    small = page.get_by_role("button", name="QR code of the link")
    assert read(small.get_by_role("img")) == phone.url + room

    small.click()

    dialog = page.get_by_role("dialog", name="Point a phone\u2019s camera here")
    large = dialog.get_by_role("img")
    assert read(large) == phone.url + room
    box = large.bounding_box()
    assert box
    assert box["width"] == box["height"] > 280
    with page.expect_download() as download:
        dialog.get_by_role("link", name="Save for a poster").click()
    assert download.value.suggested_filename == "Bread club.svg"
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()
    expect(small).to_be_focused()


def test_one_click_starts_a_meeting_on_the_day_of_the_reader(people: People) -> None:
    # Fourteen hours ahead of UTC, and twelve behind it: another day for one at least.
    for zone in ("Pacific/Kiritimati", "Etc/GMT+12"):
        mira = people("Mira", signed_in=True, timezone_id=zone)
        page = mira.page
        mira.goto("/rooms/")
        before = datetime.now(ZoneInfo(zone))
        page.get_by_role("button", name="Start a meeting", exact=True).click()
        expect(page).to_have_url(re.compile(r"/r/[a-z0-9-]+/$"))
        # Of either day, if midnight was between the two.
        days = {f"{day.day} {day:%B}" for day in (before, datetime.now(ZoneInfo(zone)))}
        expect(page.get_by_role("heading", level=1)).to_have_text(
            re.compile(f"^Olive\u2019s meeting, ({'|'.join(days)})$")
        )
        expect(mira.join_button).to_be_enabled()


def test_a_double_click_sends_once(olive: Person) -> None:
    page = olive.page
    olive.goto("/rooms/")
    sent = posts(page)

    page.get_by_role("button", name="Start a meeting", exact=True).dblclick()

    expect(page).to_have_url(re.compile(r"/r/[a-z0-9-]+/$"))
    expect(olive.join_button).to_be_enabled()
    assert [url.removeprefix(olive.url) for url in sent] == ["/rooms/start/"]


def test_a_form_on_its_way_says_so_and_keeps_its_width(
    olive: Person, new_room: NewRoom
) -> None:
    page = olive.page
    olive.goto(f"{new_room('Bread club')}room/")
    save = page.get_by_role("button", name="Save settings")
    box = save.bounding_box()
    assert box
    page.evaluate(SUBMITTED)

    save.click()

    expect(page.get_by_text("Settings saved.")).to_be_visible()
    shown = json.loads(page.evaluate("sessionStorage.submitted"))
    assert shown == ["true", "Saving\u2026", round(box["width"])]
    expect(save).not_to_have_attribute("aria-busy", "true")


def test_a_form_without_an_answer_can_be_sent_again(
    olive: Person, new_room: NewRoom
) -> None:
    page = olive.page
    path = f"{new_room('Bread club')}room/"
    page.clock.install()
    olive.goto(path)
    # No content: the browser stays where it is, as it does when somebody presses Stop.
    page.route(f"**{path}", lambda route: route.fulfill(status=204))
    page.get_by_role("button", name="Save settings").click()
    saving = page.get_by_role("button", name="Saving\u2026")
    expect(saving).to_have_attribute("aria-busy", "true")

    page.clock.fast_forward(16_000)

    save = page.get_by_role("button", name="Save settings")
    expect(save).not_to_have_attribute("aria-busy", "true")
    page.unroute(f"**{path}")
    save.click()
    expect(page.get_by_text("Settings saved.")).to_be_visible()


def test_without_script_everything_works(
    people: People, server: Parley, new_room: NewRoom
) -> None:
    olive = people("Olive", signed_in=True, java_script_enabled=False)
    page = olive.page
    olive.goto(with_tomas(server, new_room("Bread club")))
    expect(page.get_by_role("button", name="Send with")).to_be_hidden()

    page.get_by_label("Name of the room").fill("Cake club")
    page.get_by_role("button", name="Save settings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cake club")

    page.get_by_role("button", name="More about Tomas Rey").click()
    page.get_by_role("button", name="Make co-host").click()
    expect(page.get_by_text("Tomas Rey is a co-host now.")).to_be_visible()

    page.get_by_role("button", name="Delete room").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete room").click()
    expect(page.get_by_text("Cake club is deleted.")).to_be_visible()

    page.get_by_role("button", name="Start a meeting", exact=True).click()
    expect(page).to_have_url(re.compile(r"/r/[a-z0-9-]+/$"))


@pytest.mark.parametrize(
    ("days", "words"), [(0, "Today"), (1, "Tomorrow"), (40, "{0.day} {0:%B}")]
)
def test_a_meeting_is_told_by_the_readers_clock(
    people: People, server: Parley, days: int, words: str
) -> None:
    zone = ZoneInfo("Asia/Tokyo")
    now = datetime.now(zone)
    evening = now.replace(hour=23, minute=30, second=0, microsecond=0)
    begins = evening + timedelta(days=days)
    name = f"Workshop in {days}"
    invited(server, name, begins.astimezone(UTC))
    olive = people("Olive", signed_in=True, timezone_id=zone.key)
    olive.page.clock.set_fixed_time(now)

    olive.goto("/rooms/")

    row = olive.page.get_by_role("listitem").filter(has_text=name)
    year = "" if begins.year == now.year or days < 2 else f" {begins.year}"
    expect(row).to_contain_text(
        f"{words.format(begins)}{year} at 23:30, from Paul Brandt"
    )


def test_a_room_is_given_up_after_one_question(olive: Person, server: Parley) -> None:
    page = olive.page
    invited(server, "Board games", datetime.now(UTC))
    olive.goto("/rooms/")
    more = page.get_by_role("button", name="More about Board games")
    more.click()
    page.get_by_role("button", name="Give this room up").click()
    dialog = page.get_by_role("dialog", name="Give Board games up?")
    expect(dialog.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Escape")
    expect(more).to_be_focused()

    more.click()
    page.get_by_role("button", name="Give this room up").click()
    dialog.get_by_role("button", name="Give it up").click()

    expect(page.get_by_text("You gave Board games up.")).to_be_visible()
    expect(more).to_be_hidden()


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_rooms(
    people: People, server: Parley, new_room: NewRoom, owner: Visitor, look: str
) -> None:
    room = with_tomas(server, new_room("Bread club", access="invited"))
    name = f"Workshop, {look}"
    invited(server, name, datetime.now(UTC))
    person = people("Olive", signed_in=True, **LOOKS[look])
    page = person.page

    def look_at(what: str, button: str | re.Pattern[str], inside: str) -> None:
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("button", name=inside).first).to_be_visible()
        audit(page, what)

    person.goto("/rooms/")
    audit(page, "my rooms")
    look_at("menu of a room", f"More about {name}", "Give this room up")
    look_at("question", "Give this room up", "Keep it")
    person.goto(room)
    audit(page, "room")
    look_at("menu of a person", "More about Tomas Rey", "Remove from room")
    look_at("removing", "Remove from room", "Keep Tomas Rey here")
    page.keyboard.press("Escape")
    look_at("code", "QR code of the link", "Close")
    page.keyboard.press("Escape")
    look_at("inviting", "Invite by e-mail", "Back")

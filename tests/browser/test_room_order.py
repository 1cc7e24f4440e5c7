"""Order in a room, from its page: by keyboard, without script, and in a call."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.audit import audit_both
from tests.browser.conftest import NewRoom, People
from tests.browser.person import meet
from tests.browser.test_pages_axe import log_in
from tests.browser.test_rooms import with_tomas
from tests.browser.visitor import Visitor
from tests.servers import Parley

KEPT_OUT = """
from datetime import timedelta
from django.utils import timezone
from rooms.models import Ban, Room
room = Room.objects.get(link="{link}")
def keep_out(name, person, **fields):
    made = room.owner
    Ban.objects.create(room=room, name=name, person=person, made_by=made, **fields)
keep_out("June Park", "g:june", until=timezone.now() + timedelta(hours=5))
keep_out("Kenji Mori", "g:kenji", reason="Shouted at everybody, twice")
"""
BANNED = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from rooms.models import Ban, Room
Ban.objects.create(
    room=Room.objects.get(link="{link}"), person="u:0", name="Noor Haddad",
    user=User.objects.get(email="{email}"), reason="Shouted at everybody",
    until={until},
)
"""
SOON = "timezone.now() + timedelta(hours=5)"


def link_of(room: str) -> str:
    return room.strip("/").removeprefix("r/")


def test_without_script_hosts_keep_order(
    people: People, server: Parley, new_room: NewRoom
) -> None:
    olive = people("Olive", signed_in=True, java_script_enabled=False)
    page = olive.page
    olive.goto(with_tomas(server, new_room("Bread club")))

    page.get_by_label("Ask a host before somebody comes in").check()
    page.get_by_label("Share a screen").uncheck()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_label("Ask a host before somebody comes in")).to_be_checked()
    expect(page.get_by_label("Share a screen")).not_to_be_checked()
    expect(page.get_by_label("Write in the chat")).to_be_checked()

    page.get_by_text("Set a password").click()
    page.get_by_label("New password").fill("bread")
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_text("Use six characters at least.")).to_be_visible()
    page.get_by_label("New password").fill("brown bread")
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_text("The password is set.")).to_be_visible()
    page.get_by_role("button", name="Ask for no password").click()
    expect(page.get_by_text("No password is asked for any more.")).to_be_visible()

    page.get_by_role("button", name="More about Tomas Rey").click()
    page.get_by_role("button", name="Remove from room").click()
    dialog = page.get_by_role("dialog", name="Remove Tomas Rey?")
    dialog.get_by_label("Keep out for longer").check()
    dialog.get_by_role("button", name="Remove", exact=True).click()
    kept = page.get_by_role("region", name="Kept out")
    expect(kept).to_contain_text("Until a host lets them back in")
    kept.get_by_role("button", name="Let back in Tomas Rey").click()
    expect(page.get_by_text("Tomas Rey may come in again")).to_be_visible()
    expect(kept).to_have_count(0)

    page.get_by_role("link", name="New link").click()
    page.get_by_role("button", name="Make a new link").click()
    expect(page.get_by_text("This room has a new link.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bread club")


def test_a_room_is_given_away_after_a_question(
    people: People, server: Parley, new_room: NewRoom
) -> None:
    olive = people("Olive", signed_in=True)
    page = olive.page
    room = with_tomas(server, new_room("Bread club"))
    for answer in ("Keep the room", "Give the room away"):
        olive.goto(room)
        page.get_by_role("button", name="More about Tomas Rey").click()
        page.get_by_role("link", name="Make owner").click()
        question = page.get_by_role("heading", level=1)
        expect(question).to_have_text("Make Tomas Rey the owner of Bread club?")
        page.get_by_role("main").get_by_text(answer).click()
        expect(page).to_have_url(olive.url + room)
    expect(page.get_by_text("Tomas Rey owns this room now.")).to_be_visible()
    expect(page.get_by_role("button", name="Delete room")).to_have_count(0)
    expect(page.get_by_role("heading", name="Order in the room")).to_be_visible()


def test_who_is_in_the_call_stays_and_is_shown_the_new_link(
    people: People, owner: Visitor, new_room: NewRoom
) -> None:
    old = new_room("Bread club")
    mira, tomas = people("Mira"), people("Tomas")
    for person in (mira, tomas):
        person.join(old)
    meet(mira, tomas)
    late = people("June")
    late.open(old)
    late.excuse("status of 404")
    mira.page.get_by_role("button", name="Invite", exact=True).click()
    box = mira.page.get_by_role("dialog", name="Invite")
    box.get_by_role("button", name="Show QR code").click()
    expect(box.get_by_role("img", name="QR code of the link")).to_be_visible()

    page = owner.post(f"{old}new-link/", form=f"{old}new-link/")
    new = re.sub(r"room/$", "", page.removeprefix(owner.url))

    assert new != old
    for person in (mira, tomas):
        expect(person.page).to_have_url(person.url + new)
    said = mira.page.get_by_text("This room has a new link.")
    expect(said.first).to_be_attached()
    expect(box.locator('[data-part="invite-link"]')).to_have_text(
        f"{mira.url}{new}".split("://")[1]
    )
    expect(box.get_by_role("img", name="QR code of the link")).to_have_attribute(
        "src", f"{new}qr.svg"
    )
    # Nobody went, and every pair goes on as it is.
    mira.frames_grow()
    assert mira.got("peer-left") == tomas.got("peer-left") == []
    # Who only looked in by the old link has it no more.
    expect(
        late.page.get_by_role("heading", name="This link opens nothing for you")
    ).to_be_visible()

    tomas.page.reload()
    tomas.is_in()
    meet(mira, tomas)
    tomas.press("Leave")
    expect(tomas.page).to_have_url(f"{tomas.url}{new}left/")


@pytest.mark.parametrize("access", ["anyone", "invited"])
def test_axe_finds_nothing_where_order_is_kept(
    people: People, server: Parley, new_room: NewRoom, access: str
) -> None:
    olive = people("Olive", signed_in=True)
    page = olive.page
    call = new_room("Bread club", access=access)
    room = with_tomas(server, call)
    server.manage("shell", "-c", KEPT_OUT.format(link=link_of(call)))
    olive.goto(room)
    audit_both(page, "room with people who are kept out")
    page.get_by_text("Set a password").click()
    page.get_by_role("button", name="Set it").click()
    expect(page.locator("[aria-invalid=true]")).to_be_visible()
    audit_both(page, "password refused")
    page.get_by_label("New password").fill("brown bread")
    page.get_by_role("button", name="Set it").click()
    expect(page.get_by_text("The password is set.")).to_be_visible()
    audit_both(page, "password set")
    for button in ("Make owner", "Take the role away"):
        olive.goto(room)
        page.get_by_role("button", name="More about Tomas Rey").click()
        page.get_by_role("link", name=button).click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Tomas Rey")
        audit_both(page, button)
    olive.goto(room)
    page.get_by_role("link", name="New link").click()
    audit_both(page, "new link")


@pytest.mark.parametrize("until", ["None", SOON])
def test_who_is_kept_out_is_told_what_to_do(
    people: People, server: Parley, new_room: NewRoom, until: str
) -> None:
    room = new_room("Bread club")
    email = f"noor-{link_of(room)}@example.com"
    noor = Visitor(server.url)
    noor.sign_up(email, "Noor Haddad")
    person = people("Noor")
    log_in(person, noor)
    code = BANNED.format(link=link_of(room), email=email, until=until)
    server.manage("shell", "-c", code)
    person.excuse("status of 403")

    person.goto(room)

    page = person.page
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(
        "The host keeps you out of this room"
        if until == "None"
        else "The host removed you from this call"
    )
    expect(page.get_by_text("Shouted at everybody")).to_be_visible()
    audit_both(page, "kept out")
    page.get_by_role("link", name="Try again").click()
    expect(heading).to_be_visible()


def test_a_room_asks_for_its_password(
    people: People, owner: Visitor, new_room: NewRoom
) -> None:
    room = new_room("Bread club")
    owner.post(f"{room}room/password/", form=f"{room}room/", password="brown bread")
    mira = people("Mira")
    page = mira.page
    mira.goto(room)
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This room has a password"
    )
    expect(page.get_by_text("Bread club")).to_have_count(0)
    audit_both(page, "password")
    page.get_by_label("Password").fill("white bread")
    page.get_by_role("button", name="Go in").click()
    expect(page.get_by_text("This is not the password.")).to_be_visible()
    audit_both(page, "wrong password")
    page.get_by_label("Password").fill("brown bread")
    page.get_by_role("button", name="Go in").click()
    expect(page).to_have_url(mira.url + room)
    mira.press_join()
    mira.is_in()

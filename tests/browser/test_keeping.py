"""Who came as a guest makes an account after the call, and keeps their place."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewRoom, People
from tests.browser.person import Person
from tests.browser.test_invitations import MAKE_OWNER, PASSWORD
from tests.mail_server import SmtpServer, mail_server
from tests.servers import Parley, parley_server

JUNE = "june@example.org"
INVITE = """
from rooms.models import Invitation, Room
room = Room.objects.get(name="Bread club")
print("token:", Invitation.objects.issue(
    room=room, made_by=room.owner, role="{role}", uses_limit=1
)[1])
"""


@pytest.fixture
def post() -> Iterator[SmtpServer]:
    with mail_server() as started:
        yield started


@pytest.fixture
def closed_site(post: SmtpServer) -> Iterator[Parley]:
    """Accounts by invitation only, with an address that is confirmed by mail."""
    with parley_server(SIGNUP="invited", **post.settings) as server:
        yield server
        assert "Traceback" not in server.words(), server.words()


@pytest.fixture
def bread_club(closed_site: Parley) -> str:
    """The path of an invited-only room of Mira's."""
    said = closed_site.manage("shell", "-c", MAKE_OWNER)
    return f"/r/{said.rpartition('link: ')[2].strip()}/"


def invitation_to(server: Parley, role: str) -> str:
    """The path of an invitation to the bread club, for one person."""
    said = server.manage("shell", "-c", INVITE.format(role=role))
    return f"/i/{said.rpartition('token: ')[2].strip()}/"


def leave(person: Person) -> None:
    """Hang up, up to the page after the call."""
    person.press("Leave")
    heading = person.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("You left the call")


def make_account(person: Person, email: str) -> None:
    """Fill in the sign-up form, to which a link on this page leads."""
    page = person.page
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Your name").fill(person.name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()


def confirm(person: Person, post: SmtpServer, email: str) -> None:
    """Open the link of the mail, and log in where it leads."""
    page = person.page
    page.goto(post.mail_to(email).link("/accounts/confirm-email/"))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()


def listed(person: Person, section: str, room: str) -> Locator:
    """The room's row in this section of My rooms."""
    person.goto("/rooms/")
    region = person.page.get_by_role("region", name=section)
    return region.get_by_role("listitem").filter(has_text=room)


def test_a_guest_by_link_finds_the_room_again(
    people: People, new_room: NewRoom
) -> None:
    path = new_room("Choir practice")
    june = people("June").join(path)
    leave(june)
    expect(june.page.get_by_role("region", name="Keep your place")).to_contain_text(
        "Choir practice stands in \u201cMy rooms\u201d"
    )

    make_account(june, "june.by.link@example.org")

    expect(june.page).to_have_url(june.url + path)
    row = listed(june, "Recent", "Choir practice")
    expect(row).to_be_visible()
    row.get_by_role("link", name=re.compile("^Open")).click()
    expect(june.page).to_have_url(june.url + path)


def test_an_invited_guest_keeps_their_place_in_a_closed_room(
    closed_site: Parley, post: SmtpServer, bread_club: str, people: People
) -> None:
    june = people("June", server=closed_site)
    june.goto(invitation_to(closed_site, "guest"))
    june.page.get_by_role("button", name="Accept and come in").click()
    expect(june.page).to_have_url(june.url + bread_club)
    june.join()
    leave(june)

    make_account(june, JUNE)

    expect(june.page.get_by_text("Look into your mail")).to_be_visible()
    # Nothing is lost meanwhile, nor after a second thought.
    june.open(bread_club)
    expect(june.join_button).to_be_visible()
    confirm(june, post, JUNE)
    expect(june.page).to_have_url(june.url + bread_club)
    expect(listed(june, "You are invited to", "Bread club")).to_be_visible()
    # By the account alone, on another device.
    elsewhere = people("June", server=closed_site)
    elsewhere.goto(f"/accounts/login/?next={bread_club}")
    elsewhere.page.get_by_label("E-mail").fill(JUNE)
    elsewhere.page.get_by_label("Password").fill(PASSWORD)
    elsewhere.page.get_by_role("main").get_by_role(
        "button", name="Log in", exact=True
    ).click()
    expect(elsewhere.join_button).to_be_visible()


def test_a_misspelt_address_costs_a_member_nothing(
    closed_site: Parley, post: SmtpServer, bread_club: str, people: People
) -> None:
    june = people("June", server=closed_site)
    path = invitation_to(closed_site, "member")
    june.goto(path)
    make_account(june, "jnue@example.org")
    expect(june.page.get_by_text("Look into your mail")).to_be_visible()

    june.goto(path)
    make_account(june, JUNE)
    confirm(june, post, JUNE)

    expect(june.page).to_have_url(june.url + path)
    june.page.get_by_role("link", name="Go to the room").click()
    expect(june.page).to_have_url(june.url + bread_club)
    row = listed(june, "You are invited to", "Bread club")
    expect(row.get_by_text("Member", exact=True)).to_be_visible()

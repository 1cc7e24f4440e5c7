"""Log-in with a real OpenID Connect provider, clicked through in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import audit, audit_both
from tests.browser.conftest import People
from tests.browser.person import Person
from tests.browser.visitor import PASSWORD
from tests.oidc import real_provider
from tests.servers import Parley, folder_for, free_port

NAME = "Harbour Club"
PEOPLE = {
    "mira": {"email": "mira@example.org", "email_verified": True, "name": "Mira Lind"},
    "june": {"email": "june@example.org", "email_verified": True, "name": "June"},
    "noor": {"email": "noor@example.org", "email_verified": True, "name": "Noor"},
    "eve": {"email": "chief@example.org", "email_verified": False, "name": "Eve"},
}

TAKEN = """
from accounts.models import User
User.objects.create_user("noor@example.org", display_name="Noor")
"""


@pytest.fixture(scope="module")
def club_server() -> Iterator[Parley]:
    """A server on which an account needs an invitation, or the club."""
    with folder_for("club") as folder:
        server = Parley(folder, SIGNUP="invited")
        with real_provider(free_port(), server.url, **PEOPLE) as provider:
            server.env.update(provider.settings)
            server.prepare()
            try:
                yield server.start()
            finally:
                server.end()
        assert "Traceback" not in server.words(), server.words()


def leave(person: Person, begin: str = "/accounts/login/") -> Page:
    person.goto(begin)
    audit(person.page, begin)
    person.page.get_by_role("button", name=f"Log in with {NAME}").click()
    expect(person.page.get_by_placeholder("Enter any login")).to_be_visible()
    return person.page


def log_in_there(page: Page, name: str) -> None:
    page.get_by_placeholder("Enter any login").fill(name)
    page.get_by_placeholder("and password").fill("anything")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def test_a_member_of_the_club_comes_in_and_goes_on(
    club_server: Parley, people: People
) -> None:
    mira = people("Mira", server=club_server)
    page = leave(mira, "/accounts/login/?next=/rooms/new/")
    log_in_there(page, "mira")

    expect(page).to_have_url(f"{mira.url}/rooms/new/")
    expect(page.get_by_role("button", name="Your account, Mira Lind")).to_be_visible()


def test_the_page_for_the_uninvited_offers_the_club(
    club_server: Parley, people: People
) -> None:
    mira = people("Mira", server=club_server)
    mira.excuse("403")
    mira.goto("/accounts/signup/")
    audit_both(mira.page, "for the uninvited")
    page = leave(mira, "/accounts/signup/")
    log_in_there(page, "mira")

    expect(page).to_have_url(f"{mira.url}/rooms/")


def test_an_unproven_address_is_explained(club_server: Parley, people: People) -> None:
    eve = people("Eve", server=club_server)
    eve.excuse("403")
    page = leave(eve)
    log_in_there(page, "eve")

    expect(page.get_by_role("heading", name="You are not logged in")).to_be_visible()
    expect(page.get_by_text("whether chief@example.org is your")).to_be_visible()
    audit_both(page, "An unproven address")


def test_who_turns_back_finds_the_way(club_server: Parley, people: People) -> None:
    mira = people("Mira", server=club_server)
    page = leave(mira)
    page.get_by_role("link", name="Cancel").click()

    expect(page.get_by_role("heading", name="You are not logged in")).to_be_visible()
    page.get_by_role("link", name="Back to the log-in").click()
    expect(page.get_by_role("button", name=f"Log in with {NAME}")).to_be_visible()


def test_a_member_sets_a_password_and_may_part_from_the_club_then(
    club_server: Parley, people: People
) -> None:
    june = people("June", server=club_server)
    page = leave(june, "/accounts/login/?next=/accounts/3rdparty/")
    log_in_there(page, "june")

    expect(page.get_by_text("It is your only way in.")).to_be_visible()
    audit_both(page, "the only way in")
    page.get_by_role("link", name="Set a password").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, again").fill(PASSWORD)
    audit_both(page, "a first password")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_text("Your password is set.")).to_be_visible()

    june.goto("/accounts/3rdparty/")
    part = page.get_by_role("button", name=f"Part from {NAME}")
    part.click()
    expect(page.get_by_role("button", name="Stay joined")).to_be_focused()
    audit_both(page, "the question about parting")
    page.get_by_role("button", name="Stay joined").click()
    expect(part).to_be_focused()
    part.click()
    page.get_by_role("dialog").get_by_role("button", name="Part from it").click()
    # Who has just set a password has not yet given it.
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("button", name=f"Join with {NAME}")).to_be_visible()
    audit(page, "parted")


def test_whose_address_is_taken_and_who_comes_too_late_is_told_so(
    club_server: Parley, people: People
) -> None:
    club_server.manage("shell", "--no-imports", "-c", TAKEN)
    noor = people("Noor", server=club_server)
    noor.excuse("403")
    page = leave(noor)
    log_in_there(page, "noor")
    expect(page.get_by_role("heading", name="Is this account yours?")).to_be_visible()
    audit_both(page, "taken")
    noor.goto("/accounts/oidc/oidc/login/callback/")
    expect(page.get_by_role("heading", name="This log-in is over")).to_be_visible()
    audit_both(page, "late")

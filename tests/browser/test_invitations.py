"""From an invitation by mail to the call, with a real mail server and two browsers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.audit import audit
from tests.browser.conftest import NewRoom, People
from tests.browser.person import Person
from tests.browser.test_pages_axe import LOOKS
from tests.browser.visitor import Visitor
from tests.mail_server import SmtpServer, mail_server
from tests.servers import Parley, parley_server, wait_until

TOMAS, JUNE = "tomas@example.org", "june@example.org"
OWNER, PASSWORD = "mira@example.org", "seven green apples"
MAKE_OWNER = f"""
from allauth.account.models import EmailAddress
from accounts.models import User
from rooms.models import Room
mira = User.objects.create_user({OWNER!r}, {PASSWORD!r}, display_name="Mira Lind")
EmailAddress.objects.update_or_create(
    user=mira, email=mira.email, defaults=dict(verified=True, primary=True)
)
print("link:", Room.objects.make(owner=mira, name="Bread club", access="invited").link)
"""


@pytest.fixture
def post() -> Iterator[SmtpServer]:
    with mail_server() as started:
        yield started


@pytest.fixture
def mailing(post: SmtpServer) -> Iterator[Parley]:
    """A server that sends its mails to `post`."""
    with parley_server(**post.settings) as server:
        yield server
        assert "Traceback" not in server.words(), server.words()


@pytest.fixture
def bread_club(mailing: Parley) -> str:
    """The path of an invited-only room of Mira's."""
    said = mailing.manage("shell", "-c", MAKE_OWNER)
    return f"/r/{said.rpartition('link: ')[2].strip()}/"


def log_in(person: Person, to: str) -> Page:
    page = person.page
    person.goto(f"/accounts/login/?next={to}")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(person.url + to)
    return page


def states(page: Page) -> list[str]:
    cells = page.get_by_role("table").locator("tbody .badge")
    return [text.strip() for text in cells.all_inner_texts()]


def until_state(page: Page, *wanted: str) -> None:
    """Look at the page again until the list says this."""

    def says() -> bool:
        page.reload()
        return states(page) == list(wanted)

    wait_until(says, f"the list says {', '.join(wanted)}")


def test_friends_come_by_mail_and_strangers_not_at_all(
    mailing: Parley, post: SmtpServer, bread_club: str, people: People
) -> None:
    mira = people("Mira", server=mailing)
    page = log_in(mira, f"{bread_club}room/")
    page.get_by_role("button", name="Invite someone").click()
    form = page.get_by_role("dialog", name="Invite to Bread club")
    form.get_by_label("E-mail addresses").fill(f"Tomas <{TOMAS}>, {JUNE}")
    form.get_by_role("button", name="Invite", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("2 invitations are made")
    shown = page.get_by_label(f"Link for {TOMAS}").input_value()
    mail = post.mail_to(TOMAS)
    assert mail.link("/i/") == shown
    assert mail.link("/i/") in mail.html
    assert mail.subject == "Parley: Mira Lind invites you to Bread club"
    assert post.mail_to(JUNE).link("/i/") != shown

    tomas = people("Tomas", server=mailing)
    tomas.page.goto(mail.link("/i/"))
    tomas.page.get_by_role("button", name="Accept and come in").click()
    expect(tomas.page).to_have_url(mailing.url + bread_club)
    tomas.join()
    mira.join(bread_club)
    expect(mira.tile("Tomas")).to_be_visible()

    stranger = people("Elias", server=mailing)
    stranger.excuse("status of 4")
    for path in (bread_club, mail.link("/i/").removeprefix(mailing.url)):
        stranger.goto(path)
        expect(stranger.page.get_by_text("Bread club")).to_have_count(0)
    stranger.goto(bread_club)
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text(
        "This link opens nothing for you"
    )

    mira.goto(f"{bread_club}room/")
    until_state(page, "Sent", "Accepted")


def test_a_mail_server_that_is_down_loses_nothing(
    mailing: Parley, post: SmtpServer, bread_club: str, people: People
) -> None:
    post.down()
    mira = people("Mira", server=mailing)
    page = log_in(mira, f"{bread_club}invitations/")
    page.get_by_label("E-mail addresses").fill(TOMAS)
    page.get_by_role("button", name="Invite", exact=True).click()
    shown = page.get_by_label(f"Link for {TOMAS}").input_value()
    page.get_by_role("link", name="Back to the room").click()
    assert states(page) == ["Waiting"]

    page.get_by_role("link", name="Revoke the invitation").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("The invitation is revoked.")).to_be_visible()
    assert states(page) == ["Revoked"]
    page.goto(shown)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bread club")

    stranger = people("Elias", server=mailing)
    stranger.excuse("status of 4")
    stranger.page.goto(shown)
    expect(stranger.page.get_by_role("heading", level=1)).to_have_text(
        "This invitation was taken back"
    )
    expect(stranger.page.get_by_text("Bread club")).to_have_count(0)


def test_a_mail_that_is_refused_is_told_and_sent_again(
    mailing: Parley, post: SmtpServer, bread_club: str, people: People
) -> None:
    post.answers[f"RCPT {TOMAS}"] = "550 5.1.1 Nobody of that name"
    page = log_in(people("Mira", server=mailing), f"{bread_club}invitations/")
    page.get_by_label("E-mail addresses").fill(TOMAS)
    page.get_by_role("button", name="Invite", exact=True).click()
    first = page.get_by_label(f"Link for {TOMAS}").input_value()
    page.get_by_role("link", name="Back to the room").click()
    until_state(page, "Could not be sent")
    expect(page.get_by_text("The mail server refuses the address.")).to_be_visible()

    post.answers.clear()
    page.get_by_role("button", name=f"Send again for {TOMAS}").click()

    second = page.get_by_label(f"Link for {TOMAS}").input_value()
    assert second != first
    assert post.mail_to(TOMAS).link("/i/") == second
    page.get_by_role("link", name="Back to the room").click()
    until_state(page, "Sent", "Revoked")


def test_who_wants_no_mail_says_so_and_can_take_it_back(
    mailing: Parley, post: SmtpServer, bread_club: str, people: People
) -> None:
    page = log_in(people("Mira", server=mailing), f"{bread_club}invitations/")

    def invite() -> None:
        page.goto(f"{mailing.url}{bread_club}invitations/")
        page.get_by_label("E-mail addresses").fill(TOMAS)
        page.get_by_role("button", name="Invite", exact=True).click()

    invite()
    link = post.mail_to(TOMAS).link("/mail/stop/")
    reader = people("Tomas", server=mailing).page
    reader.goto(link)
    reader.get_by_role("button", name="Stop invitations").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(
        "You get no invitations by mail"
    )
    invite()
    expect(
        page.get_by_text("This address wants no invitations by mail")
    ).to_be_visible()
    reader.get_by_role("button", name="Allow them again").click()
    expect(reader.get_by_role("button", name="Stop invitations")).to_be_visible()
    invite()
    assert post.mail_to(TOMAS, 2).link("/i/")
    assert len(post.mails_to(TOMAS)) == 2


# How it looks and feels, at the server that all tests share


@pytest.fixture(params=LOOKS)
def reader(request: pytest.FixtureRequest, people: People) -> Callable[..., Person]:
    def make(signed_in: bool = False) -> Person:
        person = people("Mira", signed_in=signed_in, **LOOKS[request.param])
        person.excuse("status of 4")
        return person

    return make


def invite_by_link(person: Person, path: str, *, role: str = "guest") -> str:
    """Make a link in the browser of its owner; its path."""
    page = person.page
    person.goto(f"{path}invitations/")
    page.get_by_label("With a link that I send myself").check()
    page.get_by_label("They come in as").select_option(role)
    page.get_by_text("Add a note or a time").click()
    page.get_by_label("Note").fill("Bring cake")
    page.get_by_label("When you meet").fill("2040-03-31T19:00")
    page.get_by_label("The invitation ends").select_option("never")
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.get_by_label("Link for the people you send it to").input_value()
    return link.removeprefix(person.url)


def test_axe_finds_nothing_on_the_pages_of_invitations(
    reader: Callable[..., Person], new_room: NewRoom, owner: Visitor
) -> None:
    path = new_room("Donaudampfschifffahrtselektrizit\u00e4tenhauptwerk")
    mira, friend = reader(signed_in=True), reader()
    page = mira.page
    mira.goto(f"{path}room/")
    audit(page, "nobody invited yet")
    page.get_by_role("button", name="Invite someone").click()
    dialog = page.get_by_role("dialog", name=re.compile("^Invite to Donau"))
    expect(dialog).to_be_visible()
    dialog.get_by_text("Add a note or a time").click()
    audit(page, "the dialog")
    expect(dialog.get_by_label("How many people may use the link")).to_be_hidden()
    dialog.get_by_label("With a link that I send myself").check()
    expect(dialog.get_by_label("E-mail addresses")).to_be_hidden()
    expect(dialog.get_by_label("How many people may use the link")).to_be_visible()
    audit(page, "the dialog, for a link")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Invite someone")).to_be_focused()

    mira.goto(f"{path}invitations/")
    page.get_by_label("E-mail addresses").fill("june@")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_label("E-mail addresses")).to_have_value("june@")
    audit(page, "a refused form")
    guest = invite_by_link(mira, path)
    page.get_by_text("QR code").click()
    expect(page.get_by_alt_text("QR code of this link")).to_be_visible()
    audit(page, "a link, shown once")
    member = invite_by_link(mira, path, role="member")
    mira.goto(f"{path}room/")
    audit(page, "the list")

    for link, what in ((guest, "for a guest"), (member, "for a member")):
        friend.goto(link)
        expect(friend.page.get_by_text("Bring cake")).to_be_visible()
        audit(friend.page, f"an invitation {what}")
    page.get_by_role("link", name="Revoke the invitation").first.click()
    expect(page.get_by_role("button", name="Revoke")).to_be_visible()
    audit(page, "the question")
    page.get_by_role("button", name="Revoke").click()
    friend.goto(member)
    audit(friend.page, "an invitation that is over")


def test_a_time_is_meant_by_the_clock_of_each_browser(
    people: People, new_room: NewRoom
) -> None:
    path = new_room("Bread club")
    mira = people("Mira", signed_in=True, timezone_id="Europe/Berlin")
    link = invite_by_link(mira, path)

    friend = people("Tomas", timezone_id="America/New_York")
    friend.goto(link)

    expect(friend.page.locator("time")).to_have_text("31 March 2040 at 13:00")


def test_a_page_loaded_again_makes_no_second_set(
    people: People, new_room: NewRoom
) -> None:
    path = new_room("Bread club")
    mira = people("Mira", signed_in=True)
    link = invite_by_link(mira, path)

    mira.page.reload()

    shown = mira.page.get_by_label("Link for the people you send it to")
    expect(shown).to_have_value(mira.url + link)
    mira.goto(f"{path}room/")
    expect(mira.page.get_by_role("table").locator("tbody tr")).to_have_count(1)

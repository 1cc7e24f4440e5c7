"""Every page of the site is whole, in every state that a reader can meet."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from conference.env import BASE_DIR
from conference.views import server_error
from rooms.models import Room
from tests.factories import PASSWORD, make_seat, make_user
from tests.pages.page import Page
from tests.people import Person

TEMPLATES = BASE_DIR / "templates"
SPRITE = BASE_DIR / "static" / "icons" / "sprite.svg"

FOR_ANYONE = (
    "/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-abc/",
    "/accounts/password/reset/key/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/abc/",
    "/accounts/inactive/",
    "/privacy/",
    "/offline/",
    "/nowhere/",
)
FOR_ACCOUNTS = (
    "/",
    "/rooms/",
    "/rooms/new/",
    "/accounts/profile/",
    "/accounts/email/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/password/reset/",
    "/accounts/reauthenticate/",
    "/nowhere/",
)
ALONE = (
    "account/signup_closed.html",
    "400.html",
    "403.html",
    "403_csrf.html",
    "413.html",
    "429.html",
)


def read(person: Client, path: str, sent: dict[str, str] | None = None) -> Page:
    """The page at this address, or the one that posting there answers with."""
    answer = person.get(path) if sent is None else person.post(path, sent)
    assert answer.status_code in (200, 404), f"{path} answers {answer.status_code}"
    return Page(answer.content.decode())


def complain(page: Page, what: str) -> None:
    assert not page.faults(), f"{what}: {'; '.join(page.faults())}"
    name = page.title.removesuffix(f" · {settings.SITE_NAME}")
    assert name.strip(" ·"), f"{what} has no title"
    assert name != page.title, f"the title of {what} leaves out the site's name"
    for sheet in page.all("link"):
        path = (sheet["href"] or "").removeprefix(settings.STATIC_URL)
        assert finders.find(path), f"{what} names {path}, which is not there"


@pytest.mark.parametrize("path", FOR_ANYONE)
def test_pages_are_whole_for_somebody_unknown(anonymous: Person, path: str) -> None:
    complain(read(anonymous, path), path)


@pytest.mark.parametrize("path", FOR_ANYONE)
@pytest.mark.parametrize("sent", [None, {"email": "nobody", "login": "nobody"}])
def test_no_placeholder_repeats_a_label(
    anonymous: Person, path: str, sent: dict[str, str] | None
) -> None:
    """allauth gives each of its fields one; they say "Password" twice."""
    answer = anonymous.get(path) if sent is None else anonymous.post(path, sent)
    found = {
        attributes["placeholder"]
        for _, attributes in Page(answer.content.decode()).elements
        if "placeholder" in attributes
    }
    assert found <= {"Paste the link you were sent"}


@pytest.mark.parametrize("path", FOR_ACCOUNTS)
def test_pages_are_whole_for_somebody_logged_in(owner: Person, path: str) -> None:
    for email, primary in ((owner.user.email, True), ("amara@example.com", False)):
        EmailAddress.objects.create(
            user=owner.user, email=email, primary=primary, verified=primary
        )
    complain(read(owner, path), path)


@pytest.mark.parametrize("name", ALONE)
def test_pages_that_only_refusals_show_are_whole(name: str) -> None:
    complain(Page(render_to_string(name, {"SITE_NAME": settings.SITE_NAME})), name)


@pytest.mark.parametrize("taken", [False, True])
def test_room_pages_are_whole(owner: Person, room: Room, taken: bool) -> None:
    if taken:
        for name in ("Tomas Weber", "June", "Noor", "Kenji", "Paul"):
            make_seat(room, name)
    for path in ("/rooms/", f"/r/{room.link}/room/", f"/r/{room.link}/left/"):
        complain(read(owner, path), path)
        assert ("Noor" in owner.get(path).content.decode()) is taken


def test_a_broken_server_needs_no_database_for_its_page(
    rf: RequestFactory,
) -> None:
    text = render_to_string("500.html")
    page = Page(text)
    assert not page.faults()
    assert page.title == "Something broke"
    answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    complain(Page(answer.content.decode()), "500")


def test_links_of_mails_lead_to_whole_pages(anonymous: Person) -> None:
    user = make_user("Mira", "mira@example.org")
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    anonymous.post("/accounts/password/reset/", {"email": user.email})
    found = re.search(r"/accounts/password/reset/key/\S+", str(mail.outbox[-1].body))
    assert found
    asked = anonymous.get(found[0], follow=True)
    complain(Page(asked.content.decode()), "new password")
    refused = anonymous.post(asked.request["PATH_INFO"], {"password1": "1"})
    complain(Page(refused.content.decode()), "new password, refused")


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/", {"link": "https://example.com/no"}),
        ("/accounts/signup/", {"display_name": "Mira", "email": "mira@example"}),
        ("/accounts/login/", {"login": "mira@example.org", "password": ""}),
        ("/accounts/password/reset/", {"email": "mira@"}),
    ],
)
def test_what_was_typed_is_kept_and_the_error_stands_beside_it(
    anonymous: Person, path: str, sent: dict[str, str]
) -> None:
    page = read(anonymous, path, sent)
    complain(page, path)
    wrong = [each for _, each in page.elements if each.get("aria-invalid") == "true"]
    assert wrong
    for control in wrong:
        described = (control.get("aria-describedby") or "").split()
        assert f"{control['id']}_error" in described
    for name, value in sent.items():
        if value and name != "password":
            assert page.control(name)["value"] == value


@pytest.mark.parametrize("place", ["/rooms/new/", "/r/{link}/room/"])
def test_a_refused_room_says_why(owner: Person, room: Room, place: str) -> None:
    sent = {"name": "", "access": "nobody", "people_limit": "99"}
    page = read(owner, place.format(link=room.link), sent)
    complain(page, place)
    errors = {name for name in page.values("id") if name.endswith("_error")}
    assert errors == {"id_name_error", "id_access_error", "id_people_limit_error"}


def test_wrong_log_in_is_said_at_once_and_without_the_password(
    anonymous: Person,
) -> None:
    make_user("Mira", "mira@example.org")
    sent = {"login": "mira@example.org", "password": "not this one"}
    page = read(anonymous, "/accounts/login/", sent)
    complain(page, "log-in")
    assert "alert" in page.values("role")
    assert page.control("login")["value"] == "mira@example.org"
    assert not page.control("password").get("value")


def test_passwords_are_asked_for_with_their_true_length(anonymous: Person) -> None:
    text = anonymous.get("/accounts/signup/").content.decode()
    said = re.search(r"At least (\d+) characters", text)
    assert said
    green = "seven green apples"
    for length, accepted in ((int(said[1]) - 1, False), (int(said[1]), True)):
        answer = Person().post(
            "/accounts/signup/",
            {
                "display_name": "Mira",
                "email": f"mira-{length}@example.org",
                "password1": green[:length],
            },
        )
        assert (answer.status_code == 302) is accepted


def test_a_deleted_room_is_said_on_the_next_page(owner: Person, room: Room) -> None:
    answer = owner.post(f"/r/{room.link}/delete/", follow=True)
    page = Page(answer.content.decode())
    complain(page, "after deleting")
    assert "status" in page.values("role")


def test_log_in_leads_back_to_the_link_that_opened_nothing(
    anonymous: Person, owner: Person
) -> None:
    text = anonymous.get("/nowhere/").content.decode()
    assert 'href="/accounts/login/?next=/nowhere/"' in text
    assert "/accounts/login/" not in owner.get("/nowhere/").content.decode()


def test_pages_that_ask_for_a_password_tell_password_managers_which(
    owner: Person, anonymous: Person
) -> None:
    expected = {
        (anonymous, "/accounts/login/", "login"): "email",
        (anonymous, "/accounts/login/", "password"): "current-password",
        (anonymous, "/accounts/signup/", "email"): "email",
        (anonymous, "/accounts/signup/", "display_name"): "name",
        (anonymous, "/accounts/signup/", "password1"): "new-password",
        (owner, "/accounts/password/change/", "oldpassword"): "current-password",
        (owner, "/accounts/password/change/", "password1"): "new-password",
    }
    for (person, path, name), value in expected.items():
        assert read(person, path).control(name)["autocomplete"] == value


def test_the_account_menu_names_its_person(owner: Person, anonymous: Person) -> None:
    assert owner.user.email in owner.get("/").content.decode()
    assert 'popovertarget="account-menu"' in owner.get("/").content.decode()
    assert "popovertarget" not in anonymous.get("/").content.decode()
    answer = anonymous.post(
        "/accounts/login/", {"login": owner.user.email, "password": PASSWORD}
    )
    assert answer.status_code == 302


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = SPRITE.read_text()
    named = {
        (path.name, icon)
        for path in TEMPLATES.rglob("*.html")
        for icon in re.findall(
            r'(?:icon\.html" with name|\bicon)="([\w-]+)"', path.read_text()
        )
    }
    assert len(named) > 20
    missing = {(f, icon) for f, icon in named if f'id="{icon}"' not in sprite}
    assert not missing

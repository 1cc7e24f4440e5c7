"""Looking after one's account: in real browsers, with an app, a passkey, a picture."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.accounts.views.own import drawn
from tests.browser.audit import DARK_AND_NARROW, audit, audit_both
from tests.browser.conftest import People
from tests.browser.person import Person
from tests.browser.second_step import code_of, plug_in_authenticator
from tests.browser.visitor import PASSWORD
from tests.servers import Parley, parley_server

PROFILE = "/accounts/profile/"
OVERVIEW = "/accounts/2fa/"

_numbers = itertools.count(1)


def join_the_site(person: Person) -> str:
    """Sign up in the browser; returns the address."""
    email, page = f"member-{next(_numbers)}@example.com", person.page
    person.goto("/accounts/signup/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Your name").fill(person.name)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    expect(page).to_have_url(f"{person.url}/rooms/")
    return email


def log_out(person: Person) -> None:
    person.goto("/accounts/logout/")
    person.page.get_by_role("main").get_by_role("button", name="Log out").click()
    expect(person.page).to_have_url(f"{person.url}/")


def log_in(person: Person, email: str) -> None:
    page = person.page
    person.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def confirm(page: Page) -> None:
    """Give the password once more."""
    expect(page).to_have_url(re.compile("/accounts/reauthenticate/"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def set_up_app(page: Page) -> str:
    """Go through the page that sets an app up; returns its secret."""
    secret = page.get_by_label("Or type this into the app").input_value()
    page.get_by_label("Code from the app").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    return secret


def test_a_picture_is_chosen_seen_and_removed(people: People) -> None:
    noor = people("Noor Haddad")
    page = noor.page
    join_the_site(noor)
    noor.goto(PROFILE)
    audit_both(page, "profile")
    field = page.get_by_label("Your picture", exact=True)
    save = page.get_by_role("button", name="Save picture")
    field.set_input_files(Path(__file__))
    save.click()
    expect(page.locator("#id_picture_error")).to_contain_text("We cannot read this")
    expect(field).to_have_attribute("aria-invalid", "true")
    audit_both(page, "profile, refused")
    large = drawn() + bytes(6 * 1024 * 1024)
    field.set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": large})
    expect(page.get_by_role("alert")).to_contain_text("larger than 5 MB")
    save.click()
    expect(field).to_be_focused()
    field.set_input_files(
        {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": drawn()}
    )
    expect(page.get_by_role("alert")).to_have_count(0)
    save.click()
    expect(page.get_by_text("This is your picture now.")).to_be_visible()
    shown = page.locator("img.avatar")
    expect(shown).to_have_count(2)
    assert page.evaluate(
        """() => Promise.all([...document.querySelectorAll("img.avatar")].map(
          async (each) => { await each.decode(); return each.naturalWidth; }))"""
    ) == [256, 256]
    audit_both(page, "profile with picture")
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    audit_both(page, "question")
    page.get_by_role("button", name="Remove picture").click()
    expect(page.get_by_text("Your picture is removed.")).to_be_visible()
    expect(shown).to_have_count(0)


def test_colours_are_ones_own_whatever_the_device_says(people: People) -> None:
    noor = people("Noor", color_scheme="light")
    page = noor.page
    join_the_site(noor)
    ground = "() => getComputedStyle(document.body).backgroundColor"
    noor.goto(PROFILE)
    light = page.evaluate(ground)
    page.get_by_label("Dark").check()
    page.get_by_role("button", name="Save appearance").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate(ground)
    assert dark != light
    audit(page, "profile, chosen dark")
    noor.goto("/rooms/")
    assert page.evaluate(ground) == dark
    noor.goto(PROFILE)
    page.get_by_label("Like my device").check()
    page.get_by_role("button", name="Save appearance").click()
    expect(page.locator("html:not([data-theme])")).to_have_count(1)
    assert page.evaluate(ground) == light


def test_an_app_and_recovery_codes_let_in(people: People) -> None:
    noor = people("Noor", permissions=["clipboard-read", "clipboard-write"])
    page = noor.page
    email = join_the_site(noor)
    noor.goto(OVERVIEW)
    audit_both(page, "two steps, off")
    page.get_by_role("link", name="Set up the app").click()
    audit_both(page, "confirm")
    confirm(page)
    expect(page.get_by_role("img", name=re.compile("^QR code"))).to_be_visible()
    assert page.evaluate("document.querySelector('main img').naturalWidth") > 0
    audit_both(page, "set up an app")
    page.get_by_label("Code from the app").fill("12")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#id_code_error")).to_contain_text("This did not fit.")
    audit_both(page, "set up an app, refused")
    secret = set_up_app(page)
    audit_both(page, "recovery codes")
    codes = (
        page.get_by_role("list", name="Your codes").locator("code").all_inner_texts()
    )
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied", exact=True)).to_be_focused()
    assert page.evaluate("navigator.clipboard.readText()").split() == codes
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.path().read_text().split() == codes
    page.get_by_role("link", name="Make new codes").click()
    expect(page.get_by_role("link", name="Keep those I have")).to_be_visible()
    audit_both(page, "new recovery codes")
    page.get_by_role("link", name="Keep those I have").click()
    page.get_by_role("link", name="I have them").click()
    audit_both(page, "two steps, on")

    log_out(noor)
    log_in(noor, email)
    expect(page.get_by_role("heading", name="Now the second step")).to_be_visible()
    audit_both(page, "second step")
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.locator("#id_code_error")).to_contain_text("This did not fit.")
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(f"{noor.url}/rooms/")

    log_out(noor)
    log_in(noor, email)
    page.get_by_label("Code", exact=True).fill(codes[0])
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page).to_have_url(f"{noor.url}/rooms/")

    noor.goto(OVERVIEW)
    expect(page.get_by_text("9 left")).to_be_visible()
    page.get_by_role("link", name="Turn off the app").click()
    confirm(page)
    audit_both(page, "turn off")
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_text("The app is off.")).to_be_visible()
    log_out(noor)
    log_in(noor, email)
    expect(page).to_have_url(f"{noor.url}/rooms/")


def test_a_passkey_lets_in_without_a_password(people: People) -> None:
    noor = people("Noor")
    page = noor.page
    join_the_site(noor)
    noor.goto(OVERVIEW)
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    audit_both(page, "add a passkey")
    # From here on without audits: where one ends, the device is unplugged.
    device, number = plug_in_authenticator(page)
    page.get_by_label("What to call it").fill("Blue phone")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    kept = device.send("WebAuthn.getCredentials", {"authenticatorId": number})
    assert [each["isResidentCredential"] for each in kept["credentials"]] == [True]
    noor.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_text("Blue phone").first).to_be_visible()
    log_out(noor)
    noor.goto("/accounts/login/?next=/rooms/new/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(f"{noor.url}/rooms/new/")

    noor.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Rename Blue phone").click()
    expect(page).to_have_url(re.compile("/accounts/reauthenticate/"))
    page.get_by_role("link", name="Use your passkey").click()
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_label("What to call it").fill("My telephone")
    page.get_by_role("button", name="Save name").click()
    expect(page.get_by_text("My telephone").first).to_be_visible()
    page.get_by_role("link", name="Remove My telephone").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("You have no passkey yet.")).to_be_visible()

    log_out(noor)
    noor.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("This did not fit.")).to_be_visible()
    audit_both(page, "log-in, passkey refused")


def test_a_security_key_is_the_second_step(people: People) -> None:
    noor = people("Noor")
    page = noor.page
    email = join_the_site(noor)
    plug_in_authenticator(page)
    noor.goto("/accounts/2fa/webauthn/add/")
    confirm(page)
    page.get_by_label("Logs me in by itself").uncheck()
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    log_out(noor)
    log_in(noor, email)
    expect(page.get_by_label("Recovery code")).to_be_visible()
    page.get_by_role("button", name="Use your passkey").click()
    expect(page).to_have_url(f"{noor.url}/rooms/")
    for name in ("", "reauthenticate/"):
        noor.goto(f"/accounts/2fa/webauthn/{name}")
        audit_both(page, f"passkeys, {name}")
    noor.goto("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="Rename Passkey").click()
    confirm(page)
    audit_both(page, "rename a passkey")
    page.get_by_role("link", name="Leave it as it is").click()
    page.get_by_role("link", name="Remove Passkey").click()
    audit_both(page, "remove a passkey")
    log_out(noor)
    log_in(noor, email)
    audit_both(page, "second step with a passkey")


def test_who_has_no_passkey_is_told_what_else_to_do(people: People) -> None:
    noor = people("Noor")
    page = noor.page
    session, number = plug_in_authenticator(page)
    session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False}
    )
    noor.goto("/accounts/login/")
    button = page.get_by_role("button", name="Use a passkey")
    button.click()
    expect(page.get_by_text("Nothing was chosen.")).to_be_visible()
    expect(button).to_be_enabled()
    audit_both(page, "log-in, no passkey")


@pytest.fixture(scope="module")
def numbered() -> Iterator[Parley]:
    """A server that people reach by a number."""
    with parley_server("127.0.0.1") as started:
        yield started


def test_where_browsers_refuse_passkeys_the_page_says_so(
    people: People, numbered: Parley
) -> None:
    noor = people("Noor", server=numbered)
    page = noor.page
    join_the_site(noor)
    noor.goto("/accounts/2fa/webauthn/add/")
    confirm(page)
    expect(page.get_by_text("Passkeys do not work at this address.")).to_be_visible()
    expect(page.get_by_role("button", name="Add passkey")).to_have_count(0)
    audit_both(page, "no passkeys here")
    log_out(noor)
    noor.goto("/accounts/login/")
    expect(page.get_by_text("Passkeys do not work at this address.")).to_be_visible()
    expect(page.get_by_role("button", name="Use a passkey")).to_have_count(0)


def test_an_address_is_added_and_removed_after_a_question(people: People) -> None:
    noor = people("Noor")
    page = noor.page
    join_the_site(noor)
    noor.goto("/accounts/email/")
    page.get_by_label("Another address").fill("noor@harbour.example")
    page.get_by_role("button", name="Add address").click()
    remove = page.get_by_role("button", name="Remove noor@harbour.example")
    expect(remove).to_have_count(1)
    audit_both(page, "addresses")
    remove.click()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    audit_both(page, "the question about an address")
    page.get_by_role("button", name="Keep it").click()
    expect(remove).to_be_focused()
    remove.click()
    page.get_by_role("button", name="Remove address").click()
    expect(page.get_by_text("noor@harbour.example is removed.")).to_be_visible()
    expect(remove).to_have_count(0)


def test_logging_out_everywhere(people: People) -> None:
    noor, phone = people("Noor"), people("Noor", viewport=DARK_AND_NARROW)
    email = join_the_site(noor)
    log_in(phone, email)
    expect(phone.page).to_have_url(f"{phone.url}/rooms/")
    page = noor.page
    noor.goto(PROFILE)
    page.get_by_role("link", name="Where you are logged in").click()
    expect(page.get_by_text("Chrome on Linux")).to_have_count(2)
    expect(page.get_by_text("This one", exact=True)).to_have_count(1)
    audit_both(page, "sessions")
    page.get_by_role("button", name="Log out everywhere else").click()
    expect(page.get_by_text("You are logged out everywhere else.")).to_be_visible()
    phone.page.reload()
    expect(phone.page).to_have_url(re.compile("/accounts/login/"))
    page.get_by_role("button", name="Log out everywhere").click()
    expect(page.get_by_role("button", name="Stay logged in")).to_be_focused()
    audit_both(page, "question")
    page.get_by_role("dialog").get_by_role("button", name="Log out everywhere").click()
    expect(page.get_by_text("You are logged out everywhere.")).to_be_visible()
    noor.goto("/rooms/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_taking_everything_along_and_leaving(people: People) -> None:
    noor = people("Noor Haddad")
    page = noor.page
    email = join_the_site(noor)
    noor.goto(PROFILE)
    page.get_by_role("link", name="Get your data").click()
    confirm(page)
    audit_both(page, "export")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    archive = zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes()))
    assert email in archive.read("account.json").decode()
    assert "Noor Haddad" in archive.read("README.txt").decode()
    noor.goto(PROFILE)
    page.get_by_role("link", name="Delete account").click()
    expect(page.get_by_role("heading", name="Delete your account?")).to_be_visible()
    audit_both(page, "delete account")
    page.get_by_role("button", name="Delete my account").click()
    expect(
        page.get_by_text("Your account and everything of it is deleted.")
    ).to_be_visible()
    log_in(noor, email)
    expect(page.get_by_text("do not belong together").first).to_be_visible()

"""The pages on which people look after their accounts."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.browser.pictures import DESKTOP, Studio, everywhere, scene, whole
from tests.browser.second_step import code_of, plug_in_authenticator
from tests.browser.visitor import PASSWORD


def newcomer(studio: Studio, email: str, name: str) -> Page:
    """Somebody with a fresh account, at their profile."""
    page = studio.page("light", DESKTOP, signed_in=False)
    page.goto(f"{studio.server.url}/accounts/signup/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()
    page.wait_for_url("**/rooms/")
    page.goto(f"{studio.server.url}/accounts/profile/")
    return page


def portrait(studio: Studio, who: str) -> bytes:
    """A drawn face, as a picture that somebody could send."""
    page = studio.page("light", {"width": 720, "height": 720}, signed_in=False)
    page.goto(f"{studio.server.url}/static/images/people/{who}.svg")
    shot = Image.open(io.BytesIO(page.screenshot()))
    made = io.BytesIO()
    shot.convert("RGB").save(made, "JPEG")
    return made.getvalue()


def confirm(page: Page) -> None:
    """Give the password again where it is asked for."""
    if "/reauthenticate/" in page.url:
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()


def addresses(studio: Studio, page: Page) -> None:
    """One, another that waits to be confirmed, and the question about removing it."""
    page.goto(f"{studio.server.url}/accounts/email/")
    whole(page, "account-addresses-one")
    page.get_by_label("Another address").fill("mira@harbour.example")
    page.get_by_role("button", name="Add address").click()
    page.get_by_role("button", name="Remove mira@harbour.example").wait_for()
    page.reload()
    whole(page, "account-addresses")
    page.get_by_role("button", name="Remove mira@harbour.example").click()
    everywhere(page, "account-addresses-question")


@scene
def account_profile(studio: Studio) -> None:
    page = newcomer(studio, "mira.l@example.com", "Mira Lindqvist")
    whole(page, "account-profile-plain")
    page.get_by_label("Your picture", exact=True).set_input_files(
        {
            "name": "me.jpg",
            "mimeType": "image/jpeg",
            "buffer": portrait(studio, "mira"),
        }
    )
    page.get_by_role("button", name="Save picture").click()
    page.get_by_role("button", name="Remove").wait_for()
    page.reload()
    whole(page, "account-profile")
    page.get_by_label("Your picture", exact=True).set_input_files(Path(__file__))
    page.get_by_role("button", name="Save picture").click()
    page.locator("[aria-invalid=true]").wait_for()
    whole(page, "account-picture-refused")
    addresses(studio, page)
    page.goto(f"{studio.server.url}/accounts/sessions/")
    whole(page, "account-sessions")
    page.get_by_role("button", name="Log out everywhere").click()
    everywhere(page, "account-sessions-question")
    page.goto(f"{studio.server.url}/accounts/logout/")
    everywhere(page, "account-log-out")
    page.goto(f"{studio.server.url}/accounts/delete/")
    whole(page, "account-reauthenticate")
    confirm(page)
    whole(page, "account-delete")
    page.goto(f"{studio.server.url}/accounts/export/")
    whole(page, "account-export")


@scene
def account_second_step(studio: Studio) -> None:
    page = newcomer(studio, "noor.h@example.com", "Noor Haddad")
    plug_in_authenticator(page)
    page.goto(f"{studio.server.url}/accounts/2fa/")
    whole(page, "account-two-step-off")
    page.get_by_role("link", name="Set up").click()
    confirm(page)
    whole(page, "account-two-step-app")
    secret = page.get_by_label("Or type this into the app").input_value()
    page.get_by_label("Code from the app").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    page.locator("[aria-invalid=true]").wait_for()
    whole(page, "account-two-step-app-wrong")
    page.get_by_label("Code from the app").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    whole(page, "account-recovery-codes")
    page.goto(f"{studio.server.url}/accounts/2fa/webauthn/add/")
    whole(page, "account-passkey-add")
    page.get_by_role("button", name="Add passkey").click()
    page.wait_for_url("**/accounts/2fa/")
    whole(page, "account-two-step")
    page.goto(f"{studio.server.url}/accounts/2fa/webauthn/")
    whole(page, "account-passkeys")
    page.get_by_role("link", name="Rename").click()
    whole(page, "account-passkey-rename")
    page.get_by_role("link", name="Leave it").click()
    page.get_by_role("link", name="Remove").click()
    whole(page, "account-passkey-remove")
    page.goto(f"{studio.server.url}/accounts/2fa/recovery-codes/generate/")
    whole(page, "account-recovery-codes-new")
    page.goto(f"{studio.server.url}/accounts/2fa/totp/deactivate/")
    whole(page, "account-two-step-app-off")
    page.context.clear_cookies()
    page.goto(f"{studio.server.url}/accounts/login/")
    whole(page, "account-log-in")
    page.get_by_label("E-mail").fill("noor.h@example.com")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Now the second step").wait_for()
    whole(page, "account-second-step")


LINKS = """
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from accounts.models import User
user = User.objects.get(email="tomas.r@example.com")
new = EmailAddress.objects.create(user=user, email="tomas@harbour.example")
taken = EmailAddress.objects.create(user=user, email="taken@harbour.example")
other = User.objects.create_user("other@example.com", display_name="Other")
EmailAddress.objects.create(user=other, email=taken.email, verified=True)
key = user_pk_to_url_str(user) + "-" + default_token_generator.make_token(user)
print("reset:", key)
for name, address in (("confirm", new), ("taken", taken)):
    print(name + ":", EmailConfirmationHMAC.create(address).key)
"""


@scene
def account_links(studio: Studio) -> None:
    """What the links in mails open, and what is seen before they come."""
    newcomer(studio, "tomas.r@example.com", "Tomas Rey").context.clear_cookies()
    said = studio.server.manage("shell", "--no-imports", "-c", LINKS)
    keys = dict(line.split(": ") for line in said.splitlines() if ": " in line)
    page = studio.page("light", DESKTOP, signed_in=False)
    for path, name in (
        (f"confirm-email/{keys['confirm']}/", "account-confirm"),
        (f"confirm-email/{keys['taken']}/", "account-confirm-taken"),
        ("confirm-email/abc/", "account-confirm-over"),
        ("confirm-email/", "account-verification-sent"),
        ("inactive/", "account-inactive"),
        ("password/reset/key/1-abc/", "account-reset-over"),
        (f"password/reset/key/{keys['reset']}/", "account-reset"),
        ("password/reset/key/done/", "account-reset-done"),
    ):
        page.goto(f"{studio.server.url}/accounts/{path}")
        whole(page, name)

"""The pages on which people look after their accounts."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.browser.pictures import DESKTOP, PHONE, Studio, scene, take
from tests.browser.second_step import code_of, plug_in_authenticator
from tests.browser.visitor import PASSWORD

LOOKS = (
    ("light", "light", DESKTOP),
    ("dark", "dark", DESKTOP),
    ("phone", "light", PHONE),
)


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


def everywhere(page: Page, name: str) -> None:
    """The page as it stands, in light, dark and on a phone, whole."""
    for kind, theme, viewport in LOOKS:
        page.emulate_media(
            color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce"
        )
        page.set_viewport_size(viewport)  # type: ignore[arg-type] # a typed dict
        take(page, f"{name}-{kind}", full=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type] # a typed dict


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


@scene
def account_profile(studio: Studio) -> None:
    page = newcomer(studio, "mira.l@example.com", "Mira Lindqvist")
    everywhere(page, "account-profile-plain")
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
    everywhere(page, "account-profile")
    page.get_by_label("Your picture", exact=True).set_input_files(Path(__file__))
    page.get_by_role("button", name="Save picture").click()
    page.locator("[aria-invalid=true]").wait_for()
    everywhere(page, "account-picture-refused")
    page.goto(f"{studio.server.url}/accounts/email/")
    everywhere(page, "account-addresses")
    page.goto(f"{studio.server.url}/accounts/sessions/")
    everywhere(page, "account-sessions")
    page.goto(f"{studio.server.url}/accounts/delete/")
    everywhere(page, "account-reauthenticate")
    confirm(page)
    everywhere(page, "account-delete")
    page.goto(f"{studio.server.url}/accounts/export/")
    everywhere(page, "account-export")


@scene
def account_second_step(studio: Studio) -> None:
    page = newcomer(studio, "noor.h@example.com", "Noor Haddad")
    plug_in_authenticator(page)
    page.goto(f"{studio.server.url}/accounts/2fa/")
    everywhere(page, "account-two-step-off")
    page.get_by_role("link", name="Set up").click()
    confirm(page)
    everywhere(page, "account-two-step-app")
    secret = page.get_by_label("Or type this into the app").input_value()
    page.get_by_label("Code from the app").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    page.locator("[aria-invalid=true]").wait_for()
    everywhere(page, "account-two-step-app-wrong")
    page.get_by_label("Code from the app").fill(code_of(secret))
    page.get_by_role("button", name="Turn it on").click()
    page.get_by_role("heading", name="Recovery codes").wait_for()
    everywhere(page, "account-recovery-codes")
    page.goto(f"{studio.server.url}/accounts/2fa/webauthn/add/")
    everywhere(page, "account-passkey-add")
    page.get_by_role("button", name="Add passkey").click()
    page.wait_for_url("**/accounts/2fa/")
    everywhere(page, "account-two-step")
    page.goto(f"{studio.server.url}/accounts/2fa/webauthn/")
    everywhere(page, "account-passkeys")
    page.goto(f"{studio.server.url}/accounts/2fa/totp/deactivate/")
    everywhere(page, "account-two-step-app-off")
    page.context.clear_cookies()
    page.goto(f"{studio.server.url}/accounts/login/")
    everywhere(page, "account-log-in")
    page.get_by_label("E-mail").fill("noor.h@example.com")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Now the second step").wait_for()
    everywhere(page, "account-second-step")

"""Who may make an account, and log-in with a provider, in all that they say."""

from __future__ import annotations

from contextlib import ExitStack

from playwright.sync_api import Page, expect

from tests.browser.pictures import DESKTOP, Studio, everywhere, scene, whole
from tests.browser.visitor import PASSWORD, Visitor
from tests.oidc import real_provider
from tests.servers import Parley, folder_for, free_port, parley_server

NAME = "Harbour Club"
PEOPLE = {
    "eve": {"email": "eve@example.org", "email_verified": False},
    "mira": {"email": "mira@example.org", "email_verified": True, "name": "Mira"},
    "june": {"email": "june@example.org", "email_verified": True, "name": "June Park"},
}


def shown(page: Page, address: str, name: str) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    whole(page, name)


def leave(page: Page, server: Parley) -> None:
    page.goto(f"{server.url}/accounts/login/")
    page.get_by_role("button", name=f"Log in with {NAME}").click()
    expect(page.get_by_placeholder("Enter any login")).to_be_visible()


def come_as(page: Page, server: Parley, who: str) -> None:
    leave(page, server)
    page.get_by_placeholder("Enter any login").fill(who)
    page.get_by_placeholder("and password").fill("anything")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.locator(".wordmark")).to_be_visible()


@scene
def sign_up_closed(studio: Studio) -> None:
    """Nobody makes an account here."""
    with parley_server(SIGNUP="closed") as server:
        page = studio.page("light", DESKTOP, signed_in=False)
        shown(page, f"{server.url}/accounts/signup/", "sign-up-closed")
        shown(page, f"{server.url}/accounts/login/", "log-in-closed")
        studio.opened.close()


@scene
def provider(studio: Studio) -> None:
    """The doors, the refusals and the joining of accounts."""
    with ExitStack() as stack:
        server = Parley(stack.enter_context(folder_for("club")), SIGNUP="open")
        club = stack.enter_context(real_provider(free_port(), server.url, **PEOPLE))
        server.env.update(club.settings)
        server.prepare()
        server.start()
        stack.callback(server.end)
        page = studio.page("light", DESKTOP, signed_in=False)
        for path, name in (
            ("/accounts/login/", "provider-log-in"),
            ("/accounts/signup/", "provider-sign-up"),
            ("/accounts/oidc/oidc/login/", "provider-asks"),
            ("/accounts/oidc/oidc/login/callback/", "provider-late"),
        ):
            shown(page, server.url + path, name)
        come_as(page, server, "eve")
        whole(page, "provider-unproven")

        page = studio.page("light", DESKTOP, signed_in=False)
        come_as(page, server, "june")
        shown(page, f"{server.url}/accounts/3rdparty/", "provider-only-way-in")
        page.get_by_role("link", name="Set a password").click()
        whole(page, "provider-password-set")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password, again").fill(PASSWORD)
        page.get_by_role("button", name="Set password").click()
        page.get_by_text("Your password is set.").wait_for()
        shown(page, f"{server.url}/accounts/3rdparty/", "provider-joined")
        page.get_by_role("button", name=f"Part from {NAME}").click()
        everywhere(page, "provider-part")

        visitor = Visitor(server.url)
        visitor.sign_up("mira@example.org", "Mira Lindqvist")
        page = studio.page("light", DESKTOP, signed_in=False)
        come_as(page, server, "mira")
        whole(page, "provider-taken")

        page.get_by_role("link", name="Log in with a password").click()
        page.get_by_label("E-mail").fill("mira@example.org")
        page.get_by_label("Password").first.fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        whole(page, "provider-join")
        studio.opened.close()

    with parley_server(**club.settings, SIGNUP="invited") as server:
        page = studio.page("light", DESKTOP, signed_in=False)
        shown(page, f"{server.url}/accounts/signup/", "sign-up-invited")
        page.goto(f"{server.url}/accounts/login/")
        page.get_by_role("button", name=f"Log in with {NAME}").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("does not answer")
        whole(page, "provider-down")
        studio.opened.close()

"""What devices on the local network see of it."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.pictures import DESKTOP, Studio, scene, whole
from tests.lan import lan_server


@scene
def lan_trust(studio: Studio) -> None:
    """How a device trusts the authority that `make run LAN=1` has made."""
    with lan_server() as server:
        context = studio.browser.new_context(
            viewport=DESKTOP,  # type: ignore[arg-type]  # a typed dict of these
            # The page is for devices that do not trust it yet.
            ignore_https_errors=True,
        )
        studio.opened.callback(context.close)
        page = context.new_page()
        page.goto(f"{server.url}/lan/")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        whole(page, "lan-trust")
        studio.opened.close()

"""The doctor's page in a real browser, under the site's own strict policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.audit import SIDEWAYS, axe
from tests.browser.conftest import People
from tests.servers import Parley

EMAIL, PASSWORD = "doctor@example.com", "correct horse battery"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_administrator_asks_whether_all_is_well(
    server: Parley, people: People, scheme: str
) -> None:
    email = f"{scheme}-{EMAIL}"
    server.env["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    server.manage("createsuperuser", "--noinput", "--email", email)
    chief = people("Chief")
    page = chief.page
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    chief.goto("/admin/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Doctor: is all well?").click()
    expect(page.get_by_role("heading", name="Doctor")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="leads to this very Parley")
    expect(row).to_contain_text("good")
    expect(page.get_by_role("row").filter(has_text="WebSockets")).to_contain_text(
        "They reach Parley."
    )
    for width, height in ((1280, 800), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        axe(page, f"the doctor's page, {scheme}, {width}")
        assert not page.evaluate(SIDEWAYS)

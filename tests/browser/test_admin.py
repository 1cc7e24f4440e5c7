"""Django's administration in a real browser, under the site's own strict policy.

Every console error and every CSP report on the way fails the test (see conftest).
"""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import NewRoom, People
from tests.servers import Parley

EMAIL, PASSWORD = "chief@example.com", "correct horse battery"
LISTS = (
    *("accounts/user", "auth/group", "account/emailaddress"),
    *("rooms/room", "rooms/membership", "rooms/seat", "rooms/message"),
    *("conference/outgoingmail", "conference/sitetext", "conference/auditentry"),
    *("accounts/suspension", "rooms/ban", "rooms/report", "rooms/livecall"),
)
FORMS = (
    *("accounts/user/add", "auth/group/add", "rooms/room/add"),
    "accounts/suspension/add",
)


def test_every_list_and_form_works_without_inline_script_or_style(
    server: Parley, people: People, new_room: NewRoom
) -> None:
    server.env["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    server.manage("createsuperuser", "--noinput", "--email", EMAIL)
    room = new_room("Under the administration")

    chief = people("Chief")
    chief.goto("/admin/")
    page = chief.page
    # The administration has no door of its own.
    expect(page).to_have_url(f"{server.url}/accounts/login/?next=%2Fadmin%2F")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(f"{server.url}/admin/")

    for path in LISTS:
        chief.goto(f"/admin/{path}/")
        expect(page.locator("#changelist")).to_be_visible()
    for path in FORMS:
        chief.goto(f"/admin/{path}/")
        expect(page.locator("input[name=_save]")).to_be_visible()

    chief.goto("/admin/rooms/room/?q=Under")
    page.get_by_role("link", name="Under the administration").click()
    page.locator("input[name=name]").fill("Renamed by the chief")
    page.locator("input[name=_save]").click()
    expect(page.locator("#changelist")).to_be_visible()
    chief.goto(room)
    expect(page.get_by_text("Renamed by the chief").first).to_be_visible()

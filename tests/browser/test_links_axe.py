"""axe-core finds nothing on what the links in mails open, light, dark and narrow."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.audit import audit_both
from tests.browser.conftest import People
from tests.servers import Parley

LINKS = """
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from accounts.models import User
from rooms.invitations.stopping import stop_url
def confirm(address):
    return "/accounts/confirm-email/" + EmailConfirmationHMAC.create(address).key + "/"
june = User.objects.create_user("june@example.net", "seven apples", display_name="June")
new, taken = (
    EmailAddress.objects.create(user=june, email=email)
    for email in ("june@harbour.example", "taken@harbour.example")
)
other = User.objects.create_user("other@example.net", display_name="Other")
EmailAddress.objects.create(user=other, email=taken.email, verified=True)
key = user_pk_to_url_str(june) + "-" + default_token_generator.make_token(june)
print("stop:", stop_url("june@harbour.example"))
print("confirm:", confirm(new))
print("taken:", confirm(taken))
print("reset:", "/accounts/password/reset/key/" + key + "/")
"""
OTHERS = {
    "over": "/accounts/confirm-email/abc/",
    "sent": "/accounts/confirm-email/",
    "done": "/accounts/password/reset/key/done/",
}
HEADINGS = {
    "confirm": "Is this your address?",
    "taken": "This address is taken",
    "over": "This link no longer works",
    "sent": "Look into your mail",
    "reset": "Choose a new password",
    "done": "Your password is changed",
    "stop": "invitations",
}


def test_what_links_open(people: People, server: Parley) -> None:
    said = server.manage("shell", "--no-imports", "-c", LINKS)
    links = OTHERS | dict(
        re.findall(r"^(\w+): \S*?(/(?:accounts|mail)/\S+)$", said, re.M)
    )
    june = people("June")
    page = june.page
    for name, heading in HEADINGS.items():
        june.goto(links[name])
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        audit_both(page, name)
    page.get_by_role("button", name="Stop invitations").click()
    expect(page.get_by_role("button", name="Allow them again")).to_be_visible()
    audit_both(page, "stopped")

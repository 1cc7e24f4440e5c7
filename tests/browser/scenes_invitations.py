"""Inviting somebody, and being invited."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.pictures import DESKTOP, LOOKS, Studio, everywhere, scene, take
from tests.browser.scenes_rooms import opened

ISSUE = """
from datetime import timedelta
from django.utils import timezone
from rooms.models import Invitation, Room
room = Room.objects.get(link="{link}")
terms = dict(room=room, made_by=room.owner, role="{role}", **{more})
invitation, token = Invitation.objects.issue(**terms)
{then}
print("token:", token)
"""
MEETING = (
    "dict(note='Bring cake. I bring the tea.',"
    " starts_at=timezone.now() + timedelta(days=2))"
)
MAIL = """
from conference.mail.address import parse
from django.conf import settings
from rooms.invitations import post
settings.EMAIL_URL = parse("smtp://localhost")
mail = post.compose(invitation, "https://meet.example.org/i/" + token + "/")
print("<<<" + mail.alternatives[0][0] + ">>>")
"""

REMOVED = """
from rooms.models import Acceptance
Acceptance.objects.filter(invitation__room=room).end(by_owner=True)
"""


def issue(
    studio: Studio, path: str, role: str = "guest", more: str = "dict()", then: str = ""
) -> str:
    """Make an invitation; what the program printed."""
    link = path.strip("/").removeprefix("r/")
    code = ISSUE.format(link=link, role=role, more=more, then=then)
    return studio.server.manage("shell", "-c", code)


def token_in(said: str) -> str:
    return said.rpartition("token: ")[2].strip()


def form(studio: Studio, path: str, theme: str, viewport: dict[str, int]) -> Page:
    page = opened(studio, f"{path}room/", theme, viewport)
    page.get_by_role("button", name="Invite someone").click()
    return page


@scene
def invite(studio: Studio) -> None:
    path = studio.owner.new_room("Friday kitchen table", access="invited")
    for kind, theme, viewport in LOOKS:
        page = form(studio, path, theme, viewport)
        take(page, f"invite-{kind}")
        page.get_by_label("With a link that I send myself").check()
        page.get_by_text("Add a note or a time").click()
        take(page, f"invite-link-{kind}")
        page = opened(studio, f"{path}invitations/", theme, viewport)
        page.get_by_label("E-mail addresses").fill("Tomas <tomas@example.org>, june@")
        page.get_by_role("button", name="Invite", exact=True).click()
        page.get_by_text("is no e-mail address").wait_for()
        take(page, f"invite-refused-{kind}", full=True)
        page.get_by_label("E-mail addresses").fill("tomas@example.org june@example.org")
        page.get_by_role("button", name="Invite", exact=True).click()
        page.get_by_text("QR code").first.click()
        take(page, f"invite-made-{kind}", full=True)
        page.goto(f"{studio.server.url}{path}room/")
        page.get_by_role("link", name="Revoke").first.click()
        page.get_by_role("button", name="Revoke").wait_for()
        take(page, f"invite-revoke-{kind}")


@scene
def invitation(studio: Studio) -> None:
    path = studio.owner.new_room("Friday kitchen table", access="invited")
    guest = token_in(issue(studio, path, more=MEETING))
    member = token_in(issue(studio, path, "member"))
    over = token_in(issue(studio, path, then="invitation.revoke()"))
    page = studio.page("light", DESKTOP, signed_in=False)
    for name, token in (("guest", guest), ("member", member), ("over", over)):
        page.goto(f"{studio.server.url}/i/{token}/")
        everywhere(page, f"invitation-{name}")
    page.goto(f"{studio.server.url}/i/{guest}/")
    page.get_by_role("button", name="Accept and come in").click()
    page.wait_for_url("**/r/**")
    issue(studio, path, then=REMOVED)
    page.goto(f"{studio.server.url}/i/{guest}/")
    everywhere(page, "invitation-withdrawn")


@scene
def invitation_mail(studio: Studio) -> None:
    path = studio.owner.new_room("Friday kitchen table")
    said = issue(studio, path, more=MEETING, then=MAIL)
    written = said.partition("<<<")[2].partition(">>>")[0]
    page = studio.page("light", DESKTOP, signed_in=False)
    page.set_content(written)
    everywhere(page, "invitation-mail")
    signed = written.partition("/mail/stop/")[2].partition("/")[0]
    page.goto(f"{studio.server.url}/mail/stop/{signed}/")
    everywhere(page, "stop")
    page.get_by_role("button", name="Stop invitations").click()
    page.get_by_role("button", name="Allow them again").wait_for()
    everywhere(page, "stopped")

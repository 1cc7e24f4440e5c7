"""Hostile texts through the form, and into every page and mail behind it."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.utils import timezone
from icalendar import Calendar

from rooms.invitations import post
from rooms.models import Postage, Room
from rooms.names import BadName, clean_name, visible_line
from tests.factories import make_invitation
from tests.pages.page import Page
from tests.people import Person
from tests.rooms.views.test_invitations import TYPED
from tests.site.hostile import HOSTILE

pytestmark = pytest.mark.django_db

URL = "https://meet.example.org/i/abcdefghijklmnopqrstuvwxyz012345/"
IN_PAGES = 12
"""Every so manieth goes through the pages; all of them go through the mail."""

Shape = list[str]


def shape(text: str) -> Shape:
    """The elements of a page: words that stay words change none of them."""
    return [tag for tag, _ in Page(text).elements]


def name_of(text: str) -> str:
    try:
        return clean_name(text[:60])
    except BadName:
        return "x"


def shapes(owner: Person, room: Room, words: str) -> list[Shape]:
    """Every page that shows an invitation with these words, to a room named so."""
    owner.user.display_name = name_of(words)
    owner.user.save()
    Room.objects.update(name=name_of(words))
    room.invitations.all().delete()
    Postage.objects.all().delete()
    form = f"/r/{room.link}/invitations/"
    bad = {**TYPED, "invite-addresses": f"{words} @", "invite-note": words}
    note = visible_line(words)[:200] or "x"
    made, token = make_invitation(room, note=note, mail="failed", mail_fault=note)
    refused = owner.post(form, bad)
    assert "no e-mail address" in refused.content.decode()
    pages = [
        owner.post(form, {**TYPED, "invite-note": note}),
        owner.get(f"/r/{room.link}/room/"),
        owner.get(f"{form}{made.public_id}/revoke/"),
        Person().get(f"/i/{token}/"),
    ]
    assert {page.status_code for page in pages} == {200}
    assert room.invitations.count() == 3
    return [shape(page.content.decode()) for page in pages]


def test_no_words_become_more_than_words(owner: Person, room: Room) -> None:
    usual = shapes(owner, room, "Bring cake")

    for words in HOSTILE[::IN_PAGES]:
        assert shapes(owner, room, words) == usual, words


def test_no_words_become_more_than_words_in_mails(owner: Person, room: Room) -> None:
    invitation, _ = make_invitation(
        room,
        address="tomas@example.org",
        note="Cake",
        starts_at=timezone.now() + timedelta(days=1),
    )
    usual, _ = mailed(post.compose(invitation, URL).message().as_bytes())

    for words in HOSTILE:
        invitation.room.name = name_of(words)
        invitation.note = visible_line(words)[:200] or "x"
        assert invitation.made_by is not None
        invitation.made_by.display_name = name_of(words)

        html, event = mailed(post.compose(invitation, URL).message().as_bytes())

        assert html == usual, words
        assert event == (name_of(words), f"{invitation.note}\nJoin: {URL}")


def mailed(written: bytes) -> tuple[Shape, tuple[str, str]]:
    """The shape of the mail's page, and what its calendar says."""
    message = message_from_bytes(written, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message["To"] == "tomas@example.org"
    assert message["Cc"] is message["Bcc"] is None
    html = message.get_body(("html",))
    assert html is not None
    (attached,) = message.iter_attachments()
    calendar = attached.get_payload(decode=True)
    assert isinstance(calendar, bytes)
    (event,) = Calendar.from_ical(calendar).walk("VEVENT")
    said = (str(event["SUMMARY"]), str(event["DESCRIPTION"]))
    return shape(html.get_content()), said

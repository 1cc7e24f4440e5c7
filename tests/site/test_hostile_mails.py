"""Hostile texts in mails: the headers are those of any mail, and so are the parts.

All mails that the site sends are composed as it does it. What a stranger can put into
one is their name, the name of a room, a note, and the address of a browser.
"""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from django.conf import settings
from django.core import mail
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from conference.env import BASE_DIR
from conference.mail.letter import letters_of
from rooms.invitations import post
from rooms.models import Invitation, Room
from tests.factories import make_invitation, make_user
from tests.people import Person
from tests.site.hostile import HOSTILE, TAMED, as_name, as_note
from tests.site.markup import Markup, squeezed

pytestmark = pytest.mark.django_db

URL = "https://meet.example.org/i/abcdefghijklmnopqrstuvwxyz012345/"
TO = "tomas@example.org"
TEMPLATES = BASE_DIR / "templates"
USUAL = {
    *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date"),
    *("Message-ID", "Auto-Submitted"),
}
PARTS = {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"}


def opened(message: mail.EmailMessage) -> EmailMessage:
    """The message as it is handed to a mail server, which reads it anew."""
    (letter,) = letters_of(message)
    assert letter.recipient == TO
    assert "\r" not in letter.content.decode().replace("\r\n", "")
    read = message_from_bytes(letter.content, policy=policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    assert read["To"] == TO
    assert read["From"] == settings.MAIL_FROM
    return read


def calendar_lines(text: str) -> list[str]:
    """The names of its lines; folded ones are put together first (RFC 5545, 3.1)."""
    whole = text.replace("\r\n ", "")
    assert whole.endswith("\r\n")
    lines = whole.removesuffix("\r\n").split("\r\n")
    assert not any(char in line for line in lines for char in "\r\n\0")
    return [line.partition(":")[0] for line in lines]


def invited(invitation: Invitation) -> Iterator[object]:
    """What the mail of an invitation is made of."""
    message = post.compose(invitation, URL)
    read = opened(message)
    assert set(read.keys()) == USUAL | {"List-Unsubscribe"}
    assert len(read.keys()) == len(USUAL) + 1
    parts = [part for part in read.walk() if isinstance(part, EmailMessage)]
    assert [part.get_content_type() for part in parts] == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html"),
        "text/calendar",
    ]
    for part in parts[1:]:
        assert set(part.keys()) <= PARTS | {"Content-Disposition"}
    assert read["Subject"].strip() == message.subject
    for part in parts:
        content = "" if part.is_multipart() else str(part.get_content())
        if part.get_content_type() == "text/html":
            page = Markup(content)
            assert not page.faults
            assert squeezed(invitation.note) in page.said
            yield page.shape
        elif part.get_content_type() == "text/plain":
            assert invitation.note in content
            yield len(content.splitlines())
        elif part.get_content_type() == "text/calendar":
            raw = part.get_payload(decode=True)
            assert isinstance(raw, bytes)
            yield calendar_lines(raw.decode())


def test_invitations_are_built_alike(room: Room) -> None:
    meeting = timezone.now() + timedelta(days=1)
    invitation, _ = make_invitation(room, address=TO, note="Cake", starts_at=meeting)
    assert invitation.made_by

    for text in HOSTILE:
        built = []
        for name, note in (
            (as_name(text).translate(TAMED), as_note(text).translate(TAMED)),
            (as_name(text), as_note(text)),
        ):
            invitation.room.name = invitation.made_by.display_name = name
            invitation.note = note
            built.append(list(invited(invitation)))
        assert built[0] == built[1], text


def prefixes() -> Iterator[str]:
    """Every mail that there is a template for."""
    for path in sorted(TEMPLATES.glob("*/email/*_subject.txt")):
        name = path.relative_to(TEMPLATES).as_posix()
        yield name.removesuffix("_subject.txt")


def test_mails_about_accounts_are_built_alike(db: None) -> None:
    user = make_user("Tomas Lind", TO)
    names = list(prefixes())
    assert len(names) >= 15

    for number, text in enumerate(HOSTILE):
        prefix = names[number % len(names)]
        usual, hostile = (
            told(user, prefix, each) for each in (text.translate(TAMED), text)
        )
        assert usual == hostile, (prefix, text)


def told(user: User, prefix: str, text: str) -> list[object]:
    """What a mail about an account is made of, its person and browser called so."""
    user.display_name = as_name(text)
    request = RequestFactory().get("/", HTTP_USER_AGENT=as_header(text))
    request.user = user
    context = {
        "user": user,
        "request": request,
        "email": TO,
        "key": "abc",
        "code": "ABC123",
        "activate_url": "/accounts/confirm-email/abc/",
        "password_reset_url": "/accounts/password/reset/key/abc/",
        "signup_url": "/accounts/signup/",
        "from_email": TO,
        "to_email": TO,
        "deleted_email": TO,
        "timestamp": timezone.now(),
        "ip": "127.0.0.1",
        "user_agent": as_header(text),
    }
    mail.outbox.clear()
    with request_context(request):
        get_adapter(request).send_mail(prefix, TO, context)
    (sent,) = mail.outbox
    read = opened(sent)
    assert set(read.keys()) <= USUAL | {"Content-Transfer-Encoding"}
    assert len(read.keys()) == len(set(read.keys()))
    body = read.get_content()
    assert "meet.example" not in body
    return [
        read.get_content_type(),
        len(body.splitlines()),
        [line for line in body.splitlines() if line.startswith("http")],
    ]


def as_header(text: str) -> str:
    """What a header can hold at all (RFC 9110, 5.5), as Django hands it on."""
    plain = "".join(char for char in text if char not in "\r\n\0")
    return plain.encode().decode("latin-1")


def test_no_typed_address_gets_more_than_one_mail(owner: Person, soak: bool) -> None:
    """What is no address is refused, or one part of it is; no header comes of it."""
    # Of a prime number, so that every kind of text is among them.
    for text in HOSTILE[:: 1 if soak else 7]:
        for typed in (text, f"{text}@example.org", f"{text} <tomas@example.org>"):
            mail.outbox.clear()
            person = Person()
            answers = [
                person.post("/accounts/password/reset/", {"email": typed}),
                owner.post("/accounts/email/", {"email": typed, "action_add": ""}),
            ]
            assert {answer.status_code for answer in answers} <= {200, 302, 429}
            for sent in mail.outbox:
                assert len(sent.recipients()) == 1
                assert not sent.cc
                assert not sent.bcc
                letters_of(sent)

"""Mails that carry invitations."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar
from pytest_django import Settings

from conference.mail.address import parse
from conference.mail.signals import mail_failed, mail_sent
from rooms.invitations import making, post, stopping
from rooms.invitations.terms import Terms
from rooms.models import Invitation, Postage, Room
from rooms.models.postage import address_hash
from tests.conference.mail.test_spelling import SPELLINGS
from tests.factories import make_invitation, make_room
from tests.people import Person
from tests.rooms.conftest import Noon

pytestmark = pytest.mark.django_db

TO = "tomas@example.org"
HOSTILE = (
    "Cake\r\nBcc: all@example.org",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ SITE_NAME }}{% debug %}",
    "=?utf-8?q?Bcc=3A_all=40example.org?=",
    "\u202egnp.exe",
    "a\x07b\x1bc\u2028d",
    "From evil\n.\nQUIT",
)


@pytest.fixture
def server(settings: Settings) -> None:
    """The site has a mail server; the tests' outbox stands for what is handed in."""
    settings.EMAIL_URL = parse("smtp://mail.example.org")
    settings.SITE_URL = "https://meet.example.org"
    settings.MAIL_FROM = "Parley <no-reply@meet.example.org>"


def invite(room: Room, *addresses: str, **terms: Any) -> list[making.Made]:
    said = Terms(**{"role": Invitation.Role.GUEST, "uses_limit": 1, **terms})
    count = Invitation.objects.count()
    return making.invite(room, room.owner, addresses, said, f"form {count}")


def received(number: int = -1) -> EmailMessage:
    """A mail as its reader's program parses it."""
    written = mail.outbox[number].message().as_bytes()
    parsed = message_from_bytes(written, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.usefixtures("server")
def test_it_says_who_invites_where_when_and_how(room: Room) -> None:
    (made,) = invite(
        room,
        TO,
        role=Invitation.Role.MEMBER,
        note="Bring \u201ccake\u201d & tea",
        expires_at=datetime(2030, 4, 1, tzinfo=UTC),
        starts_at=datetime(2030, 3, 31, 17, 0, tzinfo=UTC),
        zone="Europe/Berlin",
    )

    message = received()
    text, html = part(message, "plain"), part(message, "html")
    assert message["To"] == TO
    assert message["Subject"] == (
        "Parley: Amara Osei invites you to Friday kitchen table"
    )
    for said in (text, html):
        assert "Amara Osei invites you to" in said
        assert "Friday kitchen table" in said
        assert "Sunday, 31 March 2030, 19:00" in said
        assert "Europe/Berlin" in said or "CEST" in said
        assert "1 April 2030" in said
        assert "as member" in said
        assert made.url in said
        assert made.url.startswith("https://meet.example.org/i/")
        assert stopping.stop_url(TO) in said
    assert "Bring \u201ccake\u201d & tea" in text
    assert "Bring \u201ccake\u201d &amp; tea" in html
    (attached,) = message.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    assert attached["Content-Type"].params["method"] == "PUBLISH"
    calendar = attached.get_payload(decode=True)
    assert isinstance(calendar, bytes)
    (event,) = Calendar.from_ical(calendar).walk("VEVENT")
    assert event["URL"] == made.url
    assert b"\r\n" in calendar


@pytest.mark.usefixtures("server")
def test_it_is_the_sites_mail_and_nobody_elses(room: Room) -> None:
    (made,) = invite(room, TO)

    message = received()
    assert message["From"] == "Parley <no-reply@meet.example.org>"
    assert "Reply-To" not in message
    assert "Sender" not in message
    assert message["List-Unsubscribe"].strip() == f"<{stopping.stop_url(TO)}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "amara@example.org" not in message.as_string()
    assert not list(message.iter_attachments())
    reference = f"invitation:{made.invitation.public_id}"
    assert vars(mail.outbox[0])["reference"] == reference


@pytest.mark.usefixtures("server")
@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_break_out_of_their_place(
    owner: Person, room: Room, words: str
) -> None:
    owner.user.display_name = words
    owner.user.save()
    Room.objects.update(name=words)
    room.refresh_from_db()

    invite(room, TO, note=words, starts_at=timezone.now() + timedelta(days=1))

    message = received()
    assert set(message.keys()) == {
        *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date"),
        *("Message-ID", "List-Unsubscribe", "Auto-Submitted"),
    }
    assert [mail.outbox[0].to, mail.outbox[0].cc, mail.outbox[0].bcc] == [[TO], [], []]
    assert "\n" not in message["Subject"]
    html = part(message, "html")
    assert "<script>" not in html
    assert "<img" not in html
    assert "DEBUG" not in html
    (attached,) = message.iter_attachments()
    calendar = attached.get_payload(decode=True)
    assert isinstance(calendar, bytes)
    (event,) = Calendar.from_ical(calendar).walk("VEVENT")
    assert "ATTENDEE" not in event


@pytest.mark.usefixtures("server")
def test_each_person_sends_so_many_a_day(
    room: Room, stranger: Person, settings: Settings, noon: Noon
) -> None:
    settings.INVITATIONS_PER_DAY = 2

    made = invite(room, "a@x.org", "b@x.org", "c@x.org")

    assert sorted(each.invitation.mail for each in made) == [
        *("too-many", "waiting", "waiting"),
    ]
    assert len(mail.outbox) == 2
    # Deleting the room gives nothing back, and a new day everything.
    room.remove()
    other = make_room(room.owner)
    assert invite(other, "d@x.org")[0].invitation.mail == "too-many"
    assert invite(make_room(stranger.user), "d@x.org")[0].invitation.mail == "waiting"
    noon.pass_a_day()
    assert invite(other, "e@x.org")[0].invitation.mail == "waiting"


@pytest.mark.usefixtures("server", "noon")
def test_each_address_gets_so_many_a_day_from_everybody(
    room: Room, stranger: Person, settings: Settings
) -> None:
    settings.INVITATIONS_PER_DAY = 5
    for number in range(post.TO_ONE_ADDRESS):
        spelled = TO.upper() if number % 2 else TO
        assert invite(room, spelled)[0].invitation.mail == "waiting"

    theirs = make_room(stranger.user)
    made = invite(theirs, TO, "june@example.org")

    assert [each.invitation.mail for each in made] == ["enough", "waiting"]
    assert Invitation.objects.by_token(made[0].token) is not None
    # What was withheld does not count against its maker.
    assert Postage.objects.of_person(stranger.user).mails == 1


@pytest.mark.usefixtures("server")
def test_who_wants_none_gets_none(room: Room) -> None:
    stopping.stop(address_hash(TO))

    (made,) = invite(room, TO.upper())

    assert made.invitation.mail == "unwanted"
    assert not mail.outbox
    stopping.allow(address_hash(TO))
    assert invite(room, TO)[0].invitation.mail == "waiting"


@pytest.mark.usefixtures("server", "noon")
@pytest.mark.parametrize("spelled", SPELLINGS)
def test_no_spelling_goes_round_it(room: Room, spelled: str) -> None:
    stopping.stop(address_hash("victim@example.com"))

    assert invite(room, spelled)[0].invitation.mail == "unwanted"

    stopping.allow(address_hash(spelled))
    for _ in range(post.TO_ONE_ADDRESS):
        assert invite(room, "victim@example.com")[0].invitation.mail == "waiting"
    assert invite(room, spelled)[0].invitation.mail == "enough"


@pytest.mark.usefixtures("server")
def test_what_can_be_no_mail_is_told_as_failed(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the queue answers to what it cannot take: nothing was handed in."""
    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", lambda _: 0)

    (made,) = invite(room, TO)

    made.invitation.refresh_from_db()
    assert made.invitation.mail == "failed"
    assert made.invitation.mail_fault == "No mail can be made for this address."


def test_without_a_server_it_is_printed_once_all_is_stored(
    room: Room, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        (made,) = invite(room, TO)
        assert not mail.outbox

    assert made.invitation.mail == "printed"
    assert made.url in str(mail.outbox[0].body)


def test_counts_of_former_days_are_forgotten(
    room: Room, noon: Noon, django_capture_on_commit_callbacks: Any
) -> None:
    today = noon().date()
    kept = []
    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            invite(room, TO)
        kept.append(set(Postage.objects.values_list("day", flat=True)))
        noon.pass_a_day()

    first, second, third = (today + timedelta(days=each) for each in range(3))
    assert kept == [{first}, {first, second}, {second, third}]


def test_it_is_known_what_became_of_it(room: Room) -> None:
    invitation, _ = make_invitation(room, address=TO, mail="waiting")
    other, _ = make_invitation(room, address=TO, mail="waiting")

    def told(reference: str = invitation.reference) -> tuple[str, str, bool]:
        invitation.refresh_from_db()
        return invitation.mail, invitation.mail_fault, invitation.sent_at is not None

    fault = "Nobody. " * 99
    failed = {"sender": None, "reference": invitation.reference, "fault": fault}
    mail_failed.send(**failed, final=False)
    assert told() == ("waiting", fault[:200], False)
    mail_failed.send(**failed, final=True)
    assert told()[0] == "failed"
    mail_sent.send(None, reference=invitation.reference)
    assert told() == ("sent", "", True)
    for reference in ("", "invitation:", "reset:1", f"x:{invitation.public_id}"):
        mail_failed.send(None, reference=reference, fault="x", final=True)
    assert told()[0] == "sent"
    other.refresh_from_db()
    assert other.mail == "waiting"

"""Meetings as calendar files, read back by a parser that is not ours."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar, Event

from rooms.invitations.calendar import calendar
from rooms.models import Invitation, Room
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "http://localhost:8000/i/abcdefghijklmnopqrstuvwxyz012345/"
NASTY = "Cake; really, \u201cgood\u201d \\n cake: \U0001f370" + " M\u00fcsli" * 20


@pytest.fixture
def meeting(owner: Person, room: Room) -> Invitation:
    made, _ = Invitation.objects.issue(
        room=room,
        made_by=owner.user,
        role=Invitation.Role.GUEST,
        address="tomas@example.org",
        note=NASTY,
        starts_at=datetime(2030, 3, 31, 1, 30, tzinfo=UTC),
        duration=timedelta(minutes=90),
    )
    return made


def event_in(text: str) -> Event:
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert isinstance(event, Event)
    return event


def test_it_says_what_where_and_when(meeting: Invitation) -> None:
    meeting.room.change(name="Bread; cheese, wine \\ more")

    event = event_in(calendar(meeting, URL))

    assert event["SUMMARY"] == "Bread; cheese, wine \\ more"
    assert event["DESCRIPTION"] == f"{NASTY}\nJoin: {URL}"
    assert event["LOCATION"] == event["URL"] == URL
    assert event.start == meeting.starts_at
    assert event.end == datetime(2030, 3, 31, 3, 0, tzinfo=UTC)


def test_it_is_published_by_the_site_and_by_nobody_in_person(
    meeting: Invitation,
) -> None:
    text = calendar(meeting, URL)
    event = event_in(text)

    assert Calendar.from_ical(text)["METHOD"] == "PUBLISH"
    assert event["ORGANIZER"] == "mailto:no-reply@localhost"
    assert "ATTENDEE" not in event
    assert "amara" not in text.lower()
    assert "tomas" not in text.lower()


def test_the_same_invitation_is_the_same_event(meeting: Invitation) -> None:
    first, second = (event_in(calendar(meeting, URL)) for _ in range(2))

    assert first["UID"] == second["UID"] == f"{meeting.public_id}@localhost"
    assert meeting.created_at.replace(microsecond=0) == first.DTSTAMP


def test_lines_are_short_whole_and_end_as_they_should(meeting: Invitation) -> None:
    written = calendar(meeting, URL).encode()

    assert written.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in written.replace(b"\r\n", b"")
    for line in written.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def test_no_name_adds_a_line(meeting: Invitation) -> None:
    Room.objects.update(name="x\r\nATTENDEE:mailto:evil@example.org")
    Invitation.objects.update(note="y\nBEGIN:VALARM\u2028BEGIN:VALARM\x85z")
    meeting.refresh_from_db()

    text = calendar(meeting, URL)
    event = event_in(text)

    assert not event.subcomponents
    assert "ATTENDEE" not in event
    assert len(text.replace("\r\n ", "").split("\r\n")) == 18

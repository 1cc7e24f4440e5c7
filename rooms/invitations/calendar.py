"""A meeting as a calendar file (RFC 5545), published (RFC 5546): no answer is asked."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parseaddr

from django.conf import settings

from ..models import Invitation

LINE_OCTETS = 75
METHOD = "PUBLISH"


def calendar(invitation: Invitation, url: str) -> str:
    """The meeting of the invitation, which has a time, at the address that opens it.

    The same invitation is the same event however often it is sent. Its organiser is
    the site: an answer to it finds nobody.
    """
    assert invitation.starts_at is not None
    _, sender = parseaddr(settings.MAIL_FROM)
    host = settings.SITE_HOST.partition(":")[0]
    words = [invitation.note, f"Join: {url}"] if invitation.note else [f"Join: {url}"]
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{_text(settings.SITE_NAME)}//Invitations//EN",
        f"METHOD:{METHOD}",
        "BEGIN:VEVENT",
        f"UID:{invitation.public_id}@{host}",
        f"DTSTAMP:{_time(invitation.created_at)}",
        f"DTSTART:{_time(invitation.starts_at)}",
        f"DTEND:{_time(invitation.starts_at + invitation.duration)}",
        f"ORGANIZER;CN={_parameter(settings.SITE_NAME)}:mailto:{sender}",
        f"SUMMARY:{_text(invitation.room.name)}",
        f"DESCRIPTION:{_text(chr(10).join(words))}",
        f"LOCATION:{_text(url)}",
        f"URL:{url}",
        "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11)."""
    for char in ("\\", ";", ","):
        text = text.replace(char, f"\\{char}")
    return "\\n".join(text.splitlines())


def _parameter(text: str) -> str:
    """A quoted parameter value (RFC 5545, 3.2); it has no way to write a quote."""
    return '"{}"'.format(text.replace('"', "'"))


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets; no character is torn (RFC 5545, 3.1)."""
    part, size = "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > LINE_OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + char, size + octets
    yield part

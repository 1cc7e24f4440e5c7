"""Mails handed in, and a line to a server of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.mail import EmailMessage, get_connection

from conference.mail.address import parse
from conference.mail.line import Line
from conference.models import OutgoingMail
from tests.mail_server import SmtpServer


def hand_in(
    *to: str, reference: str = "", subject: str = "Hello", text: str = "See you there"
) -> list[OutgoingMail]:
    """One mail to these people, stored; returns its rows."""
    message = EmailMessage(subject, text, to=list(to))
    message.reference = reference  # type: ignore[attr-defined]
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    get_connection("conference.mail.backend.QueueBackend").send_messages([message])
    return list(OutgoingMail.objects.exclude(pk__in=before).order_by("pk"))


@contextmanager
def line_to(post: SmtpServer) -> Iterator[Line]:
    server = parse(post.url)
    assert server is not None
    line = Line(server)
    try:
        yield line
    finally:
        line.close()

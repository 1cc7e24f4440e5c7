"""Handing mails in: stored, printed or left out, and never waited for."""

import logging
import socket
from io import StringIO
from typing import Any

import pytest
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from conference.mail import postman
from conference.mail.letter import Letter, recipient_hash
from conference.models import OutgoingMail

pytestmark = pytest.mark.django_db

QUEUE = "conference.mail.backend.QueueBackend"
PRINTER = "conference.mail.backend.PrintBackend"


def send(*messages: EmailMessage, backend: str = QUEUE, **options: Any) -> int:
    return get_connection(backend, **options).send_messages(messages)


def mail(*to: str, subject: str = "Hello") -> EmailMessage:
    return EmailMessage(subject, "See you there", to=[*to])


def test_a_mail_is_stored_once_for_each_recipient() -> None:
    message = mail("june@example.org", "noor@example.org")
    message.reference = "invitation:abc"  # type: ignore[attr-defined]

    assert send(message, mail("paul@example.org"), mail()) == 2

    rows = list(OutgoingMail.objects.order_by("pk"))
    assert [row.reference for row in rows] == ["invitation:abc", "invitation:abc", ""]
    assert [Letter.opened(bytes(row.sealed)).recipient for row in rows] == [
        "june@example.org",
        "noor@example.org",
        "paul@example.org",
    ]
    assert rows[0].recipient_hash == recipient_hash("june@example.org")
    assert rows[0].state == "waits"


def test_it_goes_with_the_transaction_it_was_handed_in_with() -> None:
    with transaction.atomic():
        send(mail("june@example.org"))
        assert OutgoingMail.objects.count() == 1
        transaction.set_rollback(True)

    assert not OutgoingMail.objects.exists()


def test_the_postman_is_called_when_the_mail_can_be_seen(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    seen: list[int] = []
    monkeypatch.setattr(
        postman, "wake", lambda: seen.append(OutgoingMail.objects.count())
    )
    with django_capture_on_commit_callbacks(execute=True) as called:
        send(mail("june@example.org"), mail("noor@example.org"))
        assert not seen

    assert (len(called), seen) == (1, [2])


@pytest.mark.parametrize("backend", [QUEUE, PRINTER])
def test_what_can_be_no_mail_is_left_out_and_logged_without_its_words(
    caplog: pytest.LogCaptureFixture, backend: str
) -> None:
    options = {"stream": StringIO()} if backend == PRINTER else {}
    bad = mail("june@example.org", subject="Hello\r\nBcc: everybody@example.org")
    with caplog.at_level(logging.ERROR):
        count = send(bad, mail("noor@example.org"), backend=backend, **options)

    assert count == 1
    assert "line break" in caplog.text
    assert "@" not in caplog.text


def test_no_network_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the network was asked")

    for name in ("getfqdn", "gethostbyaddr", "getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)

    assert send(mail("june@example.org")) == 1


def test_printed_mails_can_be_read() -> None:
    told = StringIO()

    assert send(mail("june@example.org"), backend=PRINTER, stream=told) == 1

    assert "To: june@example.org" in told.getvalue()
    assert "See you there" in told.getvalue()

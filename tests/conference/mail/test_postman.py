"""The thread that delivers: when it goes, and what it says when it cannot."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import OperationalError, transaction

from conference.mail import postman
from conference.mail.address import parse
from conference.mail.line import Line
from conference.mail.postman import Postman
from conference.models import OutgoingMail
from tests.conference.mail.post import hand_in
from tests.mail_server import SmtpServer, mail_server
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def at_work(post: SmtpServer) -> Iterator[Postman]:
    server = parse(post.url)
    assert server is not None
    working = Postman(server)
    working.start()
    try:
        yield working
    finally:
        assert working.end()


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes when the bell rings, and not by itself."""
    monkeypatch.setattr(postman, "LOOK_SECONDS", 3600)


@pytest.mark.usefixtures("_patient")
def test_a_mail_of_this_process_goes_as_soon_as_it_is_committed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with mail_server() as post, at_work(post) as working:
        monkeypatch.setattr(postman, "_postman", working)
        with transaction.atomic():
            hand_in("june@example.org")
            assert not post.mails
        post.wait_for(1)
        hand_in("noor@example.org")
        post.wait_for(2)

    assert not OutgoingMail.objects.exists()


def test_a_mail_of_another_process_goes_within_moments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postman, "LOOK_SECONDS", 0.02)
    with mail_server() as post, at_work(post):
        hand_in("june@example.org")
        post.wait_for(1)


@pytest.mark.usefixtures("_patient")
def test_a_database_that_is_away_is_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[Line] = []

    def fail(line: Line, stopping: object) -> int:
        tries.append(line)
        raise OperationalError("gone")

    def tried(times: int) -> None:
        wait_until(lambda: len(tries) >= times, f"try {times}")

    monkeypatch.setattr(postman, "deliver", fail)
    with mail_server() as post, caplog.at_level(logging.INFO), at_work(post) as working:
        for number in range(1, 4):
            tried(number)
            working.ring()

    told = [each for each in caplog.records if each.name == postman.__name__]
    assert [each.getMessage() for each in told] == [
        "Mail waits, the database does not answer: OperationalError('gone')"
    ]


@pytest.mark.usefixtures("_patient")
def test_a_mistake_of_ours_is_told_whole_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    def fail(line: Line, stopping: object) -> int:
        tries.append(1)
        raise ZeroDivisionError

    monkeypatch.setattr(postman, "deliver", fail)
    with mail_server() as post, at_work(post) as working:
        wait_until(lambda: tries, "a try")
        working.ring()
        wait_until(lambda: len(tries) > 1, "another try")

    assert "ZeroDivisionError" in caplog.text


def test_without_a_mail_server_nobody_goes() -> None:
    assert settings.EMAIL_URL is None
    postman.start()
    assert postman._postman is None
    postman.wake()
    postman.end()

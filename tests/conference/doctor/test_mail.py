"""The doctor and a real mail server."""

from datetime import timedelta

import pytest
from django.core.mail import send_mail
from django.utils import timezone
from pytest_django import Settings

from conference.doctor import State
from conference.doctor.mail import check
from conference.mail.address import parse
from conference.models import OutgoingMail
from tests.conference.doctor.heard import all_good, said
from tests.mail_server import mail_server
from tests.servers import free_port

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scheme", ["smtp", "smtps", "submission"])
def test_a_server_that_lets_us_in(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    with mail_server(scheme, user="parley", password="hunter2") as post:
        for name, value in post.settings.items():
            monkeypatch.setenv(name, value)
        settings.EMAIL_URL = parse(post.settings["EMAIL_URL"])
        found = all_good(check())
        assert "lets us in, as parley" in found[0]
        assert "hunter2" not in str(found)
        assert not post.mails, "nothing is sent"


def test_a_password_that_is_refused(settings: Settings) -> None:
    with mail_server(user="parley", password="hunter2") as post:
        url = post.settings["EMAIL_URL"].replace("hunter2", "hunter3")
        settings.EMAIL_URL = parse(url)
        finding = said(check(), State.BAD, "refuses the user and password")
        assert "hunter" not in str(finding)


def test_a_server_that_is_down(settings: Settings) -> None:
    settings.EMAIL_URL = parse(f"smtp://127.0.0.1:{free_port()}")
    said(check(), State.BAD, "does not answer")


def test_mail_that_waits(settings: Settings) -> None:
    settings.EMAIL_URL = parse(f"smtp://127.0.0.1:{free_port()}")
    settings.EMAIL_BACKEND = "conference.mail.backend.QueueBackend"
    send_mail("Hello", "Words", None, ["june@example.org"])
    said(check(), State.GOOD, "1 waiting")
    OutgoingMail.objects.update(
        created_at=timezone.now() - timedelta(hours=3), fault="450 Not now."
    )
    finding = said(check(), State.LOOK, "1 waiting")
    assert "3\xa0hours" in finding.found
    assert "450 Not now." in finding.found


def test_mail_that_was_given_up(settings: Settings) -> None:
    settings.EMAIL_URL = parse(f"smtp://127.0.0.1:{free_port()}")
    settings.EMAIL_BACKEND = "conference.mail.backend.QueueBackend"
    send_mail("Hello", "Words", None, ["june@example.org"])
    OutgoingMail.objects.get().give_up("550 Nobody of that name.")
    finding = said(check(), State.LOOK, "1 given up")
    assert "550 Nobody of that name." in finding.found
    said(check(), State.GOOD, "No mail waits.")


def test_without_a_server_it_is_said_what_that_means(settings: Settings) -> None:
    settings.EMAIL_URL = None
    all_good(check())
    settings.SITE_URL = "https://call.example.org"
    said(check(), State.LOOK, "nobody can ask for a new password")
    settings.LAN = True
    all_good(check())


def test_a_password_in_the_clear(settings: Settings) -> None:
    settings.EMAIL_URL = parse("smtp://parley:hunter2@mail.invalid:25")
    said(check(), State.LOOK, "in the clear")

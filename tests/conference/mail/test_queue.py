"""What waits, what goes, and what is given up."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from conference.mail import queue
from conference.mail.line import ServerFault
from conference.mail.queue import BATCH, deliver, forget
from conference.mail.signals import mail_failed, mail_sent
from conference.models import (
    FIRST_WAIT,
    KEPT,
    LAST_WAIT,
    LEASE,
    PATIENCE,
    OutgoingMail,
)
from tests.conference.mail.post import hand_in, line_to
from tests.mail_server import SmtpServer, mail_server

pytestmark = pytest.mark.django_db


@pytest.fixture
def post() -> Iterator[SmtpServer]:
    with mail_server() as server:
        yield server


class Told:
    """What receivers of the two signals heard."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.failed: list[tuple[str, str, bool]] = []

    def hear_sent(self, *, reference: str, **_: Any) -> None:
        self.sent.append(reference)

    def hear_failed(self, *, reference: str, fault: str, final: bool, **_: Any) -> None:
        self.failed.append((reference, fault, final))


@pytest.fixture
def told() -> Iterator[Told]:
    heard = Told()
    mail_sent.connect(heard.hear_sent)
    mail_failed.connect(heard.hear_failed)
    yield heard
    mail_sent.disconnect(heard.hear_sent)
    mail_failed.disconnect(heard.hear_failed)


def only() -> OutgoingMail:
    return OutgoingMail.objects.get()


def test_what_is_due_goes_and_leaves_nothing_behind(
    post: SmtpServer, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    hand_in("june@example.org", "noor@example.org", reference="invitation:a")
    with line_to(post) as line, caplog.at_level(logging.INFO):
        assert deliver(line) == 2
        assert deliver(line) == 0

    assert {mail.recipients for mail in post.mails} == {
        ("june@example.org",),
        ("noor@example.org",),
    }
    assert not OutgoingMail.objects.exists()
    assert told.sent == ["invitation:a", "invitation:a"]
    assert not told.failed
    assert "@" not in caplog.text


def test_the_oldest_goes_first_and_nothing_goes_early(post: SmtpServer) -> None:
    (late,) = hand_in("late@example.org")
    hand_in("second@example.org")
    (first,) = hand_in("first@example.org")
    now = timezone.now()
    for mail, due in ((late, now + timedelta(seconds=60)), (first, now - PATIENCE / 2)):
        OutgoingMail.objects.filter(pk=mail.pk).update(next_at=due)
    with line_to(post) as line:
        assert deliver(line) == 2

    assert [mail.recipients[0] for mail in post.mails] == [
        "first@example.org",
        "second@example.org",
    ]
    assert only() == late


def test_a_long_queue_goes_over_several_connections(post: SmtpServer) -> None:
    hand_in(*(f"person-{number}@example.org" for number in range(BATCH + 1)))
    with line_to(post) as line:
        assert deliver(line) == BATCH + 1

    assert (len(post.mails), post.connections) == (BATCH + 1, 2)


def test_it_stops_when_told_to(post: SmtpServer) -> None:
    hand_in("june@example.org", "noor@example.org")
    with line_to(post) as line:
        assert deliver(line, stopping=lambda: bool(post.mails)) == 1

    assert only().state == "waits"


def test_a_refused_address_is_given_up_at_once(
    post: SmtpServer, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    hand_in("june@example.org", reference="invitation:a")
    hand_in("noor@example.org")
    post.answers["RCPT june@example.org"] = "550 5.1.1 <june@example.org> unknown"
    with line_to(post) as line:
        assert deliver(line) == 1

    mail = only()
    assert (mail.state, mail.attempts) == ("given up", 1)
    assert mail.fault == "The mail server refuses the address. (550 5.1.1 … unknown)"
    assert told.failed == [
        ("invitation:a", "The mail server refuses the address.", True)
    ]
    assert told.sent == [""]
    assert "@" not in caplog.text


def test_a_mail_that_is_refused_for_now_waits_and_holds_no_other_back(
    post: SmtpServer, told: Told
) -> None:
    hand_in("june@example.org", reference="invitation:a")
    hand_in("noor@example.org")
    post.answers["RCPT june@example.org"] = "450 4.2.0 Greylisted"
    with line_to(post) as line:
        assert deliver(line) == 1

    mail = only()
    assert (mail.state, mail.attempts, mail.server_away) == ("waits", 1, False)
    assert "Greylisted" in mail.fault
    assert mail.next_at > timezone.now()
    assert [final for _, _, final in told.failed] == [False]


@pytest.mark.parametrize("tries", [1, 2, 5, 9, 10, 11, 90])
def test_waits_grow_from_ten_seconds_to_an_hour(tries: int) -> None:
    (mail,) = hand_in("june@example.org")
    mail.attempts = tries
    before = timezone.now()
    assert mail.put_off("Later.", server_away=False)

    wait = min(FIRST_WAIT * 2 ** min(tries - 1, 20), LAST_WAIT)
    assert (timedelta(seconds=10), timedelta(hours=1)) == (FIRST_WAIT, LAST_WAIT)
    assert before + wait * 0.8 <= only().next_at <= timezone.now() + wait * 1.2


def test_waits_differ_so_that_mails_do_not_come_back_all_at_once() -> None:
    mails = hand_in(*(f"person-{number}@example.org" for number in range(8)))
    for mail in mails:
        mail.attempts = 9
        mail.put_off("Later.", server_away=False)

    times = list(OutgoingMail.objects.values_list("next_at", flat=True))
    assert max(times) - min(times) > timedelta(seconds=10)


def test_after_three_days_it_is_given_up(post: SmtpServer, told: Told) -> None:
    (mail,) = hand_in("june@example.org", reference="invitation:a")
    old = timezone.now() - PATIENCE
    OutgoingMail.objects.filter(pk=mail.pk).update(created_at=old, attempts=70)
    post.answers["RCPT"] = "450 4.2.0 Later"
    with line_to(post) as line:
        assert deliver(line) == 0
        assert deliver(line) == 0

    assert only().state == "given up"
    assert [final for _, _, final in told.failed] == [True]


def test_a_server_that_is_down_keeps_every_mail(
    post: SmtpServer, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    hand_in("june@example.org", "noor@example.org", reference="invitation:a")
    post.down()
    with line_to(post) as line, pytest.raises(ServerFault, match="does not answer"):
        deliver(line)

    tried, untried = OutgoingMail.objects.order_by("-attempts")
    assert (tried.attempts, tried.server_away, tried.state) == (1, True, "waits")
    assert "does not answer" in tried.fault
    assert (untried.attempts, untried.fault) == (0, "")
    assert told.failed == [("invitation:a", "The mail server does not answer.", False)]
    assert "@" not in caplog.text


def test_when_the_server_is_back_all_that_missed_it_goes_at_once(
    post: SmtpServer,
) -> None:
    hand_in("june@example.org")
    post.down()
    with line_to(post) as line, pytest.raises(ServerFault):
        deliver(line)
    post.up()
    hand_in("noor@example.org")
    with line_to(post) as line:
        assert deliver(line) == 2

    assert not OutgoingMail.objects.exists()


def test_what_another_key_sealed_is_given_up_and_harms_nobody(
    post: SmtpServer, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    with override_settings(SECRET_KEY="another key, " * 5):
        hand_in("june@example.org", reference="invitation:a")
    hand_in("noor@example.org")
    with line_to(post) as line:
        assert deliver(line) == 1

    assert only().state == "given up"
    assert "SECRET_KEY" in only().fault
    assert told.failed == [("invitation:a", queue.UNREADABLE, True)]
    assert "SECRET_KEY" in caplog.text


def test_a_receiver_that_fails_harms_nobody(post: SmtpServer) -> None:
    def fail(**_: Any) -> None:
        raise ZeroDivisionError

    mail_sent.connect(fail)
    try:
        hand_in("june@example.org", "noor@example.org")
        with line_to(post) as line:
            assert deliver(line) == 2
    finally:
        mail_sent.disconnect(fail)

    assert not OutgoingMail.objects.exists()


def test_only_one_of_those_who_want_it_gets_a_mail() -> None:
    hand_in("june@example.org")
    first, second = only(), only()

    assert first.claim()
    assert not second.claim()
    assert OutgoingMail.objects.claim_next() is None
    assert only().state == "being sent"


def test_a_claim_ends_when_its_holder_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    hand_in("june@example.org")
    gone = OutgoingMail.objects.claim_next()
    assert gone is not None
    later: datetime = timezone.now() + LEASE
    monkeypatch.setattr(timezone, "now", lambda: later)

    taken = OutgoingMail.objects.claim_next()
    assert taken is not None
    assert taken.attempts == 2
    gone.put_off("Too late to say.", server_away=False)
    assert only().state == "being sent"
    assert only().fault == ""


def test_what_is_on_its_way_is_not_sent_twice_by_haste() -> None:
    hand_in("june@example.org")
    assert OutgoingMail.objects.claim_next()

    OutgoingMail.objects.all().try_now()
    OutgoingMail.objects.all().hurry()

    assert OutgoingMail.objects.claim_next() is None


def test_what_is_forgotten_does_not_go(post: SmtpServer) -> None:
    hand_in("june@example.org", "noor@example.org", reference="invitation:a")
    hand_in("paul@example.org", reference="invitation:b")

    assert forget("invitation:a") == 2
    assert forget("invitation:a") == 0
    with line_to(post) as line:
        assert deliver(line) == 1
    assert post.mails[0].recipients == ("paul@example.org",)


def test_what_was_given_up_is_kept_for_some_days(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hand_in("june@example.org", "noor@example.org")
    given_up = OutgoingMail.objects.order_by("pk")[0]
    given_up.give_up("No.")
    assert OutgoingMail.objects.all().forget_old() == 0

    later = timezone.now() + KEPT
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert OutgoingMail.objects.all().forget_old() == 1
    assert only().state == "waits"

"""Facts become words."""

import re
from datetime import datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from conference.templatetags.words import day, initials, listed


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Mira Lind", "ML"), ("june", "J"), ("Ana María de Souza", "AM"), ("", "")],
)
def test_initials_are_of_the_first_two_words(name: str, letters: str) -> None:
    assert initials(name) == letters


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["June"], "June"),
        (["June", "Noor"], "June and Noor"),
        (["June", "Noor", "Paul"], "June, Noor and Paul"),
        (["June", "Noor", "Paul", "Mira"], "June, Noor, Paul and Mira"),
        (["June", "Noor", "Paul", "Mira", "Ann"], "June, Noor, Paul and 2 others"),
    ],
)
def test_people_are_listed_as_one_says_it(names: list[str], words: str) -> None:
    assert listed(names) == words


def test_days_are_named_as_one_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wednesday = datetime(2026, 5, 20, 12, tzinfo=timezone.get_current_timezone())
    monkeypatch.setattr(timezone, "now", lambda: wednesday)

    def ago(days: int) -> str:
        return day(wednesday - timedelta(days=days))

    assert ago(0) == "today"
    assert ago(1) == "yesterday"
    assert ago(2) == "on Monday"
    assert ago(6) == "on Thursday"
    assert ago(7) == "on 13 May"
    assert ago(365) == "on 20 May 2025"


@pytest.mark.parametrize(
    "name",
    [
        "account_already_exists",
        "email_changed",
        "email_confirm",
        "email_confirmation",
        "email_confirmation_signup",
        "email_deleted",
        "password_changed",
        "password_reset",
        "password_reset_key",
        "password_set",
        "unknown_account",
    ],
)
def test_mails_are_plain_text_with_a_subject(name: str) -> None:
    link = "https://call.example.org/accounts/?a=1&b=2"
    told = {
        "SITE_NAME": "Jo's & Mo's",
        "activate_url": link,
        "password_reset_url": link,
        "signup_url": link,
        "timestamp": timezone.now(),
        "ip": "192.0.2.1",
        "user_agent": "Firefox <1>",
    }
    subject = render_to_string(f"account/email/{name}_subject.txt", told).strip()
    body = render_to_string(f"account/email/{name}_message.txt", told)
    assert subject
    assert "\n" not in subject
    assert "Jo's & Mo's" in body
    assert not re.search(r"&\w+;|&#|[{}]", body)
    assert max(map(len, body.splitlines())) <= 200

"""Sign-up, log-in and reset do not tell whether an address has an account.

The answers are compared word by word; then how long they take, known and unknown in
turn, with the real hasher. Times are compared with each other only, and a leak that is
made on purpose must be noticed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from django.core import mail
from django.test import override_settings

from accounts.models import User
from tests.factories import PASSWORD
from tests.people import Person
from tests.timing import medians_apart

pytestmark = pytest.mark.django_db

MOST_APART = 1.2
"""How far the medians of two answers may lie apart, as a ratio."""
MAILS_APART = 1.12
"""The same where what could differ is a mail that waits, and no hash."""

LOGIN, SIGNUP = "/accounts/login/", "/accounts/signup/"
RESET = "/accounts/password/reset/"
Ask = Callable[[str], tuple[str, dict[str, str]]]

_addresses = itertools.count(1)


def wrong_password(email: str) -> tuple[str, dict[str, str]]:
    return LOGIN, {"login": email, "password": "not this one at all"}


def sign_up(email: str) -> tuple[str, dict[str, str]]:
    return SIGNUP, {"display_name": "M", "email": email, "password1": PASSWORD}


def reset(email: str) -> tuple[str, dict[str, str]]:
    return RESET, {"email": email}


queued = override_settings(EMAIL_BACKEND="conference.mail.backend.QueueBackend")
DOORS = pytest.mark.parametrize("ask", [wrong_password, sign_up, reset])


@pytest.fixture(autouse=True)
def real_hasher() -> Iterator[None]:
    """Passwords cost what they cost in production, and addresses must be confirmed."""
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"],
        ACCOUNT_EMAIL_VERIFICATION="mandatory",
    ):
        yield


def accounts(count: int) -> list[str]:
    """Addresses of so many people who have confirmed accounts."""
    password = make_password(PASSWORD)
    emails = [f"known-{number}@example.org" for number in range(count)]
    for email in emails:
        user = User.objects.create(email=email, display_name="K", password=password)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return emails


@pytest.fixture
def known() -> str:
    """The address of somebody who has a confirmed account."""
    return accounts(1)[0]


# As long as the known one, for a page may name the address.
UNKNOWN = "anyon-0@example.org"


def visitor() -> Person:
    """Somebody at an address of their own, so that no limit is in the way."""
    return Person(REMOTE_ADDR=f"203.0.113.{next(_addresses) % 250}")


def told(browser: Person, url: str, fields: dict[str, str], email: str) -> Any:
    """All that an answer and the page after it tell, but for what is never the same."""
    answer = browser.post(url, fields)
    after = browser.get(answer["Location"]) if answer.status_code == 302 else answer
    text = after.content.decode().replace(email, "…")
    for once in (r'value="[\w-]{64}"', r'nonce="[^"]+"', r"nonce-[^']+"):
        text = re.sub(once, "…", text)
    cookies = sorted((name, len(each.value)) for name, each in browser.cookies.items())
    headers = {
        name: re.sub(r"nonce-[^']+", "…", value)
        for name, value in answer.headers.items()
        if name not in ("Content-Length", "Expires", "Last-Modified")
    }
    return answer.status_code, headers, text, cookies, after.status_code


@DOORS
def test_the_answers_are_the_same(known: str, ask: Ask) -> None:
    assert len(known) == len(UNKNOWN)

    there, not_there = (told(visitor(), *ask(each), each) for each in (known, UNKNOWN))

    assert there == not_there
    assert User.objects.filter(email=known).count() == 1


@DOORS
def test_asking_again_tells_no_more(known: str, ask: Ask) -> None:
    for email in (known, UNKNOWN):
        visitor().post(*ask(email))

    there, not_there = (told(visitor(), *ask(each), each) for each in (known, UNKNOWN))

    assert there == not_there


@pytest.mark.parametrize(
    ("ask", "samples", "most"),
    [
        (wrong_password, 5, MOST_APART),
        (sign_up, 5, MOST_APART),
        (reset, 40, MAILS_APART),
    ],
)
@queued
def test_the_answers_take_as_long(ask: Ask, samples: int, most: float) -> None:
    assert apart(ask, samples) < most


@queued
def test_a_hash_of_half_the_cost_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    half = Argon2PasswordHasher()
    half.time_cost //= 2
    monkeypatch.setattr(
        AuthenticationBackend,
        "_mitigate_timing_attack",
        lambda _, password: half.encode(password, half.salt()),
    )

    assert apart(wrong_password, 3) > MOST_APART


@queued
def test_an_address_that_is_known_without_a_hash_would_be_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("accounts.forms.make_password", lambda _: "")

    assert apart(sign_up, 3) > MOST_APART


@queued
@override_settings(ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS=False)
def test_a_mail_that_only_some_are_sent_would_be_noticed() -> None:
    assert apart(reset, 20) > MAILS_APART


def apart(ask: Ask, samples: int) -> float:
    """How far apart the answers for known and unknown addresses are, in time."""
    numbers = itertools.count()
    # As many as are asked for, warming up included.
    known = iter(accounts(samples + 3))

    def asked(email: str) -> None:
        visitor().post(*ask(email))

    return medians_apart(
        lambda: asked(next(known)),
        lambda: asked(f"nobody-{next(numbers)}@example.org"),
        samples,
    )


def test_whose_address_it_is_learns_it_by_mail(known: str) -> None:
    visitor().post(*sign_up(known))

    (sent,) = mail.outbox
    assert sent.to == [known]
    assert RESET in str(sent.body)


def test_without_a_mail_server_sign_up_says_so_beside_the_field(
    known: str,
) -> None:
    """Nothing else can: whoever is let in at once has an address that was free."""
    with override_settings(ACCOUNT_EMAIL_VERIFICATION="optional"):
        page = visitor().post(*sign_up(known))

    assert "Is it yours? Log in." in page.content.decode()

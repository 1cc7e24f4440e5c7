"""Sign-up, log-in and reset do not tell whether an address has an account.

The answers are compared word by word; then how long they take, known and unknown in
turn, with the real hasher. Times are compared with each other only.
"""

from __future__ import annotations

import itertools
import re
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import override_settings

from accounts.models import User
from tests.factories import PASSWORD
from tests.people import Person

pytestmark = pytest.mark.django_db

SAMPLES = 11
# Whoever skips the hash answers in a fifth of the time.
APART = 1.6

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


DOORS = pytest.mark.parametrize("ask", [wrong_password, sign_up, reset])


@pytest.fixture(autouse=True)
def real_hasher() -> Iterator[None]:
    """Passwords cost what they cost in production, and addresses must be confirmed."""
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"],
        ACCOUNT_EMAIL_VERIFICATION="mandatory",
    ):
        yield


@pytest.fixture
def known() -> list[str]:
    """Addresses of people who have confirmed accounts."""
    password = make_password(PASSWORD)
    emails = [f"known-{number}@example.org" for number in range(SAMPLES + 2)]
    for email in emails:
        user = User.objects.create(email=email, display_name="K", password=password)
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return emails


@pytest.fixture
def unknown() -> list[str]:
    return [f"nobody-{number}@example.org" for number in range(SAMPLES + 2)]


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
def test_the_answers_are_the_same(
    known: list[str], unknown: list[str], ask: Ask
) -> None:
    # Of one length, for a page may name the address.
    one, other = known[0], unknown[0].replace("nobody", "anyon")
    assert len(one) == len(other)

    assert told(visitor(), *ask(one), one) == told(visitor(), *ask(other), other)
    assert User.objects.filter(email=one).count() == 1


@DOORS
def test_asking_again_tells_no_more(
    known: list[str], unknown: list[str], ask: Ask
) -> None:
    one, other = known[0], unknown[0].replace("nobody", "anyon")
    for email in (one, other):
        visitor().post(*ask(email))

    assert told(visitor(), *ask(one), one) == told(visitor(), *ask(other), other)


@DOORS
@override_settings(EMAIL_BACKEND="conference.mail.backend.QueueBackend")
def test_the_answers_take_as_long(
    known: list[str], unknown: list[str], ask: Ask
) -> None:
    taken: dict[bool, list[float]] = {True: [], False: []}
    for number, (one, other) in enumerate(zip(known, unknown, strict=True)):
        for email, is_known in ((one, True), (other, False)):
            browser = visitor()
            url, fields = ask(email)
            begun = time.perf_counter()
            browser.post(url, fields)
            # The first two warm up what is made once.
            if number > 1:
                taken[is_known].append(time.perf_counter() - begun)

    ratio = statistics.median(taken[True]) / statistics.median(taken[False])
    assert 1 / APART < ratio < APART


def test_whose_address_it_is_learns_it_by_mail(known: list[str]) -> None:
    visitor().post(*sign_up(known[0]))

    (sent,) = mail.outbox
    assert sent.to == [known[0]]
    assert RESET in str(sent.body)


def test_without_a_mail_server_sign_up_says_so_beside_the_field(
    known: list[str],
) -> None:
    """Nothing else can: whoever is let in at once has an address that was free."""
    with override_settings(ACCOUNT_EMAIL_VERIFICATION="optional"):
        page = visitor().post(*sign_up(known[0]))

    assert "Is it yours? Log in." in page.content.decode()

"""Guessing at an account shuts its person out of no browser they have been in."""

import logging
import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.http import HttpResponse
from django.test import override_settings

from accounts.known import remember
from tests.factories import PASSWORD, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/accounts/login/"
LIMIT = 5
COOKIE = settings.KNOWN_COOKIE_NAME


def logs_in(browser: Person, email: str, password: str = PASSWORD) -> bool:
    # The test client's own log-out would throw every cookie away.
    browser.post("/accounts/logout/")
    browser.post(URL, {"login": email, "password": password})
    return "_auth_user_id" in browser.session


def from_elsewhere(number: int) -> Person:
    return Person(REMOTE_ADDR=f"203.0.113.{number}")


def guess_at(email: str) -> None:
    """Use up what anybody may guess at this account."""
    for number in range(LIMIT):
        assert not logs_in(from_elsewhere(number), email, "wrong")
    assert not logs_in(from_elsewhere(LIMIT), email)


@pytest.fixture
def usual(owner: Person) -> Person:
    """A browser in which the owner has logged in before; Person's own is no log-in."""
    browser = Person()
    assert logs_in(browser, owner.user.email)
    return browser


def test_a_browser_that_has_been_in_is_not_shut_out(
    owner: Person, usual: Person
) -> None:
    guess_at(owner.user.email)

    assert logs_in(usual, owner.user.email.upper())


def test_it_has_a_limit_of_its_own(owner: Person, usual: Person) -> None:
    for _ in range(LIMIT):
        assert not logs_in(usual, owner.user.email, "wrong")

    assert not logs_in(usual, owner.user.email)
    assert logs_in(from_elsewhere(1), owner.user.email)


def test_it_helps_with_no_other_account(usual: Person, stranger: Person) -> None:
    guess_at(stranger.user.email)

    assert not logs_in(usual, stranger.user.email)


def test_an_address_of_another_that_one_has_added_makes_nobody_known(
    owner: Person, stranger: Person
) -> None:
    """Without a mail server any address may be added, and logs in."""
    victim = owner.user.email
    EmailAddress.objects.create(user=stranger.user, email=victim)
    stranger.user.set_password("the password of the guesser")
    stranger.user.save()
    guesser = Person()
    assert logs_in(guesser, victim, "the password of the guesser")
    assert guesser.session["_auth_user_id"] == str(stranger.user.pk)

    guess_at(victim)

    assert not logs_in(guesser, victim)


def test_another_confirmed_address_makes_known_as_well(owner: Person) -> None:
    EmailAddress.objects.create(
        user=owner.user, email="amara@home.example", verified=True
    )
    browser = Person()
    assert logs_in(browser, "Amara@home.example")

    guess_at("amara@home.example")

    assert logs_in(browser, "amara@home.example")


@pytest.mark.parametrize("value", ["", "x", "x:y:z", '["a","b"]'])
def test_a_forged_cookie_helps_nobody(owner: Person, value: str) -> None:
    guess_at(owner.user.email)
    forger = from_elsewhere(99)
    forger.cookies[COOKIE] = value

    assert not logs_in(forger, owner.user.email)


def test_a_cookie_of_another_site_helps_nobody(owner: Person) -> None:
    guess_at(owner.user.email)
    browser = from_elsewhere(99)
    answer = HttpResponse()
    with override_settings(SECRET_KEY="the secret of another site, as long as ours is"):
        remember(answer, owner.user.email)
    browser.cookies[COOKIE] = answer.cookies[COOKIE].value

    assert not logs_in(browser, owner.user.email)


def test_the_cookie_is_for_the_server_alone_and_opens_nothing(
    owner: Person, usual: Person
) -> None:
    cookie = usual.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert owner.user.email not in cookie.value

    bearer = Person()
    bearer.cookies[COOKIE] = cookie.value
    assert bearer.get("/rooms/").status_code == 302


def test_signing_up_makes_the_browser_known() -> None:
    browser = Person()
    browser.post(
        "/accounts/signup/",
        {"display_name": "M", "email": "m@example.org", "password1": PASSWORD},
    )
    guess_at("m@example.org")

    assert logs_in(browser, "m@example.org")


def test_a_new_password_ends_the_wait(owner: Person) -> None:
    guess_at(owner.user.email)
    browser = from_elsewhere(50)
    browser.post("/accounts/password/reset/", {"email": owner.user.email})
    link = re.search(r"https?://[^/]+(/accounts/\S+)", str(mail.outbox[0].body))
    assert link
    form = browser.get(link[1], follow=True).redirect_chain[-1][0]
    new = {"password1": "nine yellow pears", "password2": "nine yellow pears"}
    assert browser.post(form, new).status_code == 302

    assert logs_in(from_elsewhere(51), owner.user.email, "nine yellow pears")


def test_the_log_says_who_guesses_and_nothing_they_typed(
    owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "accounts.watch"):
        logs_in(from_elsewhere(7), owner.user.email, "a secret")

    assert caplog.messages == ["Wrong password, from 203.0.113.7"]


def test_more_guesses_within_an_hour_wait_longer(owner: Person) -> None:
    rates = settings.ACCOUNT_RATE_LIMITS["login_failed"].split(",")
    assert rates == ["10/m/ip", "5/5m/key", "20/h/key"]
    with override_settings(
        ACCOUNT_RATE_LIMITS={"login_failed": "1000/m/ip,1000/5m/key,20/h/key"}
    ):
        for number in range(20):
            assert not logs_in(from_elsewhere(number), owner.user.email, "wrong")
        assert not logs_in(from_elsewhere(20), owner.user.email)


@pytest.mark.parametrize(
    ("url", "address", "times"),
    [
        ("/accounts/password/reset/", "june@example.org", 5),
        ("/accounts/password/reset/", "nobody@example.org", 5),
    ],
)
def test_one_address_gets_few_mails_whoever_asks(
    db: None, url: str, address: str, times: int
) -> None:
    make_user("June", "june@example.org")
    answers = [
        from_elsewhere(number).post(url, {"email": address}).status_code
        for number in range(times + 1)
    ]

    assert answers == [302] * times + [429]
    assert len(mail.outbox) == times


def test_too_many_tries_are_answered_in_our_words(anonymous: Person) -> None:
    for _ in range(31):
        page = anonymous.post(URL, {"login": "x@example.org", "password": "wrong"})

    assert page.status_code == 429
    words = " ".join(page.content.decode().split())
    assert re.search(r"Wait (a|some|\d+) minutes?, then try again\.", words)
    assert "Too many tries" in words

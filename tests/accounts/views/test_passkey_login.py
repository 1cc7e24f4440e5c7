"""Logging in with a passkey alone; whoever only asks leaves nothing behind."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import override_settings

from tests.people import Person
from tests.rooms.views.asked import changes_nothing
from tests.site.passkey import drawn, registered, signed

pytestmark = pytest.mark.django_db

URL = "/accounts/2fa/webauthn/login/"
PROGRAM = {"Accept": "application/json"}
COOKIE = settings.PASSKEY_COOKIE_NAME

Answers = Callable[[str], dict[str, str]]


@pytest.fixture
def answers(owner: Person) -> Answers:
    """The owner's passkey: for a challenge, the form that a browser sends."""
    secret: ec.EllipticCurvePrivateKey = drawn()
    Authenticator.objects.create(
        user=owner.user,
        type=Authenticator.Type.WEBAUTHN,
        data=registered(secret),
    )
    handle = user_pk_to_url_str(owner.user)
    return lambda challenge: {
        "credential": json.dumps(signed(secret, challenge, "testserver", handle))
    }


def challenge_for(browser: Person) -> str:
    answer: Any = browser.get(URL, headers=PROGRAM)
    challenge: str = answer.json()["request_options"]["publicKey"]["challenge"]
    return challenge


def is_in(browser: Person) -> bool:
    return "_auth_user_id" in browser.session


def test_the_passkey_logs_in(anonymous: Person, answers: Answers) -> None:
    answer = anonymous.post(URL, answers(challenge_for(anonymous)))

    assert (answer.status_code, answer["Location"]) == (302, "/rooms/")
    assert is_in(anonymous)
    assert not anonymous.cookies[COOKIE].value


def test_asking_writes_nothing_however_often(db: None) -> None:
    before = Session.objects.count()
    for _ in range(50):
        browser = Person()
        changes_nothing(browser, URL, headers=PROGRAM)
        assert settings.SESSION_COOKIE_NAME not in browser.cookies
    assert Session.objects.count() == before


def test_asking_leaves_the_session_of_a_browser_alone(guest: Person) -> None:
    kept = dict(guest.session)
    challenge_for(guest)
    assert dict(guest.session) == kept


def test_what_was_signed_is_of_use_once(anonymous: Person, answers: Answers) -> None:
    sent = answers(challenge_for(anonymous))
    cookie = anonymous.cookies[COOKIE].value
    assert anonymous.post(URL, sent).status_code == 302
    assert is_in(anonymous)

    thief = Person()
    thief.cookies[COOKIE] = cookie
    thief.post(URL, sent)

    assert not is_in(thief)


def test_a_challenge_of_another_browser_or_of_none_is_no_use(
    anonymous: Person, answers: Answers
) -> None:
    sent = answers(challenge_for(Person()))
    challenge_for(anonymous)

    for browser in (anonymous, Person()):
        answer = browser.post(URL, sent)
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
        assert not is_in(browser)
    assert not Session.objects.filter(session_data__contains="webauthn").exists()


@pytest.mark.parametrize("value", ["", "x", "x:y:z", '{"challenge":"a"}'])
def test_a_forged_cookie_is_no_use(
    anonymous: Person, answers: Answers, value: str
) -> None:
    anonymous.cookies[COOKIE] = value
    assert anonymous.post(URL, answers("YQ")).status_code == 302
    assert not is_in(anonymous)


def test_an_old_challenge_is_no_use(
    anonymous: Person, answers: Answers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = answers(challenge_for(anonymous))
    monkeypatch.setattr("accounts.views.passkeys.SECONDS", -1)
    anonymous.post(URL, sent)
    assert not is_in(anonymous)


def test_the_cookie_is_for_the_server_alone_and_short(anonymous: Person) -> None:
    challenge_for(anonymous)
    cookie = anonymous.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 300


def test_people_are_led_to_the_page_that_logs_in(anonymous: Person) -> None:
    answer = anonymous.get(URL)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")


@override_settings(MFA_RATE_LIMITS={"webauthn_login": "3/m/ip"})
def test_too_many_tries_have_to_wait(anonymous: Person) -> None:
    answers = [anonymous.post(URL, {"credential": "{}"}) for _ in range(4)]
    assert [each.status_code for each in answers] == [302, 302, 302, 429]

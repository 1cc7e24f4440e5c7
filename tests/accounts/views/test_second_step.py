"""Two-step log-in: set up, asked for, and turned off again."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client

from accounts.models import User
from tests.accounts.views.own import confirm, log_in
from tests.browser.second_step import code_of
from tests.factories import PASSWORD, make_user
from tests.pages.page import Page
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db(transaction=True)

OVERVIEW = "/accounts/2fa/"
SET_UP = "/accounts/2fa/totp/activate/"
TURN_OFF = "/accounts/2fa/totp/deactivate/"
CODES = "/accounts/2fa/recovery-codes/"
DOWNLOAD = "/accounts/2fa/recovery-codes/download/"
NEW_CODES = "/accounts/2fa/recovery-codes/generate/"
ADD_PASSKEY = "/accounts/2fa/webauthn/add/"
SECOND = "/accounts/2fa/authenticate/"
WRONG = "This did not fit. Look for the newest code, then try again."


def whole(answer: Any) -> str:
    """The page's text; the page has no fault."""
    assert answer.status_code == 200
    text: str = answer.content.decode()
    assert not Page(text).faults()
    return text


def set_up(person: Person) -> str:
    """Set up an app; returns its secret."""
    text = whole(person.get(SET_UP))
    secret = Page(text).all("input")
    [found] = [str(each["value"]) for each in secret if each.get("id") == "secret"]
    answer = person.post(SET_UP, {"code": code_of(found)})
    assert (answer.status_code, answer["Location"]) == (302, CODES)
    return found


def codes_of(person: Person) -> list[str]:
    found = re.findall(r"<code>(\d{8})</code>", whole(person.get(CODES)))
    return [str(code) for code in found]


def at_second_step(user: User) -> Person:
    """A browser that has given the password, and no more."""
    person = Person()
    sent = {"login": user.email, "password": PASSWORD}
    answer = person.post("/accounts/login/", sent)
    assert (answer.status_code, answer["Location"]) == (302, SECOND)
    assert leads_to_log_in(person.get("/rooms/"), "/rooms/")
    return person


@pytest.fixture
def secret(confirmed: Person) -> str:
    """Of the app that the confirmed person has set up."""
    return set_up(confirmed)


def test_it_is_off_until_set_up(confirmed: Person) -> None:
    text = whole(confirmed.get(OVERVIEW))

    assert "Set up" in text
    assert "Recovery codes" not in text
    changes_nothing(confirmed, OVERVIEW)


def test_an_app_is_set_up_with_its_code_and_codes_for_a_bad_day(
    confirmed: Person,
) -> None:
    secret = set_up(confirmed)

    assert len(set(codes_of(confirmed))) == 10
    text = whole(confirmed.get(OVERVIEW))
    assert "Turn off" in text
    assert "10 left" in text
    assert any("Two-step log-in is on" in sent.subject for sent in mail.outbox)
    kept = str([each.data for each in Authenticator.objects.all()])
    assert secret not in kept
    changes_nothing(confirmed, OVERVIEW)
    changes_nothing(confirmed, CODES)


def test_a_wrong_code_sets_nothing_up(confirmed: Person) -> None:
    confirmed.get(SET_UP)
    for code, words in (("000000", WRONG), ("", "Type the code.")):
        page = confirmed.post(SET_UP, {"code": code})
        assert words in whole(page)
        assert page.context["form"].errors["code"]
    assert not Authenticator.objects.exists()


def test_the_code_is_asked_for_after_the_password(
    confirmed: Person, secret: str
) -> None:
    person = at_second_step(confirmed.user)
    assert "newest 6 digits in your app" in whole(person.get(SECOND))

    answer = person.post(SECOND, {"code": code_of(secret)})

    assert (answer.status_code, answer["Location"]) == (302, "/rooms/")
    assert person.get("/rooms/").status_code == 200


def test_no_code_is_taken_twice(confirmed: Person, secret: str) -> None:
    code = code_of(secret)
    assert at_second_step(confirmed.user).post(SECOND, {"code": code})
    again = at_second_step(confirmed.user).post(SECOND, {"code": code})
    assert WRONG in whole(again)


def test_each_recovery_code_lets_in_once(confirmed: Person, secret: str) -> None:
    code = codes_of(confirmed)[3]

    answer = at_second_step(confirmed.user).post(SECOND, {"code": code})
    assert answer["Location"] == "/rooms/"
    again = at_second_step(confirmed.user).post(SECOND, {"code": code})
    assert WRONG in whole(again)
    assert code not in codes_of(confirmed)
    assert "9 left" in whole(confirmed.get(OVERVIEW))


def test_who_guesses_codes_has_to_wait(confirmed: Person, secret: str) -> None:
    person = at_second_step(confirmed.user)
    for _ in range(5):
        assert WRONG in whole(person.post(SECOND, {"code": "000000"}))
    assert "Too many tries." in whole(person.post(SECOND, {"code": code_of(secret)}))
    assert leads_to_log_in(person.get("/rooms/"), "/rooms/")


def test_the_second_step_has_a_way_back(confirmed: Person, secret: str) -> None:
    person = at_second_step(confirmed.user)
    answer = person.post("/accounts/logout/", {"next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert person.get(SECOND)["Location"] == "/accounts/login/"


def test_the_codes_are_downloaded(confirmed: Person, secret: str) -> None:
    answer = confirmed.get(DOWNLOAD)

    assert answer.content.decode().split() == codes_of(confirmed)
    assert answer["Content-Type"].startswith("text/plain")
    assert "attachment" in answer["Content-Disposition"]
    is_private(answer)
    changes_nothing(confirmed, DOWNLOAD)


def test_new_codes_end_the_old_ones(confirmed: Person, secret: str) -> None:
    old = codes_of(confirmed)
    assert "10 you have work no longer" in whole(confirmed.get(NEW_CODES))

    assert confirmed.post(NEW_CODES)["Location"] == CODES

    assert not set(old) & set(codes_of(confirmed))


def test_without_a_second_step_there_are_no_codes(confirmed: Person) -> None:
    assert confirmed.get(CODES).status_code == 404
    assert confirmed.get(DOWNLOAD).status_code == 404
    assert "Codes come with two-step log-in." in whole(confirmed.post(NEW_CODES))


def test_it_is_turned_off_with_its_codes(confirmed: Person, secret: str) -> None:
    whole(confirmed.get(TURN_OFF))

    assert confirmed.post(TURN_OFF)["Location"] == OVERVIEW

    assert not Authenticator.objects.exists()
    person = Person()
    person.account = confirmed.user
    log_in(person)
    assert person.get("/rooms/").status_code == 200


def test_the_page_for_a_passkey_tells_the_browser_what_to_make(
    confirmed: Person,
) -> None:
    page = Page(whole(confirmed.get(ADD_PASSKEY)))
    [form] = [each for each in page.all("form") if each.get("data-act")]
    assert '"name": "Parley"' in str(form["data-options"])
    assert '"name": "noor@example.org"' in str(form["data-options"])
    assert page.control("name")["value"] == "Passkey"


@pytest.mark.parametrize(
    "credential",
    [
        *("", "{}", "[]", '"x"', "no json", "1" * 5000, "[" * 9000),
        *('{"id": 1}', '{"id": "AA", "rawId": 1, "response": []}'),
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": '
        '{"clientDataJSON": "AA", "attestationObject": "gYGBgYGBgYE", '
        '"authenticatorData": "AA", "signature": "AA", "userHandle": "MQ"}}',
    ],
)
def test_what_is_no_passkey_is_refused_with_words(
    confirmed: Person, anonymous: Client, credential: str
) -> None:
    sent = {"name": "Mine", "credential": credential}
    assert whole(confirmed.post(ADD_PASSKEY, sent))
    assert not Authenticator.objects.exists()
    refused = anonymous.post("/accounts/2fa/webauthn/login/", sent)
    assert (refused.status_code, refused["Location"]) == (302, "/accounts/login/")
    refused = confirmed.post("/accounts/2fa/webauthn/reauthenticate/", sent)
    assert refused.status_code == 302


def test_sensitive_pages_ask_for_the_password_first(secret: str) -> None:
    user = User.objects.get(email="noor@example.org")
    person = at_second_step(user)
    person.post(SECOND, {"code": code_of(secret)})
    for url in (TURN_OFF, CODES, DOWNLOAD, NEW_CODES, ADD_PASSKEY):
        answer = person.get(url)
        assert answer.status_code == 302, url
        assert answer["Location"].startswith("/accounts/reauthenticate/"), url
    text = whole(person.get("/accounts/reauthenticate/"))
    assert "Use a code" in text
    assert "newest 6 digits" in whole(person.get("/accounts/2fa/reauthenticate/"))
    confirm(person)
    assert person.get(TURN_OFF).status_code == 200


def test_everybody_turns_off_their_own_alone(
    confirmed: Person, secret: str, db: None
) -> None:
    other = Person()
    other.account = make_user("Tomas Lind", "tomas@example.org")
    log_in(other)
    confirm(other)
    assert other.get(TURN_OFF).status_code == 404
    assert other.post(TURN_OFF).status_code == 404
    assert other.get(CODES).status_code == 404
    assert Authenticator.objects.filter(user=confirmed.user).count() == 2


def test_people_without_account_log_in_first(anonymous: Person) -> None:
    for url in (OVERVIEW, CODES, DOWNLOAD):
        assert leads_to_log_in(anonymous.get(url), url)
    for url in (SET_UP, TURN_OFF, NEW_CODES, ADD_PASSKEY):
        assert anonymous.get(url).status_code == 302
        assert "/rooms/" not in anonymous.get(url)["Location"]


def test_pages_of_codes_take_no_other_method(confirmed: Person, secret: str) -> None:
    for url in (CODES, DOWNLOAD):
        refuses_methods(confirmed, url, ("POST", "PUT", "DELETE"))


def test_changes_need_the_token(confirmed: Person, secret: str) -> None:
    person = Person(confirmed.user, enforce_csrf_checks=True)
    for url in (SET_UP, TURN_OFF, NEW_CODES, ADD_PASSKEY):
        assert person.post(url).status_code == 403
    assert Authenticator.objects.count() == 2


def test_mails_about_second_steps_are_plain_words(
    confirmed: Person, secret: str
) -> None:
    confirmed.post(NEW_CODES)
    confirmed.post(TURN_OFF)

    told = [sent.subject for sent in mail.outbox]
    assert told == [
        "Parley: Two-step log-in is on",
        "Parley: You have new recovery codes",
        "Parley: The app of your two-step log-in is off",
    ]
    for sent in mail.outbox:
        assert sent.to == ["noor@example.org"]
        assert "If it was not, log in and change your password" in str(sent.body)
        assert not re.search(r"&\w+;|[{}<>]", str(sent.body))

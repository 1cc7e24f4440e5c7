"""Addresses that Django takes for valid and mail does not: words, and never a fault."""

import logging
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as site
from django.test import Client

from accounts.models import User
from conference.mail.letter import letters_of
from rooms.invitations.addresses import BadAddresses, read_addresses
from rooms.models import Invitation, Room
from tests.accounts.views.own import confirm, log_in
from tests.conference.mail.test_letter import message
from tests.factories import PASSWORD, make_room, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db

BACKENDS = [
    "conference.mail.backend.QueueBackend",
    "conference.mail.backend.PrintBackend",
]
CONTROLS = [chr(code) for code in (*range(1, 32), 127)]
ODD = [
    '"\x0bX:y"@example.com',
    '"a\x0bBcc: everybody"@example.com',
    *(f'"{control}X:y"@example.com' for control in CONTROLS),
    *(f'"a\\{control}b"@example.com' for control in CONTROLS),
    '"a b"@example.com',
    '"X: y"@example.com',
    '"=?utf-8?q?a?="@example.com',
    '"\\""@example.com',
    '"@"@example.com',
    "=?utf-8?q?a=0d=0aBcc:b?=@example.com",
    "a@xn--a.example",
    "a@[127.0.0.1]",
    "a@[IPv6:::1]",
    "a@\u2603.example",
    "a@\ufeff.example",
    "a@\u0131.example",
    f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 57}.example",
    f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.example",
    f"{'a' * 250}@example.com",
    "a@" + "\u00fc" * 60 + ".example",
]


@pytest.fixture(params=BACKENDS)
def patient(settings: Any, request: pytest.FixtureRequest) -> Client:
    """A browser whose mistakes do not count, at a site that mails either way."""
    settings.EMAIL_BACKEND = request.param
    settings.ACCOUNT_RATE_LIMITS = False
    return Client(raise_request_exception=False)


def shown(address: str) -> str:
    return address.encode("unicode_escape").decode()


@pytest.mark.parametrize(
    "url", ["/accounts/password/reset/", "/accounts/signup/", "/accounts/login/"]
)
def test_strangers_get_words_and_the_log_no_address(
    patient: Client, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    for address in ODD:
        sent = {"email": address, "login": address, "display_name": "M"}
        secret = {"password": PASSWORD, "password1": PASSWORD}
        answer = patient.post(url, sent | secret)
        patient.cookies.clear()

        assert answer.status_code < 500, shown(address)
        if not address.isprintable():
            assert answer.status_code == 200, shown(address)
            assert "not a whole e-mail address" in answer.content.decode()
    _tells_no_address(caplog)
    assert all(user.email.isprintable() for user in User.objects.all())


def test_nobody_adds_one(patient: Client, caplog: pytest.LogCaptureFixture) -> None:
    person = Person(raise_request_exception=False)
    person.account = make_user("Noor", "noor@example.org")
    log_in(person)
    confirm(person)
    for address in ODD:
        answer = person.post("/accounts/email/", {"email": address, "action_add": ""})
        assert answer.status_code < 500, shown(address)
        for act in ("action_send", "action_primary", "action_remove"):
            sent = {"email": address, act: ""}
            assert person.post("/accounts/email/", sent).status_code < 500
    _tells_no_address(caplog)
    assert all(row.email.isprintable() for row in EmailAddress.objects.all())


def test_nobody_is_invited_at_one(
    patient: Client, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.INVITATIONS_PER_DAY = 1000
    owner = Person(make_user("Amara", "amara@example.org"))
    owner.raise_request_exception = False
    room: Room = make_room(owner.user)
    for number, address in enumerate(ODD):
        sent = {
            "invite-way": "mail",
            "invite-addresses": address,
            "invite-role": "guest",
            "invite-ends": "week",
            "invite-key": f"a-key-of-this-form-{number}",
        }
        answer = owner.post(f"/r/{room.link}/invitations/", sent)
        assert answer.status_code < 500, shown(address)
    _tells_no_address(caplog)
    assert all(row.address.isprintable() for row in Invitation.objects.all())


@pytest.mark.parametrize("address", ODD, ids=shown)
def test_whatever_is_invited_can_be_mailed(address: str) -> None:
    try:
        read = read_addresses(address)
    except BadAddresses:
        return
    for each in read:
        assert letters_of(message(to=[each]))


def _tells_no_address(caplog: pytest.LogCaptureFixture) -> None:
    assert "@" not in caplog.text.replace("@example.org", "")
    assert not [
        each
        for each in caplog.records
        if each.levelno >= logging.ERROR and (each.name.startswith("django"))
    ]


@pytest.mark.django_db(transaction=True)
def test_an_account_is_made_as_a_whole_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no more disk")

    monkeypatch.setattr("accounts.adapter.AccountAdapter.send_mail", fails)
    browser = Client(raise_request_exception=False)
    sent = {"email": "m@example.org", "display_name": "M", "password1": PASSWORD}
    assert browser.post("/accounts/signup/", sent).status_code == 500

    assert not User.objects.exists()
    assert not EmailAddress.objects.exists()
    assert site.SESSION_COOKIE_NAME not in browser.cookies

"""Questions that get one answer from every page of allauth's: who may, and how.

What each of them does is asked in a file of its own.
"""

from urllib.parse import quote

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP

from accounts.keys import address_part
from accounts.models import User
from tests.accounts.views.own import confirm, log_in
from tests.factories import make_user
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    leads_to_log_in,
    refuses_methods,
)
from tests.site.passkey import registered

pytestmark = pytest.mark.django_db

FOR_ANYONE = (
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/abc/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-abc/",
    "/accounts/password/reset/key/done/",
    "/accounts/3rdparty/login/cancelled/",
)
FOR_ACCOUNTS = (
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/3rdparty/",
)
ONLY_TO_LOOK_AT = ("/accounts/2fa/", "/accounts/2fa/webauthn/")
SENSITIVE = (
    "/accounts/2fa/totp/deactivate/",
    "/accounts/2fa/recovery-codes/generate/",
    "/accounts/2fa/webauthn/keys/{key}/edit/",
    "/accounts/2fa/webauthn/keys/{key}/remove/",
)
"""These ask for the password once more."""

ASKED_ANEW = (
    "/accounts/reauthenticate/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/2fa/webauthn/reauthenticate/",
)
"""These keep in the session what they have asked."""

TURNED_OFF = ("/accounts/login/code/", "/accounts/2fa/trust/")
CHANGES = ("PUT", "PATCH", "DELETE")


@pytest.fixture
def person(confirmed: Person) -> Person:
    """Has an app, a passkey and recovery codes, and just gave the password again."""
    EmailAddress.objects.create(
        user=confirmed.user, email=confirmed.user.email, verified=True, primary=True
    )
    passkey = Authenticator.Type.WEBAUTHN
    Authenticator.objects.create(user=confirmed.user, type=passkey, data=registered())
    TOTP.activate(confirmed.user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(confirmed.user)
    return confirmed


@pytest.fixture
def key(person: Person) -> str:
    """The passkey, as addresses name it."""
    webauthn = Authenticator.Type.WEBAUTHN
    return address_part(Authenticator.objects.get(type=webauthn))


def of(user: User) -> tuple[str, ...]:
    """The addresses in mails to this person."""
    token = default_token_generator.make_token(user)
    new = EmailAddress.objects.create(user=user, email="second@example.org")
    return (
        f"/accounts/password/reset/key/{user_pk_to_url_str(user)}-{token}/",
        f"/accounts/confirm-email/{EmailConfirmationHMAC.create(new).key}/",
    )


def test_anybody_sees_these_and_nothing_is_written(anonymous: Person) -> None:
    for url in FOR_ANYONE:
        assert "no-store" in anonymous.get(url).headers["Cache-Control"], url
        changes_nothing(anonymous, url)


def test_people_see_their_own_and_nothing_is_written(person: Person, key: str) -> None:
    for url in FOR_ACCOUNTS + SENSITIVE:
        path = url.format(key=key)
        assert "no-store" in person.get(path).headers["Cache-Control"], url
        changes_nothing(person, path)


def test_people_without_account_log_in_first(
    anonymous: Person, person: Person, key: str
) -> None:
    for url in FOR_ACCOUNTS + SENSITIVE + ASKED_ANEW:
        path = url.format(key=key)
        for answer in (anonymous.get(path), anonymous.post(path)):
            if answer.status_code == 405 and url in ONLY_TO_LOOK_AT:
                continue
            assert leads_to_log_in(answer, path) or leads_to_log_in(
                answer, quote(path, safe="")
            ), path
    assert Authenticator.objects.count() == 3


def test_sensitive_pages_ask_for_the_password_once_more(
    person: Person, key: str
) -> None:
    late = Person(person.user)
    for url in SENSITIVE:
        for answer in (
            late.get(url.format(key=key)),
            late.post(url.format(key=key), {"name": "Eve"}),
        ):
            assert answer.status_code == 302, url
            assert "reauthenticate/" in answer["Location"], url
    assert Authenticator.objects.count() == 3


def test_they_take_no_other_method(person: Person, key: str) -> None:
    urls = (*FOR_ANYONE, *FOR_ACCOUNTS, *SENSITIVE, *ASKED_ANEW, "/accounts/logout/")
    for url in urls + of(person.user):
        refuses_methods(person, url.format(key=key), CHANGES)
    assert Authenticator.objects.count() == 3


def test_they_need_the_token(person: Person, key: str) -> None:
    forged = Person(enforce_csrf_checks=True)
    forged.cookies = person.cookies
    urls = (*FOR_ANYONE, *FOR_ACCOUNTS, *SENSITIVE, *ASKED_ANEW, "/accounts/logout/")
    for url in urls + of(person.user):
        assert forged.post(url.format(key=key)).status_code == 403, url
    assert person.get("/rooms/").status_code == 200
    assert Authenticator.objects.count() == 3


def test_what_is_turned_off_has_no_address(person: Person, anonymous: Person) -> None:
    for url in TURNED_OFF:
        assert person.get(url).status_code == 404
    # This one allauth always has; without a code that was sent it shows nothing.
    for answer in (
        anonymous.get("/accounts/login/code/confirm/"),
        anonymous.post("/accounts/login/code/confirm/", {"code": "1"}),
    ):
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")


def test_a_closed_account_is_told_how_to_go_on(anonymous: Person) -> None:
    june = make_user("June", "june@example.org", is_active=False)
    log_in(Person(june))

    page = anonymous.get("/accounts/inactive/").content.decode()

    assert "This account is closed" in page
    assert "join a call as a" in " ".join(page.split())


def test_the_password_is_asked_for_until_it_is_right(person: Person) -> None:
    late = Person(person.user)
    late.account = person.user
    asked = late.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert "This is not your password." in asked.content.decode()
    assert late.get("/accounts/export/").status_code == 302

    confirm(late)
    assert late.get("/accounts/export/").status_code == 200

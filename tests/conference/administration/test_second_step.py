"""Staff prove who they are twice, where the site asks for it."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.management import CommandError, call_command

from conference.audit import Action
from conference.audit.models import AuditEntry
from tests.factories import PASSWORD, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db

PAGES = (
    "/admin/",
    "/admin/rooms/room/",
    "/admin/rooms/livecall/",
    "/admin/accounts/user/",
    "/admin/conference/auditentry/",
    "/admin/password_change/",
    "/admin/jsi18n/",
    "/admin/doctor/",
    "/admin/autocomplete/?app_label=rooms&model_name=room&field_name=owner",
)
SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105 # of nobody's app


@pytest.fixture(autouse=True)
def asks(settings: Any) -> None:
    settings.REQUIRE_STAFF_2FA = True


@pytest.mark.parametrize("page", PAGES)
def test_every_page_leads_to_where_it_is_set_up(admin: Person, page: str) -> None:
    answer = admin.get(page)
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/2fa/"

    # Or refused before that, where nothing can be posted at all.
    posted = admin.post(page)
    assert posted.status_code in (302, 405)
    assert posted.get("Location", "/accounts/2fa/") == "/accounts/2fa/"


def test_the_page_there_says_why(admin: Person) -> None:
    page = admin.get("/admin/", follow=True)

    assert page.status_code == 200
    assert "two-step log-in alone" in page.content.decode()


def test_setting_it_up_opens_the_administration(admin: Person, settings: Any) -> None:
    """Without a mail server: nothing has to be confirmed first."""
    assert settings.EMAIL_URL is None
    admin.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = admin.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    secret = admin.session["mfa.totp.secret"]
    counter = next(iter(yield_hotp_counters_from_time()))
    code = format_hotp_value(hotp_value(secret, counter))
    done = admin.post("/accounts/2fa/totp/activate/", {"code": code})
    assert done.status_code == 302

    assert admin.get("/admin/").status_code == 200
    index = admin.get("/accounts/2fa/").content.decode()
    assert 'href="/admin/"' in index


def test_recovery_codes_alone_are_none(admin: Person) -> None:
    Authenticator.objects.create(
        user=admin.user, type=Authenticator.Type.RECOVERY_CODES, data={}
    )
    assert admin.get("/admin/").status_code == 302


def test_who_turns_it_off_is_asked_again(admin: Person) -> None:
    factor = TOTP.activate(admin.user, SECRET).instance
    assert admin.get("/admin/").status_code == 200
    factor.delete()
    assert admin.get("/admin/").status_code == 302


def test_the_way_out_stays_open(admin: Person) -> None:
    assert admin.post("/admin/logout/")["Location"] == "/"
    assert admin.get("/admin/").url.startswith("/admin/login/")  # type: ignore[attr-defined]


def test_others_are_not_asked(owner: Person, anonymous: Person, settings: Any) -> None:
    assert owner.get("/rooms/").status_code == 200
    assert "2fa" not in anonymous.get("/admin/")["Location"]


def test_where_nobody_asks_it_opens(admin: Person, settings: Any) -> None:
    settings.REQUIRE_STAFF_2FA = False
    assert admin.get("/admin/").status_code == 200


# The way back


def test_reset_lets_the_password_alone_in_again(admin: Person) -> None:
    TOTP.activate(admin.user, generate_totp_secret())
    said = StringIO()

    call_command("reset_2fa", admin.user.email.upper(), stdout=said)

    assert "password alone" in said.getvalue()
    assert not Authenticator.objects.filter(user=admin.user).exists()
    entry = AuditEntry.objects.get(action=Action.SECOND_FACTOR_RESET)
    assert (entry.actor, entry.target) == ("", f"u:{admin.user.pk}")
    # Logged out everywhere, and led to set it up once more.
    assert admin.get("/rooms/").status_code == 302
    person = Person()
    sent = {"login": admin.user.email, "password": PASSWORD}
    assert person.post("/accounts/login/", sent)["Location"] == "/rooms/"
    assert person.get("/admin/")["Location"] == "/accounts/2fa/"


def test_reset_leaves_everybody_else_alone(admin: Person) -> None:
    other = make_user("Other")
    TOTP.activate(other, SECRET)
    call_command("reset_2fa", admin.user.email, stdout=StringIO())
    assert Authenticator.objects.filter(user=other).exists()


def test_reset_says_when_there_is_nobody() -> None:
    with pytest.raises(CommandError, match=r"nobody@example\.org"):
        call_command("reset_2fa", "nobody@example.org")

"""Changing a password that one knows, and one that one forgot."""

import re

import pytest
from django.core import mail
from django.test import override_settings

from tests.factories import PASSWORD
from tests.people import Person

pytestmark = pytest.mark.django_db

CHANGE = "/accounts/password/change/"
RESET = "/accounts/password/reset/"
NEW = "nine yellow pears"


def test_change_needs_the_old_password(owner: Person) -> None:
    asked = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}

    assert owner.post(CHANGE, asked).status_code == 200
    owner.user.refresh_from_db()
    assert owner.user.check_password(PASSWORD)


def test_change_takes_hold_and_other_browsers_are_logged_out(owner: Person) -> None:
    elsewhere = Person(owner.user)

    answer = owner.post(
        CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )

    assert answer.status_code == 302
    owner.user.refresh_from_db()
    assert owner.user.check_password(NEW)
    assert owner.get("/rooms/").status_code == 200
    assert elsewhere.get("/rooms/").status_code == 302


def test_change_is_for_those_who_are_logged_in(anonymous: Person) -> None:
    answer = anonymous.get(CHANGE)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_guessing_the_old_password_is_limited(owner: Person) -> None:
    asked = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    answers = [owner.post(CHANGE, asked).status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]


@override_settings(
    SITE_URL="https://meet.example.org", ALLOWED_HOSTS=["meet.example.org", "lan"]
)
def test_the_reset_mail_leads_to_the_site_whatever_host_was_asked(
    anonymous: Person, owner: Person
) -> None:
    answer = anonymous.post(
        RESET, {"email": owner.user.email.upper()}, headers={"host": "lan"}
    )

    assert answer.status_code == 302
    (sent,) = mail.outbox
    assert sent.to == [owner.user.email]
    assert sent.subject == "Parley: Choose a new password"
    hosts = set(re.findall(r"https?://[^/\s]+", str(sent.body)))
    assert hosts == {"https://meet.example.org"}
    assert "http://" not in sent.body


def test_the_link_of_the_mail_sets_a_new_password_once(
    anonymous: Person, owner: Person
) -> None:
    anonymous.post(RESET, {"email": owner.user.email})
    found = re.search(r"https?://[^/]+(/accounts/\S+)", str(mail.outbox[0].body))
    assert found

    form = anonymous.get(found[1], follow=True)
    url = form.redirect_chain[-1][0]
    done = anonymous.post(url, {"password1": NEW, "password2": NEW})

    assert done.status_code == 302
    owner.user.refresh_from_db()
    assert owner.user.check_password(NEW)
    again = Person().get(found[1], follow=True)
    assert again.context["token_fail"]


def test_a_reset_tells_nobody_who_has_an_account(
    anonymous: Person, owner: Person
) -> None:
    known = anonymous.post(RESET, {"email": owner.user.email})
    unknown = anonymous.post(RESET, {"email": "nobody@example.org"})

    assert (known.status_code, known["Location"]) == (
        unknown.status_code,
        unknown["Location"],
    )
    assert [sent.to for sent in mail.outbox] == [
        [owner.user.email],
        ["nobody@example.org"],
    ]
    for sent in mail.outbox:
        assert "http://localhost:8000/" in sent.body


def test_resets_from_one_address_are_limited(anonymous: Person) -> None:
    answers = [
        anonymous.post(RESET, {"email": f"nobody-{number}@example.org"}).status_code
        for number in range(21)
    ]

    assert answers == [302] * 20 + [429]


@pytest.mark.parametrize("name", ["A\r\nBcc: evil@example.org", "<b>x</b>"])
def test_a_name_cannot_write_into_a_mail(anonymous: Person, name: str) -> None:
    anonymous.post(
        "/accounts/signup/",
        {"display_name": name, "email": "x@example.org", "password1": PASSWORD},
    )
    for sent in mail.outbox:
        assert "\n" not in sent.subject
        assert set(sent.message().keys()).isdisjoint({"Bcc", "Cc"})
        assert sent.recipients() == ["x@example.org"]

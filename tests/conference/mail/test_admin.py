"""Mails that wait, in the administration."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from accounts.models import User
from conference.mail import postman
from conference.mail.address import parse
from conference.mail.signals import mail_failed
from conference.models import OutgoingMail
from tests.conference.mail.post import hand_in
from tests.people import Person

pytestmark = pytest.mark.django_db

MAILS = "/admin/conference/outgoingmail/"
SERVER = parse("smtp://mail.example.org")


@pytest.fixture
def mail() -> OutgoingMail:
    (made,) = hand_in(
        "june@example.org", reference="invitation:a", text="A secret link"
    )
    made.attempts = 3
    made.put_off("The mail server does not answer.", server_away=True)
    return OutgoingMail.objects.get()


def act(person: Person, name: str, mail: OutgoingMail, **more: str) -> Any:
    return person.post(
        MAILS, {"action": name, "_selected_action": [mail.pk], **more}, follow=True
    )


def test_they_are_listed_without_words_or_addresses(
    admin: Person, mail: OutgoingMail
) -> None:
    for url in (MAILS, f"{MAILS}{mail.pk}/change/"):
        page = admin.get(url)
        text = page.content.decode()
        assert page.status_code == 200
        assert "The mail server does not answer." in text
        assert "waits" in text
        for secret in ("june@", "secret link", bytes(mail.sealed).decode()):
            assert secret not in text


def test_a_mail_is_tried_now(
    admin: Person,
    mail: OutgoingMail,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr(postman, "wake", lambda: woken.append(True))
    mail.give_up("No.")
    assert OutgoingMail.objects.claim_next() is None

    with (
        override_settings(EMAIL_URL=SERVER),
        django_capture_on_commit_callbacks(execute=True),
    ):
        page = act(admin, "try_now", mail)

    assert "Due now: 1." in page.content.decode()
    assert woken == [True]
    assert OutgoingMail.objects.claim_next() == mail


def test_without_a_server_it_says_so(admin: Person, mail: OutgoingMail) -> None:
    assert settings.EMAIL_URL is None
    text = act(admin, "try_now", mail).content.decode()

    assert "No mail server is set" in text


def test_a_mail_is_dropped_after_a_question_and_its_sender_told(
    admin: Person, mail: OutgoingMail
) -> None:
    told: list[tuple[str, bool]] = []

    def hear(*, reference: str, final: bool, **_: Any) -> None:
        told.append((reference, final))

    mail_failed.connect(hear)
    try:
        asked = act(admin, "delete_selected", mail)
        assert "Are you sure" in asked.content.decode()
        assert OutgoingMail.objects.exists()
        act(admin, "delete_selected", mail, post="yes")
    finally:
        mail_failed.disconnect(hear)

    assert not OutgoingMail.objects.exists()
    assert told == [("invitation:a", True)]


def test_the_action_is_called_what_it_does(admin: Person, mail: OutgoingMail) -> None:
    text = admin.get(MAILS).content.decode()

    assert re.search(r'value="delete_selected">\s*Drop, without sending', text)
    assert re.search(r'value="try_now">\s*Try now', text)


def test_nobody_writes_or_changes_one(admin: Person, mail: OutgoingMail) -> None:
    assert admin.get(f"{MAILS}add/").status_code == 405
    sent = {"fault": "None at all"}
    assert admin.post(f"{MAILS}{mail.pk}/change/", sent).status_code == 405
    mail.refresh_from_db()
    assert mail.fault == "The mail server does not answer."


def test_it_is_for_staff_with_the_right(
    stranger: Person, anonymous: Person, mail: OutgoingMail
) -> None:
    assert anonymous.get(MAILS).status_code == 302
    assert stranger.get(MAILS).status_code == 302
    User.objects.filter(pk=stranger.user.pk).update(is_staff=True)
    assert stranger.get(MAILS).status_code == 403
    assert act(stranger, "try_now", mail).status_code == 403


def test_it_needs_the_token(admin: Person, mail: OutgoingMail) -> None:
    person = Person(admin.user, enforce_csrf_checks=True)

    assert act(person, "try_now", mail).status_code == 403

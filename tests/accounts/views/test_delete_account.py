"""The page on which somebody leaves for good, and what is left then."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from conference.mail.backend import QueueBackend
from conference.models import OutgoingMail
from rooms.invitations.addresses import read_addresses
from rooms.models import (
    Acceptance,
    Invitation,
    Membership,
    Message,
    Role,
    Room,
    Visit,
)
from tests.accounts.views.own import confirm, drawn, file_of, files, log_in
from tests.factories import PASSWORD, make_room, make_seat, make_user
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("media"),
]

URL = "/accounts/delete/"
FURTHER = "noor.h@work.example.org"


def everything() -> str:
    """What any table holds, in words; sessions are packed, and opened here."""
    rows = [
        f"{model.__name__}: {row}"
        for model in apps.get_models()
        for row in model._default_manager.values()
    ]
    return "\n".join(
        rows + [f"Session: {each.get_decoded()}" for each in Session.objects.all()]
    )


def expire(person: Person) -> None:
    found = Session.objects.filter(session_key=person.session.session_key)
    assert found.update(expire_date=timezone.now() - timedelta(days=1)) == 1


def claims(address: str, other: User) -> None:
    """Somebody else has logged in with this address, as they may with any of theirs."""
    kept = Person(other).session
    kept["account_authentication_methods"] = [{"email": address.upper()}]
    kept.save()


def waits_for_the_second_step(user: User) -> None:
    """Some browser has given the password, and not yet the code."""
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    person = Person()
    sent = {"login": user.email, "password": PASSWORD}
    answer = person.post("/accounts/login/", sent)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert user.email in str(dict(person.session))


def note(entry_of: Model, text: str, message: str, by: User) -> None:
    """What the administration's log says of something."""
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(entry_of),
        object_id=str(entry_of.pk),
        object_repr=text,
        action_flag=CHANGE,
        change_message=message,
    )


@pytest.fixture
def tomas(confirmed: Person) -> User:
    return make_user("Tomas Lind", "tomas@example.org", is_superuser=True)


@pytest.fixture
def theirs(confirmed: Person, tomas: User) -> Room:
    """A room of somebody else, in which Noor left traces of every kind."""
    user = confirmed.user
    room = make_room(tomas, "Bread club", keeps_chat=True)
    membership = Membership.objects.grant(room, user, Role.CO_HOST)
    for number, writer in ((1, user), (2, tomas), (3, user)):
        Message.objects.create(
            room=room,
            number=number,
            message_id=f"m{number}",
            person=f"u:{writer.pk}",
            user=writer,
            name=writer.display_name,
            text=f"Message {number}",
            sent_at=timezone.now(),
        )
    invitation, _ = Invitation.objects.issue(
        room=room, made_by=tomas, role="member", address="Noor.H@work.example.org"
    )
    Acceptance.objects.create(invitation=invitation, person=f"u:{user.pk}", user=user)
    Invitation.objects.issue(room=room, made_by=user, role="guest")
    Visit.objects.create(room=room, user=user, last_at=timezone.now())
    make_seat(room, user.display_name, user)
    note(user, "Noor Haddad", "Changed Noor Haddad", tomas)
    note(membership, "Noor Haddad in Bread club", "", tomas)
    said = '[{"changed": {"name": "role", "object": "Noor Haddad in Bread club"}}]'
    note(room, "Bread club", said, tomas)
    note(Message.objects.get(number=3), "Noor Haddad, 3", "", tomas)
    return room


def test_everything_of_theirs_goes_and_the_rest_stays(
    confirmed: Person, theirs: Room, tomas: User, media: Path
) -> None:
    user = confirmed.user
    EmailAddress.objects.create(user=user, email=FURTHER, verified=True)
    SocialAccount.objects.create(user=user, provider="oidc", uid="noor-7")
    confirmed.post("/accounts/profile/picture/", {"picture": file_of(drawn())})
    mine = make_room(user, "Noor's table", keeps_chat=True)
    phone = Person()
    phone.account = user
    log_in(phone)
    expire(phone)
    waits_for_the_second_step(user)
    claims(FURTHER, tomas)
    QueueBackend().send_messages(
        [EmailMessage("Hello", "…", "a@example.org", [user.email, "b@example.org"])]
    )

    answer = confirmed.post(URL, follow=True)

    assert "Your account and everything of it is deleted." in answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/"
    left = everything().lower()
    for trace in ("noor", "haddad", "work.example.org"):
        assert trace not in left, trace
    assert f"'u:{user.pk}'" not in left
    assert not files(media)
    assert not Room.objects.filter(pk=mine.pk).exists()
    assert not UserSession.objects.exists()
    for session in Session.objects.all():
        assert "_auth_user_id" not in session.get_decoded()
    assert phone.get("/rooms/").status_code == 302
    assert OutgoingMail.objects.count() == 1
    assert Room.objects.get() == theirs
    assert User.objects.get() == tomas


def test_sessions_are_read_before_the_transaction_and_new_ones_within(
    confirmed: Person, tomas: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: dict[bool, set[str]] = {True: set(), False: set()}
    really = Session.get_decoded

    def noted(session: Session) -> dict[str, Any]:
        read[connection.in_atomic_block].add(session.session_key)
        found: dict[str, Any] = really(session)
        return found

    user, late, others = confirmed.user, Person(), Person(tomas)
    late.account = user

    def comes_back(leaver: User, addresses: list[str]) -> None:
        log_in(late)

    log_in(confirmed)
    monkeypatch.setattr(deletion, "farewells", [comes_back, *deletion.farewells])
    monkeypatch.setattr(Session, "get_decoded", noted)
    deletion.delete_account(user)

    assert others.session.session_key in read[False]
    assert others.session.session_key not in read[True]
    assert late.session.session_key in read[True]
    assert [each.get_decoded()["_auth_user_id"] for each in Session.objects.all()] == [
        str(tomas.pk)
    ]


def test_who_has_an_address_that_ends_alike_stays_logged_in(confirmed: Person) -> None:
    longer = Person()
    longer.account = make_user("Al Noor", "al.noor@example.org")
    log_in(longer)

    confirmed.post(URL)

    assert longer.get("/rooms/").status_code == 200


def test_what_they_wrote_stays_without_their_name(
    confirmed: Person, theirs: Room
) -> None:
    confirmed.post(URL)

    rows = Message.objects.order_by("number")
    assert [row.name for row in rows] == [
        "Somebody who left",
        "Tomas Lind",
        "Somebody who left",
    ]
    assert [row.text for row in rows] == ["Message 1", "Message 2", "Message 3"]
    assert rows[0].user is None
    assert rows[0].person == rows[2].person != rows[1].person
    assert rows[0].person.startswith("x:")


def test_what_was_sent_to_them_lets_nobody_in(confirmed: Person, theirs: Room) -> None:
    EmailAddress.objects.create(user=confirmed.user, email=FURTHER, verified=True)
    confirmed.post(URL)

    [invitation] = Invitation.objects.all()
    assert invitation.address == ""
    assert invitation.revoked_at is not None


def test_it_knows_their_address_however_it_is_spelled(
    confirmed: Person, tomas: User
) -> None:
    """As they gave it, and as what was sent to it spells it."""
    EmailAddress.objects.create(user=confirmed.user, email="noor@b\u00fccher.example")
    room = make_room(tomas, "Bread club")
    [sent_to] = read_addresses("Noor@B\u00fccher.example")
    Invitation.objects.issue(room=room, made_by=tomas, role="guest", address=sent_to)
    for spelled in ("noor@b\u00fccher.example", sent_to):
        QueueBackend().send_messages(
            [EmailMessage("Hello", "\u2026", "a@example.org", [spelled])]
        )
    assert OutgoingMail.objects.count() == 2

    confirmed.post(URL)

    assert not OutgoingMail.objects.exists()
    assert not Invitation.objects.in_force().exists()
    assert "cher.example" not in everything()


def test_the_log_keeps_what_happened_without_names(
    confirmed: Person, theirs: Room
) -> None:
    confirmed.post(URL)

    assert LogEntry.objects.count() == 4
    of_room = LogEntry.objects.get(object_repr="Bread club")
    assert "Somebody who left in Bread club" in of_room.change_message


def test_others_with_part_of_their_name_keep_theirs(
    confirmed: Person, tomas: User
) -> None:
    user = confirmed.user
    user.rename("Jo")
    room = make_room(tomas, "Johns and Jo")
    note(room, "Johns and Jo", '[{"object": "John in Johns, Jo in Johns"}]', tomas)

    confirmed.post(URL)

    kept = LogEntry.objects.get().change_message
    assert "John in Johns, Somebody who left in Johns" in kept


def test_nothing_but_sessions_goes_where_something_fails(
    confirmed: Person, theirs: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything()

    def fails(user: User) -> None:
        raise RuntimeError("no more disk")

    monkeypatch.setattr(User, "delete", fails)
    with pytest.raises(RuntimeError):
        confirmed.post(URL)

    assert User.objects.filter(pk=confirmed.user.pk).exists()
    assert Message.objects.filter(name="Noor Haddad").count() == 2
    assert "noor haddad in bread club" in before.lower()
    assert LogEntry.objects.filter(object_repr__contains="Noor").count() == 3


def test_the_page_says_what_goes_and_what_stays(confirmed: Person) -> None:
    page = confirmed.get(URL)

    text = page.content.decode()
    assert "This cannot be undone." in text
    assert "Somebody who left" in text
    assert page.context["form"] is None
    is_private(page)
    changes_nothing(confirmed, URL)


def test_the_only_administrator_is_told_and_asked(confirmed: Person) -> None:
    User.objects.filter(pk=confirmed.user.pk).update(is_superuser=True, is_staff=True)

    assert "You are the only administrator here." in confirmed.get(URL).content.decode()
    page = confirmed.post(URL)
    assert page.status_code == 200
    assert page.context["form"].errors["unattended"]
    assert User.objects.filter(pk=confirmed.user.pk).exists()

    assert confirmed.post(URL, {"unattended": "on"}).status_code == 302
    assert not User.objects.exists()


def test_one_of_two_administrators_is_not(confirmed: Person, tomas: User) -> None:
    User.objects.filter(pk=confirmed.user.pk).update(is_superuser=True)
    assert confirmed.post(URL).status_code == 302
    assert User.objects.get() == tomas


def test_the_password_is_asked_for_first(db: None) -> None:
    person = Person()
    person.account = make_user("Noor Haddad", "noor@example.org")
    log_in(person)
    for answer in (person.get(URL), person.post(URL)):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert User.objects.exists()
    confirm(person)
    assert person.get(URL).status_code == 200


def test_people_without_account_log_in_first(anonymous: Person) -> None:
    for answer in (anonymous.get(URL), anonymous.post(URL)):
        assert leads_to_log_in(answer, URL)


def test_it_takes_no_other_method(confirmed: Person) -> None:
    refuses_methods(confirmed, URL, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(confirmed: Person) -> None:
    person = Person(confirmed.user, enforce_csrf_checks=True)
    assert person.post(URL).status_code == 403
    assert User.objects.exists()


@pytest.mark.parametrize("by_list", [False, True])
def test_whom_an_administrator_deletes_leaves_no_name_either(
    confirmed: Person, theirs: Room, admin: Person, by_list: bool
) -> None:
    """By their page or by the list of people."""
    pk = confirmed.user.pk
    EmailAddress.objects.create(user=confirmed.user, email=FURTHER, verified=True)
    if by_list:
        chosen = {"action": "delete_selected", "_selected_action": str(pk)}
        answer = admin.post("/admin/accounts/user/", {**chosen, "post": "yes"})
    else:
        answer = admin.post(f"/admin/accounts/user/{pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    left = everything().lower()
    assert "noor" not in left
    assert Message.objects.filter(name="Somebody who left").count() == 2
    assert LogEntry.objects.filter(user=admin.user).count() == 1

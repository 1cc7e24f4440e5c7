"""The page that hands over everything the site keeps about one."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.export import archive, parts
from accounts.models import User
from rooms.models import Acceptance, Invitation, Membership, Message, Role, Room, Visit
from tests.accounts.views.own import confirm, drawn, file_of, log_in
from tests.factories import make_room, make_user
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

URL = "/accounts/export/"


def write(room: Room, user: User, number: int, text: str) -> None:
    Message.objects.create(
        room=room,
        number=number,
        message_id=f"m{number}",
        person=f"u:{user.pk}",
        user=user,
        name=user.display_name,
        text=text,
        sent_at=timezone.now(),
    )


def archive_of(person: Person) -> zipfile.ZipFile:
    answer = person.post(URL)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    day = timezone.localdate().isoformat()
    assert answer["Content-Disposition"] == f'attachment; filename="my-data-{day}.zip"'
    is_private(answer)
    return zipfile.ZipFile(io.BytesIO(answer.content))


def part(archive: zipfile.ZipFile, name: str) -> Any:
    return json.loads(archive.read(f"{name}.json"))


def test_everything_of_ones_own_is_in_it(confirmed: Person, media: Path) -> None:
    user, other = confirmed.user, make_user("Tomas Lind", "tomas@example.org")
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=user.email, primary=True)
    confirmed.post("/accounts/profile/picture/", {"picture": file_of(drawn())})
    mine, theirs = make_room(user, "Noor's table"), make_room(other, "Bread club")
    Membership.objects.grant(mine, other, Role.CO_HOST)
    Membership.objects.grant(theirs, user, Role.MEMBER)
    Invitation.objects.issue(
        room=mine, made_by=user, role="guest", address="june@example.org", note="Tea"
    )
    asked, _ = Invitation.objects.issue(room=theirs, made_by=other, role="member")
    Acceptance.objects.create(invitation=asked, person=f"u:{user.pk}", user=user)
    Visit.objects.create(room=theirs, user=user, last_at=timezone.now())
    write(theirs, user, 1, "Bring flour — ünd salt")
    write(theirs, other, 2, "A secret of Tomas")

    taken = archive_of(confirmed)

    account = part(taken, "account")
    assert account["name"] == "Noor Haddad"
    assert account["email"] == "noor@example.org"
    assert part(taken, "addresses")[0]["email"] == "noor@example.org"
    assert part(taken, "sessions")[0]["ip"] == "127.0.0.1"
    assert part(taken, "log-in")["password"] is True
    [room] = part(taken, "rooms")
    assert room["name"] == "Noor's table"
    assert room["link"] == mine.url
    assert [each["role"] for each in room["people"]] == ["owner", "co-host"]
    assert [each["room"] for each in part(taken, "roles")] == ["Bread club"]
    [made] = part(taken, "invitations-made")
    assert (made["sent_to"], made["note"]) == ("june@example.org", "Tea")
    assert made["state"] == "open"
    assert part(taken, "invitations-accepted")[0]["role"] == "member"
    assert part(taken, "visits")[0]["room"] == "Bread club"
    [message] = part(taken, "messages")
    assert message["text"] == "Bring flour — ünd salt"
    assert taken.read("picture.webp").startswith(b"RIFF")
    told = taken.read("README.txt").decode()
    missing = [name for name in taken.namelist() if f"  {name} " not in told]
    assert missing == ["README.txt"]


def test_what_others_keep_to_themselves_and_secrets_are_not(confirmed: Person) -> None:
    user, other = confirmed.user, make_user("Tomas Lind", "tomas@example.org")
    theirs = make_room(other, "Bread club")
    Membership.objects.grant(theirs, user, Role.MEMBER)
    made, token = Invitation.objects.issue(room=theirs, made_by=user, role="guest")
    write(theirs, other, 1, "A secret of Tomas")

    taken = archive_of(confirmed)

    whole = b"".join(taken.read(name) for name in taken.namelist()).decode()
    user.refresh_from_db()
    secrets = (user.password, made.token_hash, token, theirs.link)
    for kept in (*secrets, "A secret of Tomas", "tomas@example.org"):
        assert kept not in whole
    assert str(confirmed.session.session_key) not in whole


def test_every_part_tells_of_somebody_with_nothing(db: None) -> None:
    user = make_user()
    with zipfile.ZipFile(io.BytesIO(archive(user))) as file:
        for name in parts:
            assert part(file, name) is not None
        assert part(file, "messages") == []


def test_a_long_talk_is_told_whole(db: None) -> None:
    user = make_user()
    room = make_room(user)
    for number in range(1, 4):
        write(room, user, number, f"Line {number}")
    with zipfile.ZipFile(io.BytesIO(archive(user))) as file:
        told = [each["text"] for each in part(file, "messages")]
    assert told == ["Line 1", "Line 2", "Line 3"]


def test_the_page_says_what_is_in_it(confirmed: Person) -> None:
    page = confirmed.get(URL)
    assert page.status_code == 200
    is_private(page)
    changes_nothing(confirmed, URL)


def test_the_password_is_asked_for_first() -> None:
    person = Person()
    person.account = make_user("Noor Haddad", "noor@example.org")
    log_in(person)
    for answer in (person.get(URL), person.post(URL)):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    confirm(person)
    assert person.get(URL).status_code == 200


def test_nobody_takes_it_all_the_time(confirmed: Person) -> None:
    for _ in range(10):
        assert confirmed.post(URL).status_code == 200
    refused = confirmed.post(URL)
    assert refused.status_code == 429
    assert "Wait a few minutes" in refused.content.decode()


def test_people_without_account_log_in_first(anonymous: Person) -> None:
    for answer in (anonymous.get(URL), anonymous.post(URL)):
        assert leads_to_log_in(answer, URL)


def test_it_takes_no_other_method(confirmed: Person) -> None:
    refuses_methods(confirmed, URL, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(confirmed: Person) -> None:
    person = Person(confirmed.user, enforce_csrf_checks=True)
    assert person.post(URL).status_code == 403

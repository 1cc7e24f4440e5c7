"""What is kept of a room's password, and what proves that it was given."""

import time

import pytest
from django.conf import settings
from django.contrib.auth.hashers import identify_hasher
from django.http import HttpResponse
from django.test import override_settings

from rooms import access, passwords
from rooms.models import Membership, Role, Room
from rooms.visitors import Visitor
from tests.people import Person

pytestmark = pytest.mark.django_db

WORDS = "two green pears"
GUEST = "0" * 32


@pytest.fixture
def closed(room: Room) -> Room:
    passwords.put(room, WORDS)
    return room


def proof(room: Room, guest: str = GUEST) -> str:
    response = HttpResponse()
    passwords.remember(response, room, guest)
    value: str = response.cookies[settings.ROOM_PASSWORD_COOKIE_NAME].value
    return value


def test_it_is_kept_as_argon2_and_told_apart(room: Room) -> None:
    real = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=real):
        passwords.put(room, WORDS)
        room.refresh_from_db()
        assert identify_hasher(room.password).algorithm == "argon2"
        assert WORDS not in room.password
        assert passwords.is_right(room, WORDS)
        for wrong in ("", "two green pear", WORDS.upper(), f"{WORDS} ", "x" * 5000):
            assert not passwords.is_right(room, wrong)


def test_the_same_letters_of_another_keyboard_are_the_same(room: Room) -> None:
    passwords.put(room, "caf\u00e9 n\u00ba1")
    assert passwords.is_right(room, "cafe\u0301 n\u00ba1")


def test_without_one_nothing_is_right(room: Room) -> None:
    assert not passwords.is_right(room, "")
    assert passwords.mark_of(room) == ""
    passwords.put(room, WORDS)
    passwords.put(room, "")
    assert room.password == ""
    assert not passwords.is_right(room, WORDS)


def test_the_mark_changes_with_it_and_says_nothing_of_it(closed: Room) -> None:
    before = passwords.mark_of(closed)
    assert len(before) == 32
    assert before not in closed.password
    # The same words again are another hash, so that everybody is asked anew.
    passwords.put(closed, WORDS)
    assert passwords.mark_of(closed) != before
    with override_settings(
        SECRET_KEY="another key of fifty characters for tests, as it is"
    ):
        assert passwords.mark_of(closed) != before


def test_a_proof_is_good_for_its_room_browser_and_password(
    closed: Room, owner: Person
) -> None:
    other = Room.objects.make(owner=owner.user, name="Other", password=closed.password)
    shown = proof(closed)

    assert passwords.proves(shown, closed, GUEST)
    assert not passwords.proves(shown, closed, "1" * 32)
    assert not passwords.proves(shown, other, GUEST)
    for forged in ("", shown[:-1], shown.replace(GUEST, "1" * 32), "a:b:c"):
        assert not passwords.proves(forged, closed, GUEST)
    passwords.put(closed, "another one")
    assert not passwords.proves(shown, closed, GUEST)


def test_it_holds_for_twelve_hours(
    closed: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = proof(closed)
    age = passwords.PROOF_SECONDS
    assert age == 12 * 60 * 60
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + age - 1)
    assert passwords.proves(shown, closed, GUEST)
    monkeypatch.setattr(time, "time", lambda: real() + age + 1)
    assert not passwords.proves(shown, closed, GUEST)


def test_its_cookie_is_brought_to_that_room_alone(closed: Room) -> None:
    response = HttpResponse()
    passwords.remember(response, closed, GUEST)
    cookie = response.cookies[settings.ROOM_PASSWORD_COOKIE_NAME]
    assert cookie["path"] == f"/r/{closed.link}/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == passwords.PROOF_SECONDS


def test_who_has_no_role_is_asked_for_it(
    closed: Room, owner: Person, member: Person, stranger: Person
) -> None:
    for person in (owner, member):
        assert access.enter(Visitor(person.user, GUEST), closed.link) == closed
    for visitor in (Visitor(None, GUEST), Visitor(stranger.user, GUEST)):
        with pytest.raises(access.PasswordNeeded):
            access.enter(visitor, closed.link)
    knows = Visitor(None, GUEST, proof(closed))
    assert access.enter(knows, closed.link) == closed
    Membership.objects.grant(closed, stranger.user, Role.MEMBER)
    assert access.enter(Visitor(stranger.user, GUEST), closed.link) == closed

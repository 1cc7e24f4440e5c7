"""The room's password, as its owner sets, changes and removes it."""

import pytest

from conference.audit.models import AuditEntry
from rooms import passwords
from rooms.links import new_link
from rooms.models import Membership, Role, Room
from tests.people import Person
from tests.rooms.views.asked import leads_to_log_in, refuses_methods

pytestmark = pytest.mark.django_db

SECRET = "brown bread <3"  # noqa: S105 # of nobody's room


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/room/password/"


def is_right(room: Room, text: str) -> bool:
    room.refresh_from_db()
    return passwords.is_right(room, text)


def test_the_owner_sets_one_and_it_is_shown_nowhere(
    owner: Person, room: Room, url: str
) -> None:
    page = owner.get(f"/r/{room.link}/room/").content.decode()
    assert "Set a password" in page
    assert "Ask for no password" not in page

    said = owner.post(url, {"password": SECRET}, follow=True)

    assert is_right(room, SECRET)
    assert not is_right(room, SECRET.upper())
    words = said.content.decode()
    assert "The password is set." in words
    assert "Change the password" in words
    for secret in ("brown bread", room.password):
        assert secret not in words


def test_it_is_kept_as_a_slow_hash(owner: Person, room: Room, url: str) -> None:
    owner.post(url, {"password": SECRET})

    room.refresh_from_db()
    assert room.password
    assert "bread" not in room.password
    assert room.version == 2


def test_the_owner_changes_and_removes_it(owner: Person, room: Room, url: str) -> None:
    owner.post(url, {"password": SECRET})
    owner.post(url, {"password": "white bread"})
    assert is_right(room, "white bread")
    assert not is_right(room, SECRET)

    said = owner.post(url, {"act": "remove"}, follow=True)

    room.refresh_from_db()
    assert room.password == ""
    assert "No password is asked for any more." in said.content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Type a password."),
        ("short", "Use six characters at least."),
        ("x" * 129, "128"),
        ("with\0nothing", "Null characters are not allowed."),
    ],
)
def test_a_bad_one_changes_nothing_and_says_why(
    owner: Person, room: Room, url: str, typed: str, words: str
) -> None:
    page = owner.post(url, {"password": typed})

    assert page.status_code == 200
    shown = page.content.decode()
    assert words in shown
    # The form stands open, with the rest of the room's page around it.
    assert '<details class="room__details" open>' in shown
    assert "People and roles" in shown
    if typed:
        assert typed not in shown
    room.refresh_from_db()
    assert (room.password, room.version) == ("", 1)


def test_the_log_says_that_it_changed_and_no_more(
    owner: Person, room: Room, url: str
) -> None:
    owner.post(url, {"password": SECRET})

    (entry,) = AuditEntry.objects.filter(room=room.pk)
    assert (entry.action, entry.actor) == ("room-changed", f"u:{owner.user.pk}")
    assert entry.details == {"fields": ["password"]}


def test_members_and_co_hosts_may_not(member: Person, room: Room, url: str) -> None:
    for role in (Role.MEMBER, Role.CO_HOST):
        Membership.objects.grant(room, member.user, role)
        assert member.post(url, {"password": SECRET}).status_code == 403
        assert member.post(url, {"act": "remove"}).status_code == 403
    room.refresh_from_db()
    assert room.version == 1


def test_for_a_stranger_it_is_as_if_there_were_no_room(
    stranger: Person, admin: Person, room: Room, url: str
) -> None:
    for person in (stranger, admin):
        assert person.post(url, {"password": SECRET}).status_code == 404
    room.refresh_from_db()
    assert room.version == 1


def test_people_without_account_are_led_by_log_in_to_the_room_page(
    guest: Person, anonymous: Person, room: Room, url: str
) -> None:
    for person in (guest, anonymous):
        answer = person.post(url, {"password": SECRET})
        assert leads_to_log_in(answer, f"/r/{room.link}/room/")


def test_an_unknown_link_opens_nothing(owner: Person) -> None:
    for link in (new_link(), "nothing"):
        answer = owner.post(f"/r/{link}/room/password/", {"password": SECRET})
        assert answer.status_code == 404


def test_looking_at_it_changes_nothing(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("GET", "HEAD", "PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(owner: Person, room: Room, url: str) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url, {"password": SECRET}).status_code == 403
    room.refresh_from_db()
    assert room.password == ""

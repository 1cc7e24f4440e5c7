"""The page between a link and a call that has a password."""

from typing import Any

import pytest
from django.conf import settings

from rooms import passwords
from rooms.links import new_link
from rooms.models import Room
from rooms.signalling import tickets
from rooms.views import refusals
from tests.people import Person
from tests.rooms.views.asked import changes_nothing, is_private, refuses_methods
from tests.rooms.views.test_call import bind, call_data, invite

pytestmark = pytest.mark.django_db

WORDS = "two green pears"
COOKIE = settings.ROOM_PASSWORD_COOKIE_NAME


@pytest.fixture
def closed(room: Room, guest: Person) -> Room:
    """The guest was there before it had one."""
    passwords.put(room, WORDS)
    return room


@pytest.fixture
def url(closed: Room) -> str:
    return f"/r/{closed.link}/password/"


@pytest.fixture
def page(closed: Room) -> str:
    return closed.get_absolute_url()


def gives(person: Person, url: str, password: str = WORDS, **how: Any) -> int:
    return person.post(url, {"password": password}, **how).status_code


def is_asked(person: Person, page: str) -> bool:
    answer = person.get(page)
    assert answer.status_code == 200
    assert WORDS not in answer.content.decode()
    asked = "rooms/password.html" in [each.name for each in answer.templates]
    assert asked != (answer.context.get("call_data") is not None)
    return asked


def test_who_has_no_role_gives_it_once(
    closed: Room,
    owner: Person,
    member: Person,
    stranger: Person,
    guest: Person,
    anonymous: Person,
    url: str,
    page: str,
) -> None:
    for person in (owner, member):
        assert not is_asked(person, page)
    for person in (stranger, guest, anonymous):
        assert is_asked(person, page)
        answer = person.post(url, {"password": WORDS})
        assert (answer.status_code, answer["Location"]) == (302, page)
        assert WORDS not in str(answer.cookies)
        assert not is_asked(person, page)
        assert person.get(f"/r/{closed.link}/left/").status_code == 200


def test_a_wrong_one_says_so_and_opens_nothing(
    guest: Person, url: str, page: str
) -> None:
    for wrong in ("two green pear", "", "x" * 300):
        answer = guest.post(url, {"password": wrong})
        assert answer.status_code == 200
        assert COOKIE not in answer.cookies
        assert "autofocus" in answer.content.decode() or answer.context["form"].errors
        if wrong:
            assert wrong not in answer.content.decode()
    assert is_asked(guest, page)


def test_no_door_gives_a_ticket_before(
    closed: Room, guest: Person, url: str, page: str
) -> None:
    ticket = f"/r/{closed.link}/ticket/"
    answer = guest.post(ticket)
    assert (answer.status_code, answer.json()["error"]["code"]) == (
        403,
        "password-needed",
    )
    for other in ("left/", "qr.svg"):
        answer = guest.get(f"/r/{closed.link}/{other}")
        assert "ticket" not in answer.content.decode()
        assert answer.context["form"].fields.keys() == {"password"}
    gives(guest, url)
    entry = tickets.read(guest.post(ticket).json()["ticket"], bind(guest))
    assert entry.proved == entry.password == passwords.mark_of(closed)
    assert WORDS not in str(entry)


def test_a_changed_one_is_asked_for_again(
    closed: Room, guest: Person, url: str, page: str
) -> None:
    gives(guest, url)
    passwords.put(closed, "another one")
    assert is_asked(guest, page)
    assert gives(guest, url) == 200
    assert gives(guest, url, "another one") == 302
    passwords.put(closed, "")
    assert not is_asked(Person(), page)


def test_the_proof_is_good_in_its_own_browser_only(
    guest: Person, anonymous: Person, url: str, page: str
) -> None:
    gives(guest, url)
    anonymous.get("/")
    anonymous.cookies[COOKIE] = guest.cookies[COOKIE].value
    assert is_asked(anonymous, page)


def test_nothing_of_it_reaches_the_page_of_the_call(
    closed: Room, guest: Person, url: str, page: str
) -> None:
    gives(guest, url)
    answer = guest.get(page)
    text = answer.content.decode()
    assert closed.password not in text
    assert "password" not in str({**call_data(guest, page), "csrfToken": ""}.keys())


def test_wrong_ones_are_counted_by_address_and_room(
    closed: Room, owner: Person, guest: Person, anonymous: Person, url: str
) -> None:
    other = Room.objects.make(owner=owner.user, name="Other")
    passwords.put(other, WORDS)
    for _ in range(refusals.TRIES_OF_AN_ADDRESS):
        assert gives(guest, url, "wrong") == 200
    refused = guest.post(url, {"password": WORDS})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) == refusals.ADDRESS_SECONDS
    assert COOKIE not in refused.cookies
    # Neither by another browser there, nor for another room or address.
    assert gives(anonymous, url) == 429
    assert gives(anonymous, f"/r/{other.link}/password/") == 302
    assert gives(guest, url, REMOTE_ADDR="192.0.2.77") == 302


def test_an_ipv6_machine_has_one_address(guest: Person, url: str) -> None:
    for number in range(refusals.TRIES_OF_AN_ADDRESS):
        gives(guest, url, "wrong", REMOTE_ADDR=f"2001:db8:1:2::{number:x}")
    assert gives(guest, url, REMOTE_ADDR="2001:db8:1:2:ffff::1") == 429
    assert gives(guest, url, REMOTE_ADDR="2001:db8:1:3::1") == 302


def test_all_together_have_a_limit_as_well(guest: Person, url: str) -> None:
    for number in range(refusals.TRIES_OF_ALL):
        address = f"192.0.2.{number % 250}" if number < 250 else "198.51.100.1"
        assert gives(guest, url, "wrong", REMOTE_ADDR=address) == 200
    assert gives(guest, url, REMOTE_ADDR="203.0.113.9") == 429


def test_the_right_one_counts_for_nothing(closed: Room, url: str) -> None:
    for _ in range(refusals.TRIES_OF_AN_ADDRESS + 5):
        assert gives(Person(), url) == 302


def test_a_closed_room_asks_nobody_before_it_knows_them(
    closed: Room, owner: Person, guest: Person, anonymous: Person, url: str, page: str
) -> None:
    invite(closed, owner, guest)
    closed.change(access=Room.Access.INVITED)
    assert anonymous.get(url).status_code == 404
    assert gives(anonymous, url) == 404
    assert gives(anonymous, f"/r/{new_link()}/password/") == 404
    assert is_asked(guest, page)
    assert gives(guest, url) == 302
    closed.change(access=Room.Access.SIGNED_IN)
    assert anonymous.get(url).status_code == 302


def test_looking_changes_nothing_and_is_nobodys_business(
    anonymous: Person, url: str
) -> None:
    changes_nothing(anonymous, url)
    is_private(anonymous.get(url))
    assert "noindex" in anonymous.get(url)["X-Robots-Tag"]


def test_without_a_password_it_leads_on(
    room: Room, owner: Person, stranger: Person, guest: Person
) -> None:
    for person in (owner, stranger, guest):
        for answer in (
            person.get(f"/r/{room.link}/password/"),
            person.post(f"/r/{room.link}/password/"),
        ):
            assert (answer.status_code, answer["Location"]) == (
                302,
                room.get_absolute_url(),
            )


def test_it_takes_no_other_method_and_no_form_of_others(url: str) -> None:
    person = Person(enforce_csrf_checks=True)
    refuses_methods(person, url, ("PUT", "PATCH", "DELETE"))
    assert gives(person, url) == 403

"""Fresh tickets for a page that has stood open."""

import pytest
from django.conf import settings

from rooms.links import new_link
from rooms.models import Room
from rooms.signalling import tickets
from tests.people import Person
from tests.rooms.views.asked import is_private, refuses_methods
from tests.rooms.views.test_call import bind, invite

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/ticket/"


def read(person: Person, url: str) -> tickets.Entry:
    answer = person.post(url)
    assert answer.status_code == 200
    is_private(answer)
    assert list(answer.json()) == ["ticket"]
    return tickets.read(answer.json()["ticket"], bind(person))


def refused(person: Person, url: str) -> tuple[int, str]:
    answer = person.post(url)
    assert answer["Content-Type"] == "application/json"
    is_private(answer)
    error = answer.json()["error"]
    assert error["message"].endswith(".")
    return answer.status_code, error["code"]


def test_everybody_who_may_enter_gets_one(
    owner: Person, member: Person, stranger: Person, guest: Person, url: str
) -> None:
    assert read(owner, url).role == "owner"
    assert read(member, url).role == "member"
    assert read(stranger, url).role == "guest"
    assert read(guest, url).guest


def test_each_names_a_seat_of_its_own(guest: Person, url: str) -> None:
    first, second = read(guest, url), read(guest, url)

    assert first.seat != second.seat
    assert first.person == second.person


def test_a_browser_without_cookie_becomes_a_guest(anonymous: Person, url: str) -> None:
    let_in = read(anonymous, url)

    assert let_in.guest
    assert anonymous.cookies[settings.GUEST_COOKIE_NAME].value.startswith(
        let_in.person.removeprefix("g:")
    )


def test_it_tells_the_room_as_it_is_now(guest: Person, room: Room, url: str) -> None:
    room.change(name="Saturday table", people_limit=3, keeps_chat=True)

    let_in = read(guest, url)

    assert (let_in.room_name, let_in.limit, let_in.keeps_chat) == (
        "Saturday table",
        3,
        True,
    )
    assert let_in.room_version == 2


def test_a_room_for_accounts_asks_for_one(
    room: Room, guest: Person, anonymous: Person, stranger: Person, url: str
) -> None:
    room.change(access=Room.Access.SIGNED_IN)

    assert refused(guest, url) == (403, "sign-in-needed")
    assert refused(anonymous, url) == (403, "sign-in-needed")
    assert read(stranger, url).role == "guest"


def test_a_room_for_invited_people_knows_its_guests(
    room: Room, owner: Person, guest: Person, anonymous: Person, url: str
) -> None:
    invitation = invite(room, owner, guest)
    room.change(access=Room.Access.INVITED)

    assert read(owner, url).invited
    let_in = read(guest, url)
    assert (let_in.guest, let_in.invited) == (True, True)
    assert refused(anonymous, url) == (404, "unknown-room")
    invitation.revoke()
    assert refused(guest, url) == (404, "unknown-room")


def test_an_unknown_link_opens_nothing(guest: Person, owner: Person) -> None:
    for person in (guest, owner):
        for link in (new_link(), "nothing"):
            assert refused(person, f"/r/{link}/ticket/") == (404, "unknown-room")


def test_it_takes_no_other_method(guest: Person, url: str) -> None:
    refuses_methods(guest, url, ("GET", "HEAD", "PUT", "PATCH", "DELETE"))


def test_the_token_of_the_page_is_asked_for_and_suffices(room: Room, url: str) -> None:
    person = Person(enforce_csrf_checks=True)
    assert person.post(url).status_code == 403

    page = person.get(room.get_absolute_url())
    token = page.context["call_data"]["csrfToken"]

    answer = person.post(url, headers={"X-CSRFToken": token})
    assert answer.status_code == 200

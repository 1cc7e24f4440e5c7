"""Rooms and what belongs to them, in the administration."""

import pytest

from accounts.models import User
from rooms.models import Membership, Message, Role, Room, Seat
from tests.factories import make_message, make_room, make_seat
from tests.people import Person

pytestmark = pytest.mark.django_db

ROOMS = "/admin/rooms/room/"
MEMBERS = "/admin/rooms/membership/"
SEATS = "/admin/rooms/seat/"
MESSAGES = "/admin/rooms/message/"
LISTS = (ROOMS, MEMBERS, SEATS, MESSAGES)
HOSTILE = "<img src=x onerror=alert(1)>"


def found(admin: Person, url: str) -> list[object]:
    page = admin.get(url)
    assert page.status_code == 200
    return list(page.context["cl"].result_list)


@pytest.mark.parametrize("url", LISTS)
def test_lists_and_their_rows_can_be_looked_at(
    admin: Person, member: Person, room: Room, url: str
) -> None:
    room.change(name=HOSTILE)
    make_seat(room, HOSTILE)
    make_message(room, HOSTILE)

    rows = found(admin, url)
    assert rows
    pages = [url, *(f"{url}{row.pk}/change/" for row in rows)]  # type: ignore[attr-defined]
    for page in (admin.get(each) for each in pages):
        assert page.status_code == 200
        assert "<img src=x" not in page.content.decode()


@pytest.mark.parametrize("url", LISTS)
def test_they_are_for_staff(
    owner: Person, guest: Person, anonymous: Person, url: str
) -> None:
    for person in (owner, guest, anonymous):
        assert person.get(url).status_code == 302


@pytest.mark.parametrize("url", LISTS)
def test_staff_without_the_right_see_nothing(stranger: Person, url: str) -> None:
    User.objects.filter(pk=stranger.user.pk).update(is_staff=True)

    assert stranger.get(url).status_code == 403


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?q=kitchen", 1),
        ("?q=amara@", 1),
        ("?q=osei", 1),
        ("?q=nothing", 0),
        ("?access__exact=anyone", 1),
        ("?access__exact=signed-in", 0),
        ("?keeps_chat__exact=1", 0),
        ("?relay_only__exact=1", 0),
    ],
)
def test_rooms_are_searched_and_filtered(
    admin: Person, room: Room, query: str, count: int
) -> None:
    assert len(found(admin, f"{ROOMS}{query}")) == count


def test_a_room_is_found_by_its_link(admin: Person, room: Room) -> None:
    make_room(room.owner, "Other")

    assert found(admin, f"{ROOMS}?q={room.link}") == [room]


def test_the_list_says_how_many_are_there_now(admin: Person, room: Room) -> None:
    make_seat(room)
    make_seat(room, "June")
    make_seat(room, "Gone", seconds_ago=60)

    (row,) = found(admin, ROOMS)
    assert row.people == 2  # type: ignore[attr-defined]
    page = admin.get(f"{ROOMS}{room.pk}/change/").content.decode()
    assert "Tomas, June" in page


def test_a_change_counts_like_the_owners_own(admin: Person, room: Room) -> None:
    answer = admin.post(
        f"{ROOMS}{room.pk}/change/",
        {"name": " Renamed\u202e ", "access": "signed-in", "people_limit": "5"},
    )

    assert answer.status_code == 302
    room.refresh_from_db()
    assert (room.name, room.access, room.people_limit) == ("Renamed", "signed-in", 5)
    assert room.version == 2


def test_limits_hold_here_too(admin: Person, room: Room) -> None:
    page = admin.post(
        f"{ROOMS}{room.pk}/change/",
        {"name": "\u200b", "access": "anyone", "people_limit": "17"},
    )

    assert set(page.context["adminform"].errors) == {"name", "people_limit"}


def test_an_administrator_makes_a_room_for_somebody(
    admin: Person, stranger: Person
) -> None:
    answer = admin.post(
        f"{ROOMS}add/",
        {
            "name": "New",
            "owner": str(stranger.user.pk),
            "access": "anyone",
            "people_limit": "8",
        },
    )

    assert answer.status_code == 302
    room = Room.objects.get()
    assert Membership.objects.role_of(room, stranger.user) is Role.OWNER


def test_a_room_is_deleted_with_all_its_parts(
    admin: Person, member: Person, room: Room
) -> None:
    make_seat(room)
    make_message(room)
    page = admin.get(f"{ROOMS}{room.pk}/delete/")
    assert not page.context["perms_lacking"]

    answer = admin.post(f"{ROOMS}{room.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    assert not Room.objects.exists()
    assert not Message.objects.exists()


def test_the_owners_role_follows_the_room(
    admin: Person, owner: Person, room: Room
) -> None:
    row = Membership.objects.get(user=owner.user)

    assert admin.post(f"{MEMBERS}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert (
        admin.post(f"{MEMBERS}{row.pk}/change/", {"role": "member"}).status_code == 403
    )
    admin.post(
        MEMBERS,
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
    )
    row.refresh_from_db()
    assert row.role == Role.OWNER


def test_members_are_added_and_taken_away(
    admin: Person, stranger: Person, room: Room
) -> None:
    who = {"room": str(room.pk), "user": str(stranger.user.pk)}

    refused = admin.post(f"{MEMBERS}add/", {**who, "role": "owner"})
    assert "role" in refused.context["adminform"].errors
    assert admin.post(f"{MEMBERS}add/", {**who, "role": "member"}).status_code == 302
    assert Membership.objects.role_of(room, stranger.user) is Role.MEMBER

    row = Membership.objects.get(user=stranger.user)
    admin.post(f"{MEMBERS}{row.pk}/delete/", {"post": "yes"})
    assert Membership.objects.role_of(room, stranger.user) is None


@pytest.mark.parametrize(("query", "name"), [("live", "June"), ("stale", "Gone")])
def test_seats_are_told_apart_by_whether_they_are_fresh(
    admin: Person, room: Room, query: str, name: str
) -> None:
    make_seat(room, "June")
    make_seat(room, "Gone", seconds_ago=60)

    (seat,) = found(admin, f"{SEATS}?state={query}")
    assert str(seat) == name
    assert len(found(admin, SEATS)) == 2


@pytest.mark.parametrize("url", [SEATS, MESSAGES])
def test_what_calls_write_is_not_edited_by_hand(
    admin: Person, room: Room, url: str
) -> None:
    row = make_seat(room) if url == SEATS else make_message(room)

    assert admin.get(f"{url}add/").status_code == 405
    assert admin.post(f"{url}{row.pk}/change/", {"name": "x"}).status_code == 405
    assert admin.post(f"{url}{row.pk}/delete/", {"post": "yes"}).status_code == 405
    admin.post(
        url, {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    )
    assert (Seat if url == SEATS else Message).objects.filter(pk=row.pk).exists()


def test_what_was_written_is_on_its_own_page_only(admin: Person, room: Room) -> None:
    message = make_message(room, "a private word")

    assert "a private word" not in admin.get(MESSAGES).content.decode()
    page = admin.get(f"{MESSAGES}{message.pk}/change/").content.decode()
    assert "a private word" in page


def test_the_index_opens(admin: Person) -> None:
    assert admin.get("/admin/").status_code == 200

"""My rooms: one's own, those one is invited to and was in, and who is there now."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from rooms.models import Invitation, Membership, Role, Room, Visit
from rooms.views import my_rooms
from rooms.visitors import Visitor
from tests.factories import make_room, make_seat, make_user
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db

URL = "/rooms/"


def shown(person: Person) -> dict[str, list[str]]:
    """The names of the rooms under each heading."""
    page = person.get(URL)
    assert page.status_code == 200
    return {
        "own": [room.name for room in page.context["rooms"]],
        "invited": [one.room.name for one in page.context["invited"]],
        "recent": [visit.room.name for visit in page.context["recent"]],
    }


def visit(room: Room, user: User) -> None:
    Visit.objects.create(room=room, user=user, last_at=timezone.now())


def test_the_owner_sees_the_room_and_who_is_there(owner: Person, room: Room) -> None:
    make_seat(room, "June Park")

    page = owner.get(URL)

    (only,) = page.context["rooms"]
    assert (only.name, only.link, only.access) == (room.name, room.link, "anyone")
    assert only.people_now == ["June Park"]
    assert "June Park" in page.content.decode()
    is_private(page)
    changes_nothing(owner, URL)


def test_a_room_stands_where_it_belongs_to(
    room: Room, owner: Person, member: Person, stranger: Person, admin: Person
) -> None:
    for person in (owner, member, stranger):
        visit(room, person.user)
    nothing: dict[str, list[str]] = {"own": [], "invited": [], "recent": []}

    assert shown(owner) == {**nothing, "own": [room.name]}
    assert shown(member) == {**nothing, "invited": [room.name]}
    assert shown(stranger) == {**nothing, "recent": [room.name]}
    assert shown(admin) == nothing


def test_a_room_that_was_closed_to_somebody_is_not_named(
    room: Room, stranger: Person
) -> None:
    visit(room, stranger.user)

    room.change(access=Room.Access.INVITED)

    assert room.name not in stranger.get(URL).content.decode()


def test_an_invitation_says_role_owner_and_time(
    room: Room, owner: Person, stranger: Person
) -> None:
    begins = (timezone.now() + timedelta(days=1)).replace(microsecond=0)
    invitation, _ = Invitation.objects.issue(
        room=room, made_by=owner.user, role="co-host", starts_at=begins
    )
    invitation.accept(Visitor(stranger.user, ""))

    page = stranger.get(URL)

    (one,) = page.context["invited"]
    assert (one.role, one.begins_at) == ("Co-host", begins)
    assert one.hosts
    words = page.content.decode()
    assert "Amara Osei" in words
    assert f'datetime="{begins.isoformat()}"' in words
    assert f"at {begins:%H:%M} UTC" in words
    assert f"/r/{room.link}/resign/" in words


def test_where_somebody_is_comes_first_and_then_what_begins_next(
    owner: Person, member: Person
) -> None:
    rooms = {name: make_room(owner.user, name) for name in ("Any", "Soon", "Now")}
    for room in rooms.values():
        Membership.objects.grant(room, member.user, Role.MEMBER)
    Invitation.objects.issue(
        room=rooms["Soon"], made_by=owner.user, role="guest", starts_at=timezone.now()
    )[0].acceptances.create(person=f"u:{member.user.pk}")
    make_seat(rooms["Now"])

    assert shown(member)["invited"][:2] == ["Now", "Soon"]


def test_people_without_account_log_in_first(guest: Person, anonymous: Person) -> None:
    for person in (guest, anonymous):
        assert leads_to_log_in(person.get(URL), URL)


def test_many_rooms_cost_no_more_questions(
    owner: Person, django_assert_num_queries: Callable[..., Any]
) -> None:
    other = make_user("Elias Berg")

    def more(count: int) -> None:
        for number in range(count):
            make_seat(make_room(owner.user, f"Own {number}"), user=other)
            invited = make_room(make_user(), f"Invited {number}")
            Membership.objects.grant(invited, owner.user, Role.MEMBER)
            make_seat(invited, user=other)
            seen = make_room(make_user(), f"Seen {number}")
            visit(seen, owner.user)
            make_seat(seen, user=other)

    User.objects.filter(pk=owner.user.pk).update(room_quota=100)
    more(2)
    with CaptureQueriesContext(connection) as queries:
        shown(owner)
    assert len(queries) < 20
    more(48)
    with django_assert_num_queries(len(queries)):
        lists = shown(owner)
    lengths = {name: len(rooms) for name, rooms in lists.items()}
    assert lengths == {
        "own": my_rooms.PAGE,
        "invited": my_rooms.PAGE,
        "recent": my_rooms.RECENT,
    }


def test_what_one_page_cannot_hold_is_on_the_next(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(my_rooms, "PAGE", 2)
    names = {make_room(owner.user, f"Room {number}").name for number in range(3)}

    pages = [owner.get(f"{URL}?page={number}") for number in (1, 2, 99, "x")]

    seen = [[room.name for room in page.context["rooms"]] for page in pages]
    assert [len(rooms) for rooms in seen] == [2, 1, 1, 2]
    assert {*seen[0], *seen[1]} == names
    assert "?page=2" in pages[0].content.decode()
    assert "?page=1" in pages[1].content.decode()


def test_nothing_yet_says_what_to_do(stranger: Person) -> None:
    page = stranger.get(URL).content.decode()

    assert "You have no room yet" in page
    assert 'href="/rooms/new/"' in page
    assert 'action="/rooms/start/"' in page
    assert "Open the link they send you" in page


def test_no_button_is_shown_that_would_fail(owner: Person, room: Room) -> None:
    for right, words in (
        ({"room_quota": 1}, "You own 1 room, and no more are allowed here."),
        ({"may_create_rooms": False}, "Ask the people who run this site"),
    ):
        User.objects.filter(pk=owner.user.pk).update(**right)
        page = owner.get(URL).content.decode()
        assert words in page
        assert 'href="/rooms/new/"' not in page
        assert 'action="/rooms/start/"' not in page
    room.remove()
    assert "You have no room of your own" in owner.get(URL).content.decode()


def test_names_are_shown_as_text(owner: Person) -> None:
    make_seat(make_room(owner.user, "<script>1</script>"), "<b>Tomas</b>")

    page = owner.get(URL).content.decode()

    assert "<script>1" not in page
    assert "<b>Tomas" not in page


def test_it_takes_no_other_method(owner: Person) -> None:
    refuses_methods(owner, URL, ("POST", "PUT", "PATCH", "DELETE"))

"""Giving a room another link: what dies with the old one, and what does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conference.audit.models import AuditEntry
from rooms.links import new_link
from rooms.models import Membership, Role, Room, State, Visit
from rooms.visitors import Visitor
from tests.factories import make_invitation, make_seat
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/new-link/"


def words_of(page: object) -> str:
    return " ".join(getattr(page, "content", b"").decode().split())


def test_the_question_says_what_dies_and_what_stays(
    owner: Person, room: Room, url: str
) -> None:
    for _ in range(2):
        make_invitation(room)
    make_invitation(room, expires_at=timezone.now() - timedelta(days=1))
    for name in ("Tomas Rey", "June Park"):
        make_seat(room, name)

    page = owner.get(url)

    words = words_of(page)
    assert f"Give {room.name} a new link?" in words
    assert "die, and so do 2&nbsp;open invitations." in words
    assert "Members and co-hosts keep their place." in words
    assert "Tomas Rey and June Park stay in the call and find the new link" in words
    is_private(page)
    changes_nothing(owner, url)


def test_an_empty_room_with_no_invitation_is_asked_about_in_fewer_words(
    owner: Person, url: str
) -> None:
    words = words_of(owner.get(url))

    assert "The old link and its QR code die." in words
    assert "in the call" not in words


def test_the_owner_is_led_to_the_page_under_its_new_link(
    owner: Person, room: Room, url: str
) -> None:
    old = room.link

    answer = owner.post(url)

    room.refresh_from_db()
    assert room.link != old
    assert (answer.status_code, answer["Location"]) == (302, f"/r/{room.link}/room/")
    page = owner.get(answer["Location"])
    assert page.context["link_url"] == room.url
    assert "This room has a new link." in words_of(page)


def test_the_old_link_is_as_good_as_one_that_never_was(
    owner: Person, member: Person, stranger: Person, guest: Person, room: Room, url: str
) -> None:
    old = room.link
    owner.post(url)
    room.refresh_from_db()

    for person in (owner, member, stranger, guest):
        for end in ("", "left/", "qr.svg", "room/", "new-link/"):
            there = person.get(f"/r/{old}/{end}")
            missing = person.get(f"/r/{new_link()}/{end}")
            assert there.status_code == missing.status_code
            assert there.status_code in (302, 404), end
        assert person.post(f"/r/{old}/ticket/").status_code == 404
        assert person.get(f"/r/{room.link}/").status_code == 200


def test_open_invitations_die_and_places_stay(
    owner: Person, member: Person, stranger: Person, room: Room, url: str
) -> None:
    room.change(access=Room.Access.INVITED)
    used, used_token = make_invitation(room, uses_limit=1)
    used.accept(Visitor(stranger.user, ""))
    open_one, open_token = make_invitation(room)

    owner.post(url)

    room.refresh_from_db()
    assert (used.state, open_one.state) == (State.USED_UP, State.OPEN)
    for each in (used, open_one):
        each.refresh_from_db()
    assert (used.state, open_one.state) == (State.USED_UP, State.REVOKED)
    assert stranger.get(f"/i/{open_token}/").status_code == 410
    assert Membership.objects.role_of(room, member.user) is Role.MEMBER
    for person, way in ((member, "/rooms/"), (stranger, f"/i/{used_token}/")):
        assert f"/r/{room.link}/" in words_of(person.get(way))
        assert person.get(f"/r/{room.link}/").status_code == 200


def test_who_only_had_the_link_does_not_find_the_new_one(
    owner: Person, stranger: Person, room: Room, url: str
) -> None:
    Visit.objects.create(room=room, user=stranger.user, last_at=timezone.now())
    assert room.link in words_of(stranger.get("/rooms/"))

    owner.post(url)

    room.refresh_from_db()
    assert room.link not in words_of(stranger.get("/rooms/"))


def test_the_log_says_so_without_a_link(owner: Person, room: Room, url: str) -> None:
    owner.post(url)

    room.refresh_from_db()
    (entry,) = AuditEntry.objects.filter(room=room.pk)
    assert (entry.action, entry.actor) == ("new-link", f"u:{owner.user.pk}")
    assert room.link not in f"{entry.details} {entry.reason} {entry.target}"


def test_members_and_co_hosts_may_not(member: Person, room: Room, url: str) -> None:
    old = room.link
    for role in (Role.MEMBER, Role.CO_HOST):
        Membership.objects.grant(room, member.user, role)
        assert member.get(url).status_code == 403
        assert member.post(url).status_code == 403
    room.refresh_from_db()
    assert room.link == old


def test_for_a_stranger_it_is_as_if_there_were_no_room(
    stranger: Person, admin: Person, room: Room, url: str
) -> None:
    old = room.link
    for person in (stranger, admin):
        assert person.get(url).status_code == 404
        assert person.post(url).status_code == 404
    room.refresh_from_db()
    assert room.link == old


def test_people_without_account_log_in_first(
    guest: Person, anonymous: Person, room: Room, url: str
) -> None:
    for person in (guest, anonymous):
        assert leads_to_log_in(person.get(url), url)
        # Another page may be where log-in leads to than the one that changes it.
        assert leads_to_log_in(person.post(url), url) or leads_to_log_in(
            person.post(url), f"/r/{room.link}/room/"
        )


def test_an_unknown_link_opens_nothing(owner: Person) -> None:
    for link in (new_link(), "nothing"):
        assert owner.get(f"/r/{link}/new-link/").status_code == 404
        assert owner.post(f"/r/{link}/new-link/").status_code == 404


def test_it_takes_no_other_method(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(owner: Person, room: Room, url: str) -> None:
    old = room.link
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url).status_code == 403
    room.refresh_from_db()
    assert room.link == old

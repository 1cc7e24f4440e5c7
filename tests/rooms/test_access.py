"""Who may enter, and who may change."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from rooms import access
from rooms.links import new_link
from rooms.models import Room
from tests.people import Person

pytestmark = pytest.mark.django_db


def test_a_link_lets_everybody_in(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    for user in (owner.user, member.user, stranger.user, None):
        assert access.enter(user, room.link) == room


def test_a_room_for_those_who_are_logged_in_says_so_to_others(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    room.change(access=Room.Access.SIGNED_IN)

    for user in (owner.user, member.user, stranger.user):
        assert access.enter(user, room.link) == room
    with pytest.raises(access.SignInNeeded):
        access.enter(None, room.link)


def test_an_unknown_link_opens_nothing_for_anybody(owner: Person) -> None:
    for user in (owner.user, None):
        with pytest.raises(Http404):
            access.enter(user, new_link())
    with pytest.raises(Http404):
        access.own(owner.user, new_link())


def test_the_owner_alone_may_change(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    assert access.own(owner.user, room.link) == room
    with pytest.raises(PermissionDenied):
        access.own(member.user, room.link)
    with pytest.raises(Http404):
        access.own(stranger.user, room.link)


def test_being_staff_opens_no_room_of_others(room: Room, admin: Person) -> None:
    with pytest.raises(Http404):
        access.own(admin.user, room.link)
    assert access.role_in(room, admin.user) == "guest"


def test_roles_are_read_from_rows(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    assert access.role_in(room, owner.user) == "owner"
    assert access.role_in(room, member.user) == "member"
    assert access.role_in(room, stranger.user) == "guest"
    assert access.role_in(room, None) == "guest"


def test_belonging_is_having_a_role(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    assert access.belongs(owner.user, room.link)
    assert access.belongs(member.user, room.link)
    assert not access.belongs(stranger.user, room.link)
    assert not access.belongs(None, room.link)

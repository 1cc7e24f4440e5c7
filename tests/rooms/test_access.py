"""Who may enter, and who may change."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from rooms import access
from rooms.links import new_link
from rooms.models import Invitation, Room
from rooms.visitors import Visitor
from tests.people import Person

pytestmark = pytest.mark.django_db

NOBODY = Visitor(None, "a-guest")


def visitor(person: Person) -> Visitor:
    return Visitor(person.user, "another-guest")


def test_a_link_lets_everybody_in(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    for who in (visitor(owner), visitor(member), visitor(stranger), NOBODY):
        assert access.enter(who, room.link) == room


def test_a_room_for_those_who_are_logged_in_says_so_to_others(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    room.change(access=Room.Access.SIGNED_IN)

    for person in (owner, member, stranger):
        assert access.enter(visitor(person), room.link) == room
    with pytest.raises(access.SignInNeeded):
        access.enter(NOBODY, room.link)


def test_a_room_for_the_invited_is_no_room_to_others(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    room.change(access=Room.Access.INVITED)

    for person in (owner, member):
        assert access.enter(visitor(person), room.link) == room
    for who in (visitor(stranger), NOBODY):
        with pytest.raises(Http404):
            access.enter(who, room.link)


def test_an_accepted_invitation_lets_in_while_it_is_in_force(
    room: Room, owner: Person, stranger: Person
) -> None:
    room.change(access=Room.Access.INVITED)
    invitation, _ = Invitation.objects.issue(
        room=room, made_by=owner.user, role=Invitation.Role.GUEST
    )
    for who in (visitor(stranger), NOBODY):
        invitation.accept(who)
        assert access.enter(who, room.link) == room
        assert access.belongs(who, room.link)

    invitation.revoke()

    for who in (visitor(stranger), NOBODY):
        assert not access.belongs(who, room.link)
        with pytest.raises(Http404):
            access.enter(who, room.link)


def test_an_invitation_to_one_room_opens_no_other(
    room: Room, owner: Person, stranger: Person
) -> None:
    other = Room.objects.make(owner=owner.user, name="Other")
    for each in (room, other):
        each.change(access=Room.Access.INVITED)
    invitation, _ = Invitation.objects.issue(
        room=other, made_by=owner.user, role=Invitation.Role.GUEST
    )
    invitation.accept(visitor(stranger))

    with pytest.raises(Http404):
        access.enter(visitor(stranger), room.link)


def test_closed_and_missing_cost_the_same_queries(
    room: Room, stranger: Person, django_assert_num_queries: Any
) -> None:
    room.change(access=Room.Access.INVITED)
    for link in (room.link, new_link()):
        with django_assert_num_queries(1), pytest.raises(Http404):
            access.enter(visitor(stranger), link)


def test_an_unknown_link_opens_nothing_for_anybody(owner: Person) -> None:
    for who in (visitor(owner), NOBODY):
        with pytest.raises(Http404):
            access.enter(who, new_link())
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
    assert access.belongs(visitor(owner), room.link)
    assert access.belongs(visitor(member), room.link)
    assert not access.belongs(visitor(stranger), room.link)
    assert not access.belongs(NOBODY, room.link)

"""Who may enter, and who may change."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import User
from rooms import access
from rooms.links import new_link
from rooms.models import Invitation, Membership, Role, Room
from rooms.rights import Act, may
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
    for rule in (act(Act.CHANGE), access.host):
        with pytest.raises(Http404):
            rule(owner.user, new_link())


def act(which: Act) -> Callable[[User, str], Room]:
    return lambda user, link: access.act(user, link, which)


@pytest.mark.parametrize("which", Act)
def test_each_act_is_for_the_roles_that_the_table_of_rights_names(
    room: Room, owner: Person, member: Person, stranger: Person, which: Act
) -> None:
    people = [(owner, Role.OWNER), (member, Role.MEMBER), (member, Role.CO_HOST)]
    for person, role in people:
        if person is member:
            Membership.objects.grant(room, member.user, role)
        if may(role, which):
            assert access.act(person.user, room.link, which) == room
        else:
            with pytest.raises(PermissionDenied):
                access.act(person.user, room.link, which)
    with pytest.raises(Http404):
        access.act(stranger.user, room.link, which)


def test_hosts_are_the_owner_and_co_hosts_as_rows_say(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    assert access.host(owner.user, room.link) == room
    with pytest.raises(PermissionDenied):
        access.host(member.user, room.link)
    Membership.objects.grant(room, member.user, Role.CO_HOST)
    assert access.host(member.user, room.link) == room
    Membership.objects.grant(room, member.user, Role.MEMBER)
    with pytest.raises(PermissionDenied):
        access.host(member.user, room.link)
    with pytest.raises(Http404):
        access.host(stranger.user, room.link)


def test_being_staff_opens_no_room_of_others(room: Room, admin: Person) -> None:
    for rule in (act(Act.CHANGE), access.host):
        with pytest.raises(Http404):
            rule(admin.user, room.link)
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

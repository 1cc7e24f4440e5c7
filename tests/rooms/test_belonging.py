"""The rooms of others: who has a place there, and how it ends."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from rooms import access, belonging
from rooms.models import (
    Acceptance,
    Invitation,
    InvitationRefused,
    Membership,
    Role,
    Room,
    State,
    Visit,
)
from rooms.visitors import Visitor
from tests.factories import make_room, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db


def visitor(user: User) -> Visitor:
    return Visitor(user, "a-guest")


def invite(room: Room, **terms: Any) -> Invitation:
    terms = {"role": Invitation.Role.GUEST, **terms}
    return Invitation.objects.issue(room=room, made_by=room.owner, **terms)[0]


def visit(room: Room, user: User, days_ago: int = 0) -> None:
    last = timezone.now() - timedelta(days=days_ago)
    Visit.objects.create(room=room, user=user, last_at=last)


def visited(user: User) -> list[Room]:
    return [each.room for each in belonging.visited(user)]


def roles(user: User) -> dict[str, str | None]:
    return {room.name: room.role for room in belonging.invited_to(user)}  # type: ignore[attr-defined] # annotated


def test_a_place_is_a_role_or_an_accepted_invitation(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    invite(room).accept(visitor(stranger.user))

    assert roles(member.user) == {room.name: "member"}
    assert roles(stranger.user) == {room.name: None}
    assert roles(owner.user) == {}
    assert roles(make_user()) == {}


def test_a_guests_place_ends_with_the_invitation(room: Room, stranger: Person) -> None:
    first, second = invite(room), invite(room)
    for each in (first, second):
        each.accept(visitor(stranger.user))

    first.revoke()
    assert roles(stranger.user) == {room.name: None}
    Invitation.objects.filter(pk=second.pk).update(expires_at=timezone.now())
    assert roles(stranger.user) == {}


def test_only_rooms_that_are_still_open_count_as_visited(
    room: Room, owner: Person, member: Person, stranger: Person
) -> None:
    for person in (owner, member, stranger):
        visit(room, person.user)

    assert visited(stranger.user) == [room]
    # They have it above, in their own list.
    assert visited(owner.user) == visited(member.user) == []
    room.change(access=Room.Access.SIGNED_IN)
    assert visited(stranger.user) == [room]
    room.change(access=Room.Access.INVITED)
    assert visited(stranger.user) == []


def test_what_was_visited_last_comes_first(owner: Person, stranger: Person) -> None:
    old, new = make_room(owner.user, "Old"), make_room(owner.user, "New")
    visit(old, stranger.user, days_ago=2)
    visit(new, stranger.user, days_ago=1)

    assert visited(stranger.user) == [new, old]


def test_the_next_meeting_is_the_first_that_is_not_over(
    room: Room, stranger: Person
) -> None:
    now = timezone.now().replace(microsecond=0)
    other = make_room(room.owner, "Other")
    hour = timedelta(hours=1)
    for begins in (now - 2 * hour, now + 9 * hour, now - hour / 2, now + 3 * hour):
        invite(room, starts_at=begins, duration=hour).accept(visitor(stranger.user))
    invite(other).accept(visitor(stranger.user))
    revoked = invite(other, starts_at=now + hour)
    revoked.accept(visitor(stranger.user))
    revoked.revoke()
    # Somebody else's appointment is no business of this person.
    invite(other, starts_at=now + hour).accept(visitor(make_user()))

    times = belonging.next_meetings(stranger.user, [room, other])

    assert times == {room.pk: now - hour / 2}


def test_giving_up_ends_every_tie_and_can_be_undone(
    room: Room, stranger: Person
) -> None:
    room.change(access=Room.Access.INVITED)
    invitation = invite(room, role=Invitation.Role.MEMBER, uses_limit=1)
    starts_at = timezone.now() + timedelta(hours=1)
    meeting = invite(room, starts_at=starts_at)
    meeting.accept(visitor(make_user()))
    for each in (meeting, invitation):
        each.accept(visitor(stranger.user))
    visit(room, stranger.user)

    belonging.give_up(room, stranger.user)

    assert roles(stranger.user) == {}
    assert visited(stranger.user) == []
    assert belonging.next_meetings(stranger.user, [room]) == {}
    assert not access.is_invited(room, visitor(stranger.user))
    with pytest.raises(Http404):
        access.enter(visitor(stranger.user), room.link)
    with pytest.raises(Http404):
        access.place(stranger.user, room.link)
    invitation.accept(visitor(stranger.user))
    assert roles(stranger.user) == {room.name: "member"}
    assert invitation.uses == 1


def test_a_use_that_was_given_up_is_nobody_elses(room: Room, stranger: Person) -> None:
    invitation = invite(room, uses_limit=1)
    invitation.accept(visitor(stranger.user))
    belonging.give_up(room, stranger.user)

    assert invitation.state is State.USED_UP
    with pytest.raises(InvitationRefused) as refusal:
        invitation.accept(Visitor(make_user(), ""))
    assert refusal.value.state is State.USED_UP
    assert not Invitation.objects.open().exists()


@pytest.mark.parametrize(
    ("lowered_to", "comes_back_as"),
    [(None, "co-host"), (Role.MEMBER, "member"), (Role.OWNER, None)],
)
def test_who_comes_back_is_what_they_were_when_they_left(
    room: Room, stranger: Person, lowered_to: Role | None, comes_back_as: str | None
) -> None:
    invitation = invite(room, role=Invitation.Role.CO_HOST)
    invitation.accept(visitor(stranger.user))
    own = Membership.objects.get(room=room, user=stranger.user)
    if lowered_to is Role.OWNER:
        own.revoke()
    elif lowered_to is not None:
        Membership.objects.grant(room, stranger.user, lowered_to)

    for _ in range(2):
        belonging.give_up(room, stranger.user)
        for _ in range(2):
            invitation.accept(visitor(stranger.user))
            assert roles(stranger.user) == {room.name: comes_back_as}


def test_who_comes_back_by_another_is_lowered_by_none(
    room: Room, stranger: Person
) -> None:
    first = invite(room, role=Invitation.Role.MEMBER)
    second = invite(room, role=Invitation.Role.CO_HOST)
    for each in (first, second):
        each.accept(visitor(stranger.user))
    belonging.give_up(room, stranger.user)

    for each in (first, second, first):
        each.accept(visitor(stranger.user))

    assert roles(stranger.user) == {room.name: "co-host"}


def test_an_owner_stays_owner(room: Room, owner: Person) -> None:
    belonging.give_up(room, owner.user)

    assert Membership.objects.role_of(room, owner.user) is Role.OWNER


def test_who_is_removed_gets_in_by_no_invitation_of_their_own(
    room: Room, stranger: Person
) -> None:
    EmailAddress.objects.create(
        user=stranger.user, email="elias@b\u00fccher.example", verified=True
    )
    one = invite(room, role=Invitation.Role.MEMBER, uses_limit=1)
    unused = invite(room, address="Elias@example.org")
    spelled = invite(room, address="elias@xn--bcher-kva.example")
    for_another = invite(room, address="june@example.org")
    several = invite(room, uses_limit=5)
    elsewhere = invite(make_room(room.owner, "Other"), uses_limit=1)
    for each in (several, elsewhere, one):
        each.accept(visitor(stranger.user))
    other = make_user()
    several.accept(visitor(other))

    belonging.remove(Membership.objects.get(room=room, user=stranger.user))

    assert roles(stranger.user) == {"Other": None}
    assert roles(other) == {room.name: None}
    for each, state in (
        (one, State.REVOKED),
        (unused, State.REVOKED),
        (spelled, State.REVOKED),
        (for_another, State.OPEN),
        (several, State.OPEN),
    ):
        each.refresh_from_db()
        assert each.state is state
    theirs = Acceptance.objects.filter(user=stranger.user)
    assert theirs.count() == 3
    assert theirs.get(ended_at=None).invitation == elsewhere


def test_who_was_removed_comes_back_by_a_new_invitation_alone(
    room: Room, stranger: Person
) -> None:
    room.change(access=Room.Access.INVITED)
    taken = invite(room, role=Invitation.Role.MEMBER)
    left_aside = invite(room, role=Invitation.Role.CO_HOST)
    taken.accept(visitor(stranger.user))
    before = taken.uses

    belonging.remove(Membership.objects.get(room=room, user=stranger.user))

    for each in (taken, left_aside):
        with pytest.raises(InvitationRefused) as refusal:
            each.accept(visitor(stranger.user))
        assert refusal.value.state is State.WITHDRAWN
        assert each.state is State.OPEN
    assert taken.uses == before
    assert roles(stranger.user) == {}
    assert not access.is_invited(room, visitor(stranger.user))
    left_aside.accept(visitor(make_user()))

    invite(room, role=Invitation.Role.MEMBER).accept(visitor(stranger.user))

    assert roles(stranger.user) == {room.name: "member"}
    # It is another's to decide whether they are more than that.
    with pytest.raises(InvitationRefused):
        left_aside.accept(visitor(stranger.user))
    belonging.give_up(room, stranger.user)
    with pytest.raises(InvitationRefused):
        taken.accept(visitor(stranger.user))


def test_nor_does_the_browser_in_which_they_were_a_guest_first(
    room: Room, stranger: Person
) -> None:
    """Where they are logged out, with the cookie by which they accepted."""
    room.change(access=Room.Access.INVITED)
    browser = Visitor(None, "june")
    invitation = invite(room)
    invitation.accept(browser)
    Acceptance.objects.update(user=stranger.user)
    Membership.objects.grant(room, stranger.user, Role.MEMBER)

    belonging.remove(Membership.objects.get(room=room, user=stranger.user))

    with pytest.raises(Http404):
        access.enter(browser, room.link)
    with pytest.raises(InvitationRefused):
        invitation.accept(browser)


def test_nor_does_a_guest_whom_their_log_in_makes_known(
    room: Room, stranger: Person
) -> None:
    """Another browser accepts as a guest what lets several in, and then logs in."""
    room.change(access=Room.Access.INVITED)
    invitation, elsewhere = invite(room), invite(make_room(room.owner, "Other"))
    invitation.accept(visitor(stranger.user))
    Membership.objects.grant(room, stranger.user, Role.MEMBER)
    belonging.remove(Membership.objects.get(room=room, user=stranger.user))
    browser, other = Visitor(None, "june"), Visitor(None, "noor")
    for each in (invitation, elsewhere):
        each.accept(browser)
    invitation.accept(other)

    Acceptance.objects.adopt("june", stranger.user)

    assert roles(stranger.user) == {"Other": None}
    assert not access.is_invited(room, browser)
    assert access.is_invited(room, other)
    fresh = invite(room)
    fresh.accept(Visitor(None, "paul"))
    Acceptance.objects.adopt("paul", stranger.user)
    assert roles(stranger.user) == {"Other": None, room.name: None}

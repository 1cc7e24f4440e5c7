"""What an invitation is worth, and to whom."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from conference.models import OutgoingMail
from rooms import access
from rooms.models import (
    AccountNeeded,
    Invitation,
    InvitationRefused,
    Membership,
    Room,
    State,
)
from rooms.visitors import Visitor
from tests.factories import make_invitation, make_user
from tests.people import Person
from tests.rooms.processes import Processes
from tests.rooms.processes import database as database
from tests.rooms.processes import processes as processes

A_GUEST, ANOTHER = Visitor(None, "one"), Visitor(None, "two")
PAST = timedelta(seconds=-1)


def account(person: Person) -> Visitor:
    return Visitor(person.user, "a-browser")


@pytest.mark.django_db
def test_its_token_is_kept_nowhere(room: Room) -> None:
    invitation, token = make_invitation(room)

    assert len(token) == 32
    assert Invitation.objects.by_token(token) == invitation
    row = Invitation.objects.filter(pk=invitation.pk).values().get()
    assert token not in str(row)
    assert Invitation.objects.by_token(token[:-1] + "~") is None


@pytest.mark.django_db
def test_one_person_is_one_use_however_often(room: Room) -> None:
    invitation, _ = make_invitation(room, uses_limit=2)

    for _ in range(3):
        invitation.accept(A_GUEST)

    assert (invitation.uses, invitation.state) == (1, State.OPEN)
    invitation.accept(ANOTHER)
    assert invitation.state is State.USED_UP
    with pytest.raises(InvitationRefused) as refusal:
        invitation.accept(Visitor(None, "three"))
    assert refusal.value.state is State.USED_UP
    invitation.accept(A_GUEST)


@pytest.mark.django_db
def test_one_by_mail_is_accepted_when_it_is_used(room: Room) -> None:
    invitation, _ = make_invitation(room, uses_limit=1, address="t@example.org")

    invitation.accept(A_GUEST)

    assert invitation.state is State.ACCEPTED


@pytest.mark.django_db
@pytest.mark.parametrize("uses_limit", [None, 1])
@pytest.mark.parametrize("how", [State.EXPIRED, State.REVOKED])
def test_what_ended_is_over_for_those_who_accepted_it_too(
    room: Room, uses_limit: int | None, how: State
) -> None:
    room.change(access=Room.Access.INVITED)
    invitation, _ = make_invitation(room, uses_limit=uses_limit)
    invitation.accept(A_GUEST)
    assert access.enter(A_GUEST, room.link) == room

    if how is State.REVOKED:
        invitation.revoke()
    else:
        invitation.expires_at = timezone.now() + PAST
        invitation.save()

    assert invitation.ending is how
    for visitor in (A_GUEST, ANOTHER):
        with pytest.raises(InvitationRefused) as refusal:
            invitation.accept(visitor)
        assert refusal.value.state is how
        with pytest.raises(Http404):
            access.enter(visitor, room.link)


@pytest.mark.django_db
def test_a_role_above_guest_is_for_accounts_and_stays(
    room: Room, stranger: Person
) -> None:
    room.change(access=Room.Access.INVITED)
    invitation, _ = make_invitation(room, role=Invitation.Role.CO_HOST)

    with pytest.raises(AccountNeeded):
        invitation.accept(A_GUEST)
    assert invitation.uses == 0
    invitation.accept(account(stranger))
    invitation.revoke()

    assert access.role_in(room, stranger.user) == "co-host"
    assert access.enter(account(stranger), room.link) == room


@pytest.mark.django_db
def test_nobody_uses_what_adds_nothing_or_is_lowered_by_it(
    room: Room, owner: Person, member: Person
) -> None:
    for role in Invitation.Role:
        invitation, _ = make_invitation(room, role=role)
        invitation.accept(account(owner))
        assert invitation.uses == 0
    for raised, uses in (("guest", 0), ("member", 0), ("co-host", 1), ("member", 0)):
        invitation, _ = make_invitation(room, role=raised)
        invitation.accept(account(member))
        assert invitation.uses == uses, raised

    assert access.role_in(room, owner.user) == "owner"
    assert access.role_in(room, member.user) == "co-host"


@pytest.mark.django_db
def test_a_role_that_was_taken_away_is_not_given_back_by_the_same_link(
    room: Room, stranger: Person
) -> None:
    invitation, _ = make_invitation(room, role=Invitation.Role.MEMBER)
    invitation.accept(account(stranger))
    Membership.objects.get(user=stranger.user).revoke()

    invitation.accept(account(stranger))

    assert access.role_in(room, stranger.user) == "guest"


@pytest.mark.django_db
def test_a_use_stays_used_when_its_account_goes(room: Room) -> None:
    invitation, _ = make_invitation(room, uses_limit=1)
    user = make_user()
    invitation.accept(Visitor(user, "a-browser"))

    user.delete()

    assert invitation.state is State.USED_UP


@pytest.mark.django_db
def test_a_mail_that_waits_is_dropped_with_its_invitation(
    room: Room, django_capture_on_commit_callbacks: Any
) -> None:
    def waiting() -> Invitation:
        invitation, _ = make_invitation(room, mail=Invitation.Mail.WAITING)
        OutgoingMail.objects.create(sealed=b"", reference=invitation.reference)
        return invitation

    ends: tuple[Callable[[Invitation], object], ...] = (
        Invitation.revoke,
        lambda _: room.remove(),
    )
    for end in ends:
        invitation = waiting()
        with django_capture_on_commit_callbacks(execute=True):
            end(invitation)
        assert not OutgoingMail.objects.exists()


MAKE = """
from accounts.models import User
from rooms.models import Invitation, Room
owner = User.objects.create_user("a@example.org")
room = Room.objects.make(owner=owner, name="Room")
for role in ("guest", "member"):
    Invitation.objects.issue(room=room, made_by=owner, role=role, uses_limit=3)
"""
ACCEPT = """
import sys
from accounts.models import User
from rooms.models import Invitation, InvitationRefused
from rooms.visitors import Visitor
invitations = list(Invitation.objects.order_by("pk"))
people = [
    Visitor(User.objects.create_user(f"{sys.argv[1]}-{n}@example.org"), "")
    for n in range(4)
]
ready()
got_in = 0
for invitation in invitations:
    for visitor in people:
        try:
            invitation.accept(visitor)
            got_in += 1
        except InvitationRefused as refusal:
            assert refusal.state == "used-up"
print(got_in)
"""
COUNT = """
from rooms.models import Acceptance, Invitation, Membership
print(*(invitation.uses for invitation in Invitation.objects.all()))
print(Membership.objects.filter(role="member").count())
"""


def test_no_more_get_in_than_it_has_uses_whatever_runs_at_once(
    processes: Processes,
) -> None:
    processes.run(MAKE)

    got_in = processes.at_once(ACCEPT, [(str(number),) for number in range(4)])

    assert sum(map(int, got_in)) == 6
    assert processes.run(COUNT).split() == ["3", "3", "3"]

"""Making invitations: all or none, once, and no more than a room may have."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings

from rooms.invitations import making
from rooms.invitations.making import MadeBefore, StillGood, TooManyOpen
from rooms.invitations.terms import Terms
from rooms.models import Invitation, Room, State
from tests.factories import make_invitation
from tests.people import Person
from tests.rooms.processes import Processes
from tests.rooms.processes import database as database
from tests.rooms.processes import processes as processes

GUEST = Terms(role=Invitation.Role.GUEST, uses_limit=1)


@pytest.mark.django_db
def test_each_address_gets_an_invitation_and_a_link_of_its_own(
    owner: Person, room: Room
) -> None:
    terms = Terms(
        role=Invitation.Role.MEMBER,
        note="Bring cake",
        expires_at=timezone.now() + timedelta(days=7),
        uses_limit=1,
    )

    made = making.invite(room, owner.user, ["t@x.org", "j@x.org"], terms, "form")

    assert [each.invitation.address for each in made] == ["t@x.org", "j@x.org"]
    assert len({each.token for each in made}) == 2
    for each in made:
        kept = Invitation.objects.by_token(each.token)
        assert kept == each.invitation
        assert (kept.room, kept.made_by) == (room, owner.user)
        assert (kept.role, kept.note, kept.uses_limit) == ("member", "Bring cake", 1)
        assert kept.expires_at == terms.expires_at
        assert each.url == f"http://localhost:8000/i/{each.token}/"


@pytest.mark.django_db
def test_nobody_named_is_a_link(owner: Person, room: Room) -> None:
    (made,) = making.invite(room, owner.user, [], GUEST, "form")

    assert made.invitation.address == ""
    assert made.invitation.mail == Invitation.Mail.NONE
    assert not mail.outbox


@pytest.mark.django_db
def test_the_same_form_makes_one_set_and_shows_its_links_again_for_a_while(
    owner: Person, room: Room
) -> None:
    first = making.invite(room, owner.user, ["t@x.org", "j@x.org"], GUEST, "form")
    second = making.invite(room, owner.user, ["t@x.org", "j@x.org"], GUEST, "form")

    assert [each.token for each in first] == [each.token for each in second]
    assert [each.invitation for each in first] == [each.invitation for each in second]
    other = making.invite(room, owner.user, ["t@x.org"], GUEST, "another form")
    assert other[0].token not in [each.token for each in first]

    Invitation.objects.update(created_at=timezone.now() - making.SHOWN_AGAIN)
    with pytest.raises(MadeBefore, match="shown once"):
        making.invite(room, owner.user, ["t@x.org", "j@x.org"], GUEST, "form")
    assert Invitation.objects.count() == 3


@pytest.mark.django_db
def test_who_knows_the_form_still_needs_the_sites_secret(
    owner: Person, room: Room, settings: Settings
) -> None:
    (made,) = making.invite(room, owner.user, [], GUEST, "form")
    room.invitations.all().delete()
    settings.SECRET_KEY = "another key for tests, as long as the other one is: fifty"

    (other,) = making.invite(room, owner.user, [], GUEST, "form")

    assert other.token != made.token


@pytest.mark.django_db
def test_a_room_has_only_so_many_that_are_open(
    owner: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "MOST_OPEN", 2)
    used, _ = make_invitation(room, uses_limit=0)
    ended, _ = make_invitation(room, expires_at=timezone.now() - timedelta(1))
    revoked, _ = make_invitation(room)
    revoked.revoke()
    make_invitation(room)

    with pytest.raises(TooManyOpen):
        making.invite(room, owner.user, ["t@x.org", "j@x.org"], GUEST, "form")
    assert Invitation.objects.count() == 4
    making.invite(room, owner.user, ["t@x.org"], GUEST, "form")
    with pytest.raises(TooManyOpen):
        making.invite(room, owner.user, [], GUEST, "form 2")
    assert {each.state for each in (used, ended, revoked)} == {
        State.USED_UP,
        State.EXPIRED,
        State.REVOKED,
    }


@pytest.mark.django_db
def test_sending_again_is_a_new_one_on_the_same_terms(
    owner: Person, room: Room
) -> None:
    now = timezone.now()
    old, token = make_invitation(
        room,
        role="co-host",
        address="t@x.org",
        note="Cake",
        uses_limit=1,
        created_at=now - timedelta(days=10),
        expires_at=now - timedelta(days=3),
        starts_at=now - timedelta(days=4),
    )

    (made,) = making.send_again(old, owner.user, "form")

    new = made.invitation
    assert made.token != token
    assert (new.address, new.role, new.note, new.uses_limit) == (
        *("t@x.org", "co-host", "Cake", 1),
    )
    assert new.expires_at is not None
    assert timedelta(days=6) < new.expires_at - now < timedelta(days=8)
    assert new.starts_at is None
    old.refresh_from_db()
    assert old.state is State.REVOKED
    assert making.send_again(old, owner.user, "form")[0].token == made.token
    with pytest.raises(StillGood):
        making.send_again(old, owner.user, "form 2")


@pytest.mark.django_db
def test_what_still_works_is_not_sent_again(owner: Person, room: Room) -> None:
    good, _ = make_invitation(room, address="t@x.org", mail="sent")
    with pytest.raises(StillGood):
        making.send_again(good, owner.user, "form")

    failed, _ = make_invitation(room, address="t@x.org", mail="failed")
    making.send_again(failed, owner.user, "form")


PREPARE = """
from accounts.models import User
from rooms.models import Room
for name in ("a", "b"):
    owner = User.objects.create_user(f"{name}@example.org")
    Room.objects.make(owner=owner, name="Room")
"""
INVITE = """
import sys
from django.conf import settings
from conference.mail.address import parse
from rooms.invitations import making, post
from rooms.invitations.terms import Terms
from rooms.models import Invitation, Room
settings.EMAIL_URL = parse("smtp://localhost:1")
settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
settings.INVITATIONS_PER_DAY = 6
making.MOST_OPEN = 12
number = int(sys.argv[1])
room = Room.objects.all()[number % 2]
terms = Terms(role=Invitation.Role.GUEST)
ready()
for each in range(3):
    try:
        # In either order, and one address that everybody invites.
        addresses = [f"t{number}{each}@example.org", "tomas@example.org"]
        making.invite(room, room.owner, addresses[:: 1 - 2 * (number % 2)], terms,
                      f"{number} {each}")
    except making.TooManyOpen:
        pass
    making.invite(room, room.owner, [], terms, "the same form")
"""
TELL = """
from collections import Counter
from rooms.models import Invitation, Room
for room in Room.objects.all():
    mails = Counter(room.invitations.values_list("mail", flat=True))
    print(room.invitations.count(), mails["waiting"], mails["none"])
to_tomas = Invitation.objects.filter(address="tomas@example.org", mail="waiting")
print(to_tomas.count())
"""


def test_limits_and_forms_hold_whatever_runs_at_once(processes: Processes) -> None:
    processes.run(PREPARE)

    processes.at_once(INVITE, [(str(number),) for number in range(4)])

    *rooms, to_tomas = processes.run(TELL).splitlines()
    for said in rooms:
        invitations, mails, links = map(int, said.split())
        assert invitations <= 12
        assert (mails, links) == (6, 1)
    assert int(to_tomas) <= 4

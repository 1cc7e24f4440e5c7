"""What hosts do to one person, as rows, log and news."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from conference.audit.models import AuditEntry
from rooms.models import (
    Acceptance,
    Ban,
    Invitation,
    Membership,
    Prohibition,
    Role,
    Room,
)
from rooms.order import people
from rooms.order.actor import Actor, Refused
from rooms.signalling import bus
from rooms.visitors import Visitor
from tests.factories import make_invitation, make_room, make_user

pytestmark = pytest.mark.django_db

GUEST = "g:june"
ADDRESS = "203.0.113.9"


@pytest.fixture
def owner() -> User:
    return make_user("Amara Osei")


@pytest.fixture
def room(owner: User) -> Room:
    return make_room(owner)


@pytest.fixture
def told() -> Iterator[list[bus.News]]:
    """What the running calls hear."""
    with bus.collecting() as news:
        yield news


def somebody(room: Room, role: Role | None = None, name: str = "Tomas Lind") -> User:
    user = make_user(name)
    if role is not None:
        Membership.objects.grant(room, user, role)
    return user


def acting(room: Room, user: User) -> Actor:
    return Actor.in_room(room, user, address=ADDRESS)


def person(user: User) -> str:
    return f"u:{user.pk}"


def last_act() -> tuple[str, str, str, str]:
    entry = AuditEntry.objects.latest("pk")
    assert entry.address
    assert ADDRESS not in entry.address
    return entry.action, entry.actor, entry.target, entry.reason


def by_site() -> Actor:
    return Actor.of_site(make_user("Paul Brandt", is_staff=True), address=ADDRESS)


def remove_by_site(room: Room, user: User) -> Ban:
    return people.remove(
        room, person=person(user), name=user.display_name, actor=by_site()
    )


def remove(room: Room, whom: str, by: User, **how: object) -> Ban:
    return people.remove(
        room,
        person=whom,
        name="June",
        actor=acting(room, by),
        **how,  # type: ignore[arg-type]
    )


class TestRemoving:
    def test_a_removal_ends_by_itself_after_any_token(
        self, room: Room, owner: User, told: list[bus.News]
    ) -> None:
        ban = remove(room, GUEST, owner, reason="Shouting", browser="june")
        assert ban.until is not None
        assert timedelta(hours=11) < ban.until - timezone.now() < timedelta(hours=13)
        assert last_act() == ("remove", person(owner), GUEST, "Shouting")
        assert bus.KeptOut(room.pk, GUEST, "Shouting", "june") in told

    def test_a_ban_does_not_end(self, room: Room, owner: User) -> None:
        ban = remove(room, GUEST, owner, ban=True)
        assert ban.until is None
        assert last_act()[0] == "ban"

    def test_a_ban_stays_one_when_the_person_is_removed_again(
        self, room: Room, owner: User
    ) -> None:
        remove(room, GUEST, owner, ban=True, browser="june")
        again = remove(room, GUEST, owner, reason="Once more")
        assert again.until is None
        assert (again.reason, again.browser) == ("Once more", "june")
        assert Ban.objects.in_force().filter(room=room).count() == 1

    def test_a_role_goes_with_its_person(self, room: Room, owner: User) -> None:
        tomas = somebody(room, Role.CO_HOST)
        remove(room, person(tomas), owner)
        assert Membership.objects.role_of(room, tomas) is None

    def test_invitations_for_them_alone_end_and_others_stay(
        self, room: Room, owner: User
    ) -> None:
        alone, _ = make_invitation(room, uses_limit=1)
        many, _ = make_invitation(room)
        for invitation in (alone, many):
            invitation.accept(Visitor(None, "june"))
        many.accept(Visitor(None, "mira"))
        remove(room, GUEST, owner)
        alone.refresh_from_db()
        many.refresh_from_db()
        assert alone.revoked_at is not None
        assert many.revoked_at is None
        assert not Acceptance.objects.in_force().filter(person=GUEST).exists()
        assert Acceptance.objects.in_force().filter(person="g:mira").exists()
        assert many.refusal(Visitor(None, "june")) is not None

    def test_what_was_sent_to_their_address_ends(self, room: Room, owner: User) -> None:
        tomas = somebody(room, Role.MEMBER)
        sent, _ = make_invitation(room, address=tomas.email)
        remove(room, person(tomas), owner)
        sent.refresh_from_db()
        assert sent.revoked_at is not None

    @pytest.mark.parametrize(
        ("by", "whom"),
        [
            (None, None),
            (Role.MEMBER, None),
            (Role.CO_HOST, Role.CO_HOST),
            (Role.CO_HOST, Role.OWNER),
        ],
    )
    def test_nobody_removes_whom_they_may_not(
        self, room: Room, owner: User, by: Role | None, whom: Role | None
    ) -> None:
        actor = somebody(room, by)
        target = owner if whom is Role.OWNER else somebody(room, whom, "Elias Berg")
        with pytest.raises(Refused):
            remove(room, person(target), actor)
        assert not Ban.objects.exists()
        assert not AuditEntry.objects.exists()

    def test_nobody_removes_themselves(self, room: Room, owner: User) -> None:
        with pytest.raises(Refused):
            remove(room, person(owner), owner)

    def test_a_co_host_removes_a_member(self, room: Room) -> None:
        tomas, elias = somebody(room, Role.CO_HOST), somebody(room, Role.MEMBER)
        remove(room, person(elias), tomas)
        assert Ban.objects.in_force().filter(user=elias, made_by=tomas).exists()

    @pytest.mark.parametrize("ban", [False, True])
    def test_not_even_the_site_keeps_an_owner_out_of_their_room(
        self, room: Room, owner: User, told: list[bus.News], ban: bool
    ) -> None:
        with pytest.raises(Refused, match="give the room to somebody else"):
            people.remove(
                room, person=person(owner), name="Amara", actor=by_site(), ban=ban
            )
        assert not Ban.objects.exists()
        assert not AuditEntry.objects.exists()
        assert told == []
        # As soon as it is not theirs any more it works.
        people.transfer(room, somebody(room), by_site())
        remove_by_site(room, owner)
        assert Ban.objects.in_force().filter(user=owner).exists()
        assert Membership.objects.role_of(room, owner) is None


class TestRolesAreReadAtTheMoment:
    def test_a_role_that_was_lost_a_moment_ago_counts_for_nothing(
        self, room: Room
    ) -> None:
        tomas, elias = somebody(room, Role.CO_HOST), somebody(room)
        before = acting(room, tomas)
        Membership.objects.filter(user=tomas).delete()
        with pytest.raises(Refused):
            people.remove(room, person=person(elias), name="E", actor=before)

    def test_a_closed_account_does_nothing(self, room: Room) -> None:
        tomas, elias = somebody(room, Role.CO_HOST), somebody(room)
        User.objects.filter(pk=tomas.pk).update(is_active=False)
        with pytest.raises(Refused):
            remove(room, person(elias), tomas)

    def test_a_role_that_is_claimed_is_not_believed(self, room: Room) -> None:
        elias = somebody(room)
        liar = Actor(person(elias), "Elias", "owner")
        with pytest.raises(Refused):
            people.remove(room, person=GUEST, name="June", actor=liar)


class TestLettingBack:
    def test_whoever_is_let_back_may_come_in_without_their_role(
        self, room: Room, owner: User, told: list[bus.News]
    ) -> None:
        tomas = somebody(room, Role.MEMBER)
        ban = remove(room, person(tomas), owner, ban=True, browser="tomas")
        people.let_back(ban, acting(room, owner))
        assert not ban.holds
        assert not Ban.objects.in_force().exists()
        assert Membership.objects.role_of(room, tomas) is None
        assert last_act()[:3] == ("let-back", person(owner), person(tomas))
        assert bus.LetBack(room.pk, person(tomas), "tomas") in told

    def test_twice_is_once(self, room: Room, owner: User) -> None:
        ban = remove(room, GUEST, owner)
        people.let_back(ban, acting(room, owner))
        acts = AuditEntry.objects.count()
        people.let_back(ban, acting(room, owner))
        assert AuditEntry.objects.count() == acts

    def test_hosts_do_not_undo_what_the_site_did(self, room: Room, owner: User) -> None:
        tomas = somebody(room)
        ban = remove_by_site(room, tomas)
        for host in (owner, somebody(room, Role.CO_HOST)):
            with pytest.raises(Refused, match="people who run this site"):
                people.let_back(ban, acting(room, host))
        # Nor by making it a ban of their own before.
        again = remove(room, person(tomas), owner)
        with pytest.raises(Refused):
            people.let_back(again, acting(room, owner))
        assert again.holds
        people.let_back(again, by_site())
        assert not Ban.objects.in_force().exists()

    def test_members_let_nobody_back(self, room: Room, owner: User) -> None:
        ban = remove(room, GUEST, owner)
        with pytest.raises(Refused):
            people.let_back(ban, acting(room, somebody(room, Role.MEMBER)))
        assert ban.holds


class TestRoles:
    def test_the_owner_gives_changes_and_takes_roles(
        self, room: Room, owner: User, told: list[bus.News]
    ) -> None:
        tomas = somebody(room)
        for role in (Role.MEMBER, Role.CO_HOST, None):
            people.set_role(room, tomas, role, acting(room, owner))
            assert Membership.objects.role_of(room, tomas) is role
        stood = [each for each in told if isinstance(each, bus.StandingChanged)]
        assert [each.role for each in stood] == ["member", "co-host", "guest"]
        entry = AuditEntry.objects.latest("pk")
        assert entry.action == "promote"
        assert entry.details == {"role": "guest", "before": "co-host"}

    @pytest.mark.parametrize("by", [None, Role.MEMBER, Role.CO_HOST])
    def test_nobody_else_does(self, room: Room, by: Role | None) -> None:
        tomas, elias = somebody(room, by), somebody(room)
        with pytest.raises(Refused):
            people.set_role(room, elias, Role.CO_HOST, acting(room, tomas))
        with pytest.raises(Refused):
            people.set_role(room, tomas, Role.CO_HOST, acting(room, tomas))

    def test_the_owner_stays_the_owner_until_the_room_is_given_away(
        self, room: Room, owner: User
    ) -> None:
        paul = Actor.of_site(make_user("Paul Brandt", is_staff=True))
        for actor in (acting(room, owner), paul):
            with pytest.raises(Refused):
                people.set_role(room, owner, None, actor)
        with pytest.raises(Refused):
            people.set_role(room, somebody(room), Role.OWNER, acting(room, owner))


class TestTransfer:
    def test_there_is_one_owner_before_and_after(
        self, room: Room, owner: User, told: list[bus.News]
    ) -> None:
        tomas = somebody(room)
        people.transfer(room, tomas, acting(room, owner))
        fresh = Room.objects.get(pk=room.pk)
        assert fresh.owner == room.owner == tomas
        assert Membership.objects.role_of(room, tomas) is Role.OWNER
        assert Membership.objects.role_of(room, owner) is Role.CO_HOST
        assert last_act()[:3] == ("transfer", person(owner), person(tomas))
        stood = {
            each.person: each.role
            for each in told
            if isinstance(each, bus.StandingChanged)
        }
        assert stood == {person(owner): "co-host", person(tomas): "owner"}

    @pytest.mark.parametrize("by", [None, Role.MEMBER, Role.CO_HOST])
    def test_only_the_owner_gives_it(self, room: Room, by: Role | None) -> None:
        tomas = somebody(room, by)
        with pytest.raises(Refused):
            people.transfer(room, tomas, acting(room, tomas))

    def test_nobody_is_given_more_rooms_than_they_may_have(
        self, room: Room, owner: User
    ) -> None:
        tomas = make_user("Tomas Lind", room_quota=1)
        make_room(tomas, "Their own")
        with pytest.raises(Refused):
            people.transfer(room, tomas, acting(room, owner))
        assert Room.objects.get(pk=room.pk).owner == owner
        paul = Actor.of_site(make_user("Paul Brandt", is_staff=True))
        people.transfer(room, tomas, paul)
        assert Room.objects.get(pk=room.pk).owner == tomas

    def test_whoever_is_kept_out_or_closed_is_given_nothing(
        self, room: Room, owner: User
    ) -> None:
        tomas, elias = somebody(room), make_user("Elias Berg", is_active=False)
        remove(room, person(tomas), owner)
        for user in (tomas, elias):
            with pytest.raises(Refused):
                people.transfer(room, user, acting(room, owner))


class TestForbidding:
    def test_it_lasts_until_it_is_allowed(
        self, room: Room, owner: User, told: list[bus.News]
    ) -> None:
        host = acting(room, owner)
        people.forbid(room, GUEST, "screen", allowed=False, actor=host)
        people.forbid(room, GUEST, "chat", allowed=False, actor=host)
        assert Prohibition.objects.of(room, GUEST) == ["chat", "screen"]
        assert last_act()[:3] == ("forbid", person(owner), GUEST)
        people.forbid(room, GUEST, "screen", allowed=True, actor=host)
        people.forbid(room, GUEST, "chat", allowed=True, actor=host)
        assert not Prohibition.objects.exists()
        assert last_act()[0] == "allow"
        assert [each.forbidden for each in told] == [  # type: ignore[union-attr]
            ("screen",),
            ("chat", "screen"),
            ("chat",),
            (),
        ]

    def test_nobody_gets_it_back_by_logging_out(
        self, room: Room, owner: User, told: list[bus.News]
    ) -> None:
        tomas, host = somebody(room, Role.MEMBER), acting(room, owner)
        whose = (person(tomas), "g:tomas")
        for allowed, powers in ((False, ["chat"]), (True, [])):
            for _ in range(2):
                people.forbid(
                    room,
                    person(tomas),
                    "chat",
                    allowed=allowed,
                    actor=host,
                    browser="tomas",
                )
            for each in whose:
                assert Prohibition.objects.of(room, each) == powers
        assert not Prohibition.objects.exists()
        stood = [
            (each.person, each.role, each.forbidden)
            for each in told
            if isinstance(each, bus.StandingChanged)
        ]
        assert stood[-4:] == [
            ("g:tomas", "guest", ("chat",)),
            (person(tomas), "member", ("chat",)),
            ("g:tomas", "guest", ()),
            (person(tomas), "member", ()),
        ]
        acts = AuditEntry.objects.filter(target=person(tomas))
        assert [each.action for each in acts.order_by("pk")] == ["forbid", "allow"]
        assert not AuditEntry.objects.filter(target="g:tomas").exists()

    def test_what_changes_nothing_is_no_act(self, room: Room, owner: User) -> None:
        host = acting(room, owner)
        people.forbid(room, GUEST, "chat", allowed=True, actor=host)
        assert not AuditEntry.objects.exists()

    def test_nobody_forbids_hosts_or_above(self, room: Room, owner: User) -> None:
        tomas, elias = somebody(room, Role.CO_HOST), somebody(room, Role.CO_HOST)
        for whom in (owner, elias):
            with pytest.raises(Refused):
                people.forbid(
                    room,
                    person(whom),
                    "chat",
                    allowed=False,
                    actor=acting(room, tomas),
                )

    def test_a_role_given_another_way_is_told_with_what_is_forbidden(
        self, room: Room, owner: User, told: list[bus.News]
    ) -> None:
        tomas = somebody(room)
        people.forbid(
            room, person(tomas), "chat", allowed=False, actor=acting(room, owner)
        )
        invitation, _ = make_invitation(room, role=Invitation.Role.MEMBER)
        invitation.accept(Visitor(tomas, ""))
        assert told[-1] == bus.StandingChanged(
            room.pk, person(tomas), "member", ("chat",)
        )

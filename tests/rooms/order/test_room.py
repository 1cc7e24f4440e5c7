"""What hosts do to a whole room, as rows, log and news."""

from collections.abc import Callable, Iterator

import pytest

from conference.audit.models import AuditEntry
from rooms.models import Invitation, Membership, Role, Room, Visit
from rooms.order import room as order
from rooms.order.actor import Actor, Refused
from rooms.signalling import bus
from rooms.visitors import Visitor
from tests.factories import make_invitation, make_room, make_user

pytestmark = pytest.mark.django_db

Act = Callable[[Room, Actor], object]

BY_HOSTS: dict[str, Act] = {
    "lock": lambda room, actor: order.lock(room, True, actor),
    "lobby": lambda room, actor: order.lobby(room, True, actor),
    "forbid_all": lambda room, actor: order.forbid_all(
        room, "chat", allowed=False, actor=actor
    ),
    "end": lambda room, actor: order.end(room, 10, actor),
    "go_on": order.go_on,
}
BY_OWNERS: dict[str, Act] = {"new_link": order.new_link}
BY_SITE: dict[str, Act] = {
    "notice": lambda room, actor: order.notice(room, "At noon.", actor)
}


@pytest.fixture
def room() -> Room:
    return make_room(make_user("Amara Osei"))


@pytest.fixture
def host(room: Room) -> Actor:
    return Actor.in_room(room, room.owner, address="203.0.113.9")


@pytest.fixture
def told() -> Iterator[list[bus.News]]:
    with bus.collecting() as news:
        yield news


def as_role(room: Room, role: Role | None) -> Actor:
    user = make_user("Tomas Lind")
    if role is not None:
        Membership.objects.grant(room, user, role)
    return Actor.in_room(room, user)


def actions() -> list[str]:
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


@pytest.mark.parametrize("name", BY_HOSTS)
@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.CO_HOST])
def test_hosts_may_and_others_may_not(room: Room, name: str, role: Role | None) -> None:
    actor = as_role(room, role)
    if role is Role.CO_HOST:
        BY_HOSTS[name](room, actor)
        assert len(actions()) == 1
        return
    with pytest.raises(Refused):
        BY_HOSTS[name](room, actor)
    assert actions() == []
    assert Room.objects.get(pk=room.pk).version == room.version


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.CO_HOST])
def test_only_the_owner_makes_a_new_link(room: Room, role: Role | None) -> None:
    with pytest.raises(Refused):
        order.new_link(room, as_role(room, role))
    assert Room.objects.get(pk=room.pk).link == room.link


def test_only_the_people_who_run_the_site_speak_to_everybody(
    room: Room, host: Actor, told: list[bus.News]
) -> None:
    with pytest.raises(Refused):
        order.notice(room, "At noon.", host)
    paul = make_user("Paul Brandt", is_staff=True)
    order.notice(room, "At noon.", Actor.of_site(paul))
    assert told == [bus.Notice(room.pk, "At noon.")]
    assert actions() == ["notice"]


@pytest.mark.parametrize(
    ("act", "field", "names"),
    [
        (order.lock, "locked", ["lock", "unlock"]),
        (order.lobby, "lobby", ["lobby-on", "lobby-off"]),
    ],
)
def test_switches_are_rows_and_calls_hear_of_them(
    room: Room,
    host: Actor,
    told: list[bus.News],
    act: Callable[[Room, bool, Actor], None],
    field: str,
    names: list[str],
) -> None:
    act(room, True, host)
    assert getattr(Room.objects.get(pk=room.pk), field) is True
    act(room, True, host)
    act(room, False, host)
    assert getattr(room, field) is False
    assert actions() == names
    heard = [getattr(news, field) for news in told]
    assert heard == [True, False]
    assert room.version == Room.objects.get(pk=room.pk).version


def test_an_old_copy_of_the_room_takes_nothing_back(room: Room, host: Actor) -> None:
    old = Room.objects.get(pk=room.pk)
    order.forbid_all(room, "chat", allowed=False, actor=host)
    order.lock(old, True, host)
    order.forbid_all(old, "screen", allowed=False, actor=host)
    fresh = Room.objects.get(pk=room.pk)
    assert fresh.locked
    assert fresh.forbidden == ["chat", "screen"]


def test_what_is_forbidden_to_all_is_told_and_taken_back(
    room: Room, host: Actor, told: list[bus.News]
) -> None:
    order.forbid_all(room, "screen", allowed=False, actor=host)
    order.forbid_all(room, "screen", allowed=False, actor=host)
    order.forbid_all(room, "screen", allowed=True, actor=host)
    assert actions() == ["forbid", "allow"]
    heard = [each.forbidden for each in told if isinstance(each, bus.RoomChanged)]
    assert heard == [("screen",), ()]


def test_a_new_link_leaves_nothing_of_the_old_one(room: Room, host: Actor) -> None:
    before = room.link
    open_, _ = make_invitation(room)
    used, _ = make_invitation(room, uses_limit=1)
    used.accept(Visitor(None, "june"))
    member, passer_by = make_user("Tomas Lind"), make_user("Elias Berg")
    Membership.objects.grant(room, member, Role.MEMBER)
    for user in (member, passer_by):
        Visit.objects.create(room=room, user=user, last_at=room.created_at)
    link = order.new_link(room, host)
    assert link == room.link == Room.objects.get(pk=room.pk).link != before
    states = {each.pk: each.revoked_at for each in Invitation.objects.all()}
    assert states[open_.pk] is not None
    assert states[used.pk] is None
    assert [visit.user for visit in Visit.objects.all()] == [member]
    assert actions() == ["new-link"]


def test_an_end_is_at_most_a_minute_away(
    room: Room, host: Actor, told: list[bus.News]
) -> None:
    assert order.end(room, 10, host, now=1000.0) == 1_010_000
    assert order.end(room, 999, host, now=1000.0) == 1_060_000
    order.go_on(room, host)
    assert told == [
        bus.CallEnds(room.pk, 1_010_000, "Amara Osei"),
        bus.CallEnds(room.pk, 1_060_000, "Amara Osei"),
        bus.CallEnds(room.pk, 0, "Amara Osei"),
    ]
    assert actions() == ["end", "end", "go-on"]

"""Rooms: made, changed, removed; and what a running call hears of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import Settings

from rooms.models import Membership, Message, Role, Room
from rooms.names import BadName
from rooms.signalling import bus
from tests.factories import make_message, make_room, make_seat, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db

Commit = Callable[..., AbstractContextManager[list[Callable[[], Any]]]]


@pytest.fixture
def heard(settings: Settings) -> Iterator[Callable[[], dict[str, Any]]]:
    """What a process that serves sockets hears next."""
    settings.CHANNEL_LAYERS = {
        "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    }
    layer = get_channel_layer()
    assert layer is not None
    mailbox = async_to_sync(layer.new_channel)()
    async_to_sync(layer.group_add)(bus.GROUP, mailbox)
    yield lambda: async_to_sync(layer.receive)(mailbox)
    async_to_sync(layer.group_discard)(bus.GROUP, mailbox)


def test_a_new_room_is_open_for_sixteen_and_forgets(owner: Person) -> None:
    room = make_room(owner.user, "  Friday\u202e  table ")

    assert room.name == "Friday table"
    assert room.access == Room.Access.ANYONE
    assert room.people_limit == 16
    assert not room.keeps_chat
    assert room.version == 1
    assert room.last_used_at is None


def test_its_owner_holds_the_role_as_a_row(owner: Person) -> None:
    room = make_room(owner.user)

    assert Membership.objects.role_of(room, owner.user) is Role.OWNER


def test_a_room_has_one_owner(owner: Person, stranger: Person) -> None:
    room = make_room(owner.user)

    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.grant(room, stranger.user, Role.OWNER)


def test_a_room_needs_a_name_that_can_be_seen(owner: Person) -> None:
    with pytest.raises(BadName):
        make_room(owner.user, "\u200b")
    room = make_room(owner.user)
    room.name = "\u200b"
    with pytest.raises(ValidationError):
        room.full_clean()


@pytest.mark.parametrize("limit", [0, 1, 17, 1000])
def test_the_database_refuses_a_limit_out_of_range(owner: Person, limit: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_room(owner.user, people_limit=limit)


def test_its_address_is_on_the_site(room: Room) -> None:
    assert room.get_absolute_url() == f"/r/{room.link}/"
    assert room.url == f"http://localhost:8000/r/{room.link}/"


def test_change_takes_over_and_the_version_grows(room: Room) -> None:
    room.change(name=" New\u200b name ", people_limit=3, keeps_chat=True)

    assert room.version == 2
    stored = Room.objects.get(pk=room.pk)
    assert (stored.name, stored.people_limit, stored.keeps_chat) == (
        "New name",
        3,
        True,
    )
    assert stored.version == 2
    room.save()
    assert Room.objects.get(pk=room.pk).version == 3


def test_two_who_change_an_old_copy_get_two_versions(room: Room) -> None:
    first, second = (Room.objects.get(pk=room.pk) for _ in range(2))

    first.change(name="First")
    second.change(people_limit=4)

    stored = Room.objects.get(pk=room.pk)
    assert (first.version, second.version, stored.version) == (2, 3, 3)
    assert (stored.name, stored.people_limit) == ("First", 4)


def test_a_running_call_hears_of_a_change_once_it_is_stored(
    room: Room,
    heard: Callable[[], dict[str, Any]],
    django_capture_on_commit_callbacks: Commit,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        room.change(name="Saturday table", keeps_chat=True)

    assert heard() == {
        "type": "room.changed",
        "room": room.pk,
        "name": "Saturday table",
        "limit": 16,
        "keeps_chat": True,
        "relay_only": False,
        "access": "anyone",
        "version": 2,
        "revocation": 0,
        "locked": False,
        "lobby": False,
        "forbidden": (),
        "link": room.link,
        "password": "",
    }


@pytest.mark.parametrize("way", ["remove", "queryset", "owner"])
def test_a_running_call_hears_that_its_room_is_gone_however_it_went(
    room: Room,
    owner: Person,
    way: str,
    heard: Callable[[], dict[str, Any]],
    django_capture_on_commit_callbacks: Commit,
) -> None:
    room_id = room.pk
    with django_capture_on_commit_callbacks(execute=True):
        if way == "remove":
            room.remove()
        elif way == "queryset":
            Room.objects.all().delete()
        else:
            owner.user.delete()

    assert heard() == {"type": "room.deleted", "room": room_id}


def test_remove_takes_all_that_was_kept(room: Room) -> None:
    make_seat(room)
    make_message(room)

    room.remove()

    assert not Message.objects.exists()
    assert not Membership.objects.exists()


def test_own_rooms_come_last_used_first(owner: Person, stranger: Person) -> None:
    now = timezone.now()
    quiet, old, recent = (make_room(owner.user, name) for name in ("a", "b", "c"))
    make_room(stranger.user)
    for room, days in ((old, 1), (recent, 0)):
        used = now - timedelta(days=days)
        Room.objects.filter(pk=room.pk).update(last_used_at=used)

    assert list(Room.objects.owned_by(owner.user)) == [recent, old, quiet]


def test_who_is_there_now_costs_one_query_for_all_rooms(
    owner: Person, django_assert_num_queries: Callable[..., Any]
) -> None:
    for number in range(5):
        make_seat(make_room(owner.user), f"Person {number}")
    empty = make_room(owner.user)
    make_seat(empty, "Gone", seconds_ago=20)

    with django_assert_num_queries(2):
        rooms = list(Room.objects.owned_by(owner.user).with_people_now())
        names = sorted(name for room in rooms for name in room.people_now)

    assert names == [f"Person {number}" for number in range(5)]
    assert empty.people_now == []


def test_members_are_granted_and_revoked(room: Room) -> None:
    user = make_user()

    membership = Membership.objects.grant(room, user, Role.MEMBER)
    assert Membership.objects.grant(room, user, Role.MEMBER) == membership
    assert Membership.objects.role_of(room, user) is Role.MEMBER

    membership.revoke()
    assert Membership.objects.role_of(room, user) is None

"""Whom the rows let give orders, whatever a socket or a page took them for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Suspension, User
from rooms.models import Room
from rooms.order import room as order
from rooms.order.actor import Actor, Refused
from tests.factories import make_room, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    return make_room(make_user("Amara Osei"))


def close(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def suspend(user: User) -> None:
    Suspension.objects.create(user=user, reason="Shouts.")


@pytest.mark.parametrize("shut_out", [close, suspend])
def test_whoever_is_shut_out_gives_no_orders(
    room: Room, shut_out: Callable[[User], None]
) -> None:
    actor = Actor.in_room(room, room.owner)
    shut_out(room.owner)

    with pytest.raises(Refused):
        order.lock(room, True, actor)
    room.refresh_from_db()
    assert not room.locked


def test_whose_time_is_over_does_again(room: Room) -> None:
    suspend(room.owner)
    Suspension.objects.update(until=timezone.now() - timedelta(seconds=1))

    order.lock(room, True, Actor.in_room(room, room.owner))
    room.refresh_from_db()
    assert room.locked

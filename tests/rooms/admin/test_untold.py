"""The channel layer is away: what no row says is not said to be done."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.messages import ERROR, SUCCESS
from django.test import override_settings

from rooms.admin.acting import UNTOLD
from rooms.models import Room
from tests.factories import make_room, make_seat
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/admin/rooms/livecall/"
# Nobody listens at port 1.
AWAY = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": ["redis://127.0.0.1:1/0"]},
    }
}


@pytest.fixture
def _away(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.CRITICAL, "rooms.signalling.bus")
    with override_settings(CHANNEL_LAYERS=AWAY):
        yield


def said(answer: Any) -> list[tuple[int, str]]:
    return [(each.level, str(each)) for each in answer.context["messages"]]


def press(admin: Person, room: Room, **sent: str) -> list[tuple[int, str]]:
    return said(admin.post(f"{URL}{room.pk}/act/", sent, follow=True))


def close_guest(admin: Person, room: Room) -> list[tuple[int, str]]:
    seat = make_seat(room, "June")
    return press(admin, room, act="close", person=seat.person)


@pytest.mark.usefixtures("_away")
class TestAway:
    def test_the_end_of_a_call(self, admin: Person, room: Room) -> None:
        assert press(admin, room, act="end", seconds="10") == [(ERROR, UNTOLD)]

    def test_a_message(self, admin: Person, room: Room) -> None:
        assert press(admin, room, act="notice", text="Hello") == [(ERROR, UNTOLD)]

    def test_the_connections_of_a_guest(self, admin: Person, room: Room) -> None:
        assert close_guest(admin, room) == [(ERROR, UNTOLD)]

    def test_the_end_of_several(self, admin: Person, room: Room) -> None:
        chosen = [str(room.pk), str(make_room(room.owner, "Other").pk)]
        sent = {"action": "end", "_selected_action": chosen}
        assert said(admin.post(URL, sent, follow=True)) == [(ERROR, UNTOLD)]

    def test_what_rows_say_is_done(
        self, admin: Person, room: Room, member: Person
    ) -> None:
        (lock,) = press(admin, room, act="lock")
        (close,) = press(admin, room, act="close", person=f"u:{member.user.pk}")
        assert (lock[0], close[0]) == (SUCCESS, SUCCESS)


def test_with_a_layer_all_is_done(admin: Person, room: Room) -> None:
    for sent in ({"act": "end"}, {"act": "notice", "text": "Hello"}):
        ((level, _),) = press(admin, room, **sent)
        assert level == SUCCESS
    ((level, _),) = close_guest(admin, room)
    assert level == SUCCESS
    chosen = [str(room.pk)]
    answer = admin.post(URL, {"action": "end", "_selected_action": chosen}, follow=True)
    assert said(answer) == [(SUCCESS, "Ended: 1.")]

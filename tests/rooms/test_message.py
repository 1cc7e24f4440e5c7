"""Kept messages: one order, each once, whoever else writes."""

from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from accounts.deletion import delete_account
from accounts.models import User
from rooms.models import Message, Room
from tests.factories import make_message, make_room
from tests.people import Person
from tests.rooms.processes import Processes
from tests.rooms.processes import database as database
from tests.rooms.processes import processes as processes


def keep(room: Room, message_id: str = "a-1", **changed: Any) -> Message:
    fields: dict[str, Any] = {
        "room_id": room.pk,
        "message_id": message_id,
        "person": "g:one",
        "user_id": None,
        "name": "Tomas",
        "text": "Hello",
        "sent_at": timezone.now(),
    }
    return Message.keep(**{**fields, **changed})


@pytest.mark.django_db
def test_numbers_count_from_one_in_each_room(room: Room, owner: Person) -> None:
    other = make_room(owner.user)

    assert [keep(room, f"a-{n}").number for n in range(3)] == [1, 2, 3]
    assert keep(other).number == 1
    assert Message.newest_number(room.pk) == 3


@pytest.mark.django_db
def test_the_same_message_again_is_the_same_row(room: Room) -> None:
    first = keep(room)

    again = keep(room, text="Something else")

    assert again == first
    assert again.text == "Hello"
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_nobody_can_take_the_name_of_anothers_message(room: Room) -> None:
    keep(room, person="g:thief", text="Nothing")

    real = keep(room, person="g:one", text="Something")

    assert (real.number, real.text) == (2, "Something")


@pytest.mark.django_db
def test_a_room_that_is_gone_keeps_nothing(room: Room) -> None:
    room_id = room.pk
    room.remove()
    room.pk = room_id

    with pytest.raises(Room.DoesNotExist):
        keep(room)


@pytest.mark.django_db(transaction=True)
def test_somebody_who_is_gone_writes_nothing(room: Room, stranger: Person) -> None:
    written = keep(room, "a", user_id=stranger.user.pk)
    gone = stranger.user.pk
    delete_account(stranger.user)

    for name in ("a", "b"):
        with pytest.raises(User.DoesNotExist):
            keep(room, name, user_id=gone)
    assert [each.pk for each in Message.objects.all()] == [written.pk]


@pytest.mark.django_db
def test_pages_follow_the_numbers(room: Room) -> None:
    for number in range(5):
        make_message(room, f"text {number}")

    pages = [Message.page(room.pk, after, 2) for after in (0, 2, 4, 5)]

    assert [[message.number for message in page] for page in pages] == [
        [1, 2],
        [3, 4],
        [5],
        [],
    ]
    assert Message.newest_number(room.pk) == 5


@pytest.mark.django_db
def test_an_empty_room_has_number_nought(room: Room) -> None:
    assert Message.newest_number(room.pk) == 0
    assert Message.page(room.pk, 0, 10) == []


@pytest.mark.django_db
def test_a_message_outlives_its_writers_account(room: Room, stranger: Person) -> None:
    message = keep(room, user_id=stranger.user.pk)

    stranger.user.delete()

    message.refresh_from_db()
    assert (message.user, message.name) == (None, "Tomas")


WRITER = """
import sys
from django.utils import timezone
from accounts.deletion import delete_account
from accounts.models import User
from rooms.models import Message, Room
room, writer, count = Room.objects.get(), sys.argv[-2], int(sys.argv[-1])
ready()
for number in range(count):
    # Everybody sends one message of their own and one that all send.
    for person, name in ((f"g:{writer}", f"own-{number}"), ("g:all", f"all-{number}")):
        Message.keep(
            room_id=room.pk, message_id=name, person=person, user_id=None,
            name=writer, text="x", sent_at=timezone.now(),
        )
"""
READER = """
from rooms.models import Message
for row in Message.objects.order_by("number").values_list("number", "person"):
    print(*row)
"""
MAKE = """
from accounts.models import User
from rooms.models import Room
Room.objects.make(owner=User.objects.create_user("a@example.org"), name="Room")
"""


def test_processes_that_write_at_once_get_one_order_without_gaps(
    processes: Processes,
) -> None:
    writers, each = 3, 20
    processes.run(MAKE)

    processes.at_once(WRITER, [(f"writer-{n}", str(each)) for n in range(writers)])

    rows = [line.split() for line in processes.run(READER).splitlines()]
    assert [int(number) for number, _ in rows] == [*range(1, (writers + 1) * each + 1)]
    people = Counter(person for _, person in rows)
    assert people == {"g:all": each} | {f"g:writer-{n}": each for n in range(writers)}

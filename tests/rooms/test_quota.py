"""How many rooms a person may make, and who may make none."""

import pytest
from pytest_django import Settings

from accounts.models import User
from rooms.models import Room
from rooms.models.room import MayNotCreate, NoMoreRooms
from tests.factories import make_room
from tests.people import Person
from tests.rooms.processes import Processes
from tests.rooms.processes import database as database
from tests.rooms.processes import processes as processes


@pytest.mark.django_db
def test_the_site_says_how_many(owner: Person, settings: Settings) -> None:
    settings.ROOMS_PER_PERSON = 2
    make_room(owner.user)
    last = make_room(owner.user)

    with pytest.raises(NoMoreRooms, match=r"You own 2 rooms.+Delete one"):
        make_room(owner.user)
    last.remove()
    make_room(owner.user)


@pytest.mark.django_db
def test_one_persons_own_number_wins(
    owner: Person, stranger: Person, settings: Settings
) -> None:
    settings.ROOMS_PER_PERSON = 1
    User.objects.filter(pk=owner.user.pk).update(room_quota=2)
    for person in (owner, owner, stranger):
        make_room(person.user)

    for person in (owner, stranger):
        with pytest.raises(NoMoreRooms):
            make_room(person.user)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "right", [{"room_quota": 0}, {"may_create_rooms": False, "room_quota": 9}]
)
def test_who_may_make_none_is_told_so(owner: Person, right: dict[str, int]) -> None:
    User.objects.filter(pk=owner.user.pk).update(**right)

    # The row counts, not a copy of it that is older than the change.
    with pytest.raises(MayNotCreate, match="Ask the people who run this site"):
        make_room(owner.user)
    assert not Room.objects.exists()


@pytest.mark.django_db
def test_a_site_may_leave_making_rooms_to_its_staff(
    owner: Person, settings: Settings
) -> None:
    settings.ROOMS_PER_PERSON = 0

    with pytest.raises(MayNotCreate):
        make_room(owner.user)


MAKER = """
from accounts.models import User
from rooms.models import Room
from rooms.models.room import NoMoreRooms
owner, made = User.objects.get(), 0
ready()
for _ in range(4):
    try:
        Room.objects.make(owner=owner, name="Room")
        made += 1
    except NoMoreRooms:
        pass
print(made)
"""


def test_rooms_made_at_once_stay_within_the_number(processes: Processes) -> None:
    processes.run(
        "from accounts.models import User\n"
        "User.objects.create_user('a@example.org', room_quota=5)"
    )

    made = processes.at_once(MAKER, [()] * 4)

    assert sum(map(int, made)) == 5

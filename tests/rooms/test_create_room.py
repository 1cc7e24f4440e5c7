"""`manage.py create_room`."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from rooms.models import Room
from tests.people import Person

pytestmark = pytest.mark.django_db


def create_room(*words: str) -> str:
    out = io.StringIO()
    call_command("create_room", *words, stdout=out)
    return out.getvalue()


def test_it_prints_the_link_and_nothing_else(owner: Person) -> None:
    printed = create_room("Friday table", "--owner", owner.user.email)

    room = Room.objects.get()
    assert printed == f"http://localhost:8000/r/{room.link}/\n"
    assert (room.name, room.owner, room.access) == (
        "Friday table",
        owner.user,
        "anyone",
    )


def test_the_owner_is_found_in_any_case(owner: Person) -> None:
    create_room("Table", "--owner", owner.user.email.upper())

    assert Room.objects.get().owner == owner.user


def test_access_can_be_chosen(owner: Person) -> None:
    create_room("Table", "--owner", owner.user.email, "--access", "signed-in")

    assert Room.objects.get().access == "signed-in"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["Table", "--owner", "nobody@example.org"], "nobody@example.org"),
        (["Table"], "--owner"),
        (["\u200b", "--owner", "amara@example.org"], "can be seen"),
        (
            ["Table", "--owner", "amara@example.org", "--access", "everyone"],
            "invalid choice",
        ),
    ],
)
def test_what_it_cannot_do_is_an_error_in_words(
    owner: Person, words: list[str], why: str
) -> None:
    with pytest.raises(CommandError, match=why):
        create_room(*words)
    assert not Room.objects.exists()


def test_it_keeps_to_the_number_of_rooms(owner: Person) -> None:
    User.objects.filter(pk=owner.user.pk).update(room_quota=1)
    create_room("Table", "--owner", owner.user.email)

    with pytest.raises(CommandError, match="no further room"):
        create_room("Second", "--owner", owner.user.email)
    assert Room.objects.count() == 1

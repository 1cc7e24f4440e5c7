"""Suspended in a call: nobody goes on as a guest in the browser that they sat at."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import Suspension
from accounts.suspending import lift, suspend
from conference.audit.models import AuditEntry
from rooms.models import Ban, Room
from rooms.order import people
from rooms.order.actor import Actor, Refused
from rooms.signalling import bus
from tests.factories import make_room, make_seat
from tests.people import Person

from .test_doors import cookie_of, gets_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def told() -> Iterator[list[bus.News]]:
    """What the running calls hear."""
    with bus.collecting() as news:
        yield news


def sit(person: Person, room: Room) -> None:
    assert gets_in(person, room)
    seat = make_seat(room, "Elias Berg", person.user)
    seat.browser = cookie_of(person)
    seat.save()


def shut_out(person: Person, by: Person, until: timedelta | None = None) -> Suspension:
    """Suspended; and logged out, as the browser is then."""
    made = suspend(
        person.user,
        reason="Shouts at everybody.",
        until=None if until is None else timezone.now() + until,
        by=by.user,
        address="192.0.2.7",
    )
    del person.cookies[settings.SESSION_COOKIE_NAME]
    return made


def test_the_browser_is_kept_out_of_the_room_until_it_is_lifted(
    room: Room, stranger: Person, admin: Person, told: list[bus.News]
) -> None:
    next_door = make_room(room.owner, "Next door")
    sit(stranger, room)
    made = shut_out(stranger, admin)

    assert not gets_in(stranger, room)
    assert gets_in(stranger, next_door)
    assert gets_in(Person(), room)
    person = f"u:{stranger.user.pk}"
    ban = Ban.objects.get()
    assert (ban.person, ban.user, ban.name) == (person, stranger.user, "Elias Berg")
    assert ban.made_by == admin.user
    assert ban.until is not None
    assert 11.9 < (ban.until - timezone.now()) / timedelta(hours=1) <= 12
    # Their account's connections go for the reason that is theirs alone to read.
    revoked, kept_out = told
    assert isinstance(revoked, bus.AccountRevoked)
    browser = cookie_of(stranger)
    assert kept_out == bus.KeptOut(room.pk, person, ban.reason, browser)
    assert "Shouts" not in ban.reason

    lift(made, admin.user, "192.0.2.7")

    assert gets_in(stranger, room)
    assert told[-1] == bus.LetBack(room.pk, person, browser)
    acts = AuditEntry.objects.filter(room=room.pk).order_by("pk")
    assert [(each.action, each.actor, each.target) for each in acts] == [
        ("remove", f"u:{admin.user.pk}", person),
        ("let-back", f"u:{admin.user.pk}", person),
    ]


def test_it_is_over_with_the_suspension(
    room: Room, stranger: Person, admin: Person
) -> None:
    sit(stranger, room)
    made = shut_out(stranger, admin, timedelta(hours=1))

    assert Ban.objects.get().until == made.until


def test_every_browser_that_they_sit_at(
    room: Room, stranger: Person, admin: Person
) -> None:
    other = Person(stranger.user)
    for browser in (stranger, other):
        sit(browser, room)
    shut_out(stranger, admin)
    del other.cookies[settings.SESSION_COOKIE_NAME]

    assert not gets_in(stranger, room)
    assert not gets_in(other, room)


def test_rooms_that_they_have_left_are_not_concerned(
    room: Room, stranger: Person, admin: Person
) -> None:
    make_seat(room, "Elias Berg", stranger.user, seconds_ago=60)
    shut_out(stranger, admin)

    assert not Ban.objects.exists()


def test_no_host_lifts_it(
    room: Room, owner: Person, stranger: Person, admin: Person
) -> None:
    sit(stranger, room)
    shut_out(stranger, admin)

    with pytest.raises(Refused):
        people.let_back(Ban.objects.get(), Actor.in_room(room, owner.user))
    assert not gets_in(stranger, room)


def test_what_a_host_decided_stays_when_it_is_lifted(
    room: Room, owner: Person, stranger: Person, admin: Person
) -> None:
    sit(stranger, room)
    made = shut_out(stranger, admin)
    people.remove(
        room,
        person=f"u:{stranger.user.pk}",
        name="Elias Berg",
        actor=Actor.in_room(room, owner.user),
        browser=cookie_of(stranger),
        ban=True,
    )
    lift(made, admin.user)

    assert not gets_in(stranger, room)
    (ban,) = Ban.objects.in_force()
    assert ban.made_by == owner.user

"""Whom a room keeps out: by no page of it, and by nothing they were sent."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.utils import timezone

from rooms import access
from rooms.models import Ban, Invitation, InvitationRefused, Membership, Role, Room
from rooms.models import State as Became
from rooms.order import people
from rooms.order.actor import Actor
from rooms.visitors import Visitor
from tests.factories import make_user
from tests.people import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(room: Room, owner: Person) -> Actor:
    return Actor.in_room(room, owner.user)


def cookie_of(person: Person) -> str:
    """The guest that this browser is known as."""
    value = person.cookies[settings.GUEST_COOKIE_NAME].value
    return signing.Signer(salt="rooms.guests").unsign(value)


def keep_out(room: Room, person: str, host: Actor, **how: Any) -> Ban:
    return people.remove(room, person=person, name="Somebody", actor=host, **how)


def gets_in(person: Person, room: Room) -> bool:
    """Whether all of the room's doors are open to this browser, or none."""
    page = person.get(room.get_absolute_url())
    others = [
        person.post(f"/r/{room.link}/ticket/").status_code,
        person.get(f"/r/{room.link}/left/").status_code,
        person.get(f"/r/{room.link}/qr.svg").status_code,
    ]
    opened = page.status_code == 200
    assert opened or b"ticket" not in page.content
    assert {status == 200 for status in others} == {opened}
    assert opened or {page.status_code, *others} in ({403}, {404})
    return opened


def test_a_guest_and_whoever_logs_in_in_that_browser(
    room: Room, guest: Person, stranger: Person, host: Actor
) -> None:
    assert gets_in(guest, room)

    ban = keep_out(room, f"g:{cookie_of(guest)}", host)

    assert not gets_in(guest, room)
    assert gets_in(Person(), room)
    guest.force_login(stranger.user)
    assert not gets_in(guest, room)
    assert gets_in(stranger, room)
    people.let_back(ban, host)
    assert gets_in(guest, room)


def test_an_account_wherever_it_logs_in_and_its_browser_without_it(
    room: Room, stranger: Person, host: Actor
) -> None:
    assert gets_in(stranger, room)
    elsewhere = Person(stranger.user)
    assert gets_in(stranger, room)

    keep_out(room, f"u:{stranger.user.pk}", host, browser=cookie_of(stranger), ban=True)

    for browser in (stranger, elsewhere):
        assert not gets_in(browser, room)
    # Logged out, and still the same browser.
    del stranger.cookies[settings.SESSION_COOKIE_NAME]
    assert not gets_in(stranger, room)
    assert gets_in(Person(), room)


def test_a_member_who_is_nothing_there_any_more(
    room: Room, member: Person, host: Actor
) -> None:
    keep_out(room, f"u:{member.user.pk}", host)

    assert not gets_in(member, room)
    assert access.role_in(room, member.user) == "guest"


def test_a_removal_ends_after_twelve_hours_and_a_ban_does_not(
    room: Room, guest: Person, host: Actor
) -> None:
    removal = keep_out(room, f"g:{cookie_of(guest)}", host)
    assert removal.until is not None
    hours = (removal.until - timezone.now()) / timedelta(hours=1)
    assert 11.9 < hours <= 12

    Ban.objects.update(until=timezone.now())
    assert gets_in(guest, room)

    assert keep_out(room, f"g:{cookie_of(guest)}", host, ban=True).until is None
    assert not gets_in(guest, room)


def test_the_room_next_door_is_not_concerned(
    room: Room, owner: Person, guest: Person, host: Actor
) -> None:
    other = Room.objects.make(owner=owner.user, name="Other")
    keep_out(room, f"g:{cookie_of(guest)}", host, ban=True)
    assert gets_in(guest, other)


def test_in_a_room_for_invited_people_there_is_no_room_for_them(
    room: Room, owner: Person, guest: Person, host: Actor
) -> None:
    invitation, _ = Invitation.objects.issue(
        room=room, made_by=owner.user, role=Invitation.Role.GUEST
    )
    invitation.accept(Visitor(None, cookie_of(guest)))
    room.change(access=Room.Access.INVITED)
    assert gets_in(guest, room)

    keep_out(room, f"g:{cookie_of(guest)}", host)

    assert not gets_in(guest, room)
    assert guest.get(room.get_absolute_url()).status_code == 404


def test_no_invitation_brings_them_back(
    room: Room, owner: Person, guest: Person, stranger: Person, host: Actor
) -> None:
    stranger.get(room.get_absolute_url())
    keep_out(room, f"g:{cookie_of(guest)}", host)
    keep_out(room, f"u:{stranger.user.pk}", host)
    invitation, token = Invitation.objects.issue(
        room=room, made_by=owner.user, role=Invitation.Role.MEMBER
    )
    for visitor in (
        Visitor(None, cookie_of(guest)),
        Visitor(make_user("Noor"), cookie_of(guest)),
        Visitor(stranger.user, "0" * 32),
    ):
        with pytest.raises(InvitationRefused) as refused:
            invitation.accept(visitor)
        assert refused.value.state is Became.WITHDRAWN
    for person in (guest, stranger):
        answer = person.post(f"/i/{token}/")
        assert answer.status_code == 410
        assert room.name not in answer.content.decode()
    assert not Membership.objects.filter(room=room, user=stranger.user).exists()


def test_hosts_are_never_kept_out_of_their_own_room(
    room: Room, owner: Person, guest: Person, host: Actor
) -> None:
    """The owner tried it out as a guest, in their own browser, and removed that."""
    keep_out(room, f"g:{cookie_of(guest)}", host)
    guest.force_login(owner.user)
    assert gets_in(guest, room)
    co_host = make_user("Noor Haddad")
    Membership.objects.grant(room, co_host, Role.CO_HOST)
    guest.force_login(co_host)
    assert gets_in(guest, room)

"""The room's link as a QR code."""

import xml.etree.ElementTree as ET

import pytest
from django.conf import settings

from rooms.links import new_link
from rooms.models import Room
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/qr.svg"


def test_whom_the_link_lets_in_gets_its_picture(
    owner: Person,
    member: Person,
    stranger: Person,
    guest: Person,
    anonymous: Person,
    url: str,
) -> None:
    for person in (owner, member, stranger, guest, anonymous):
        answer = person.get(url)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/svg+xml"
        is_private(answer)
        changes_nothing(person, url)


def test_it_is_drawn_and_nothing_else(guest: Person, url: str) -> None:
    answer = guest.get(url)

    drawing = ET.fromstring(answer.content)  # noqa: S314
    assert {each.tag.rpartition("}")[2] for each in drawing.iter()} == {
        "svg",
        "rect",
        "path",
    }
    policy = answer["Content-Security-Policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert settings.GUEST_COOKIE_NAME not in answer.cookies


def test_each_room_has_its_own(owner: Person, room: Room, url: str) -> None:
    before = owner.get(url).content
    Room.objects.filter(pk=room.pk).update(link=new_link())
    room.refresh_from_db()

    assert owner.get(f"/r/{room.link}/qr.svg").content != before


def test_a_room_for_accounts_asks_for_one(
    room: Room, anonymous: Person, stranger: Person, url: str
) -> None:
    room.change(access=Room.Access.SIGNED_IN)

    assert leads_to_log_in(anonymous.get(url), url)
    assert stranger.get(url).status_code == 200


def test_a_room_for_the_invited_is_no_room_to_others(
    room: Room,
    owner: Person,
    member: Person,
    stranger: Person,
    anonymous: Person,
    url: str,
) -> None:
    room.change(access=Room.Access.INVITED)

    for person in (stranger, anonymous):
        assert person.get(url).status_code == 404
    for person in (owner, member):
        assert person.get(url).status_code == 200


def test_an_unknown_link_opens_nothing(guest: Person) -> None:
    for link in (new_link(), "nothing"):
        assert guest.get(f"/r/{link}/qr.svg").status_code == 404


def test_it_takes_no_other_method(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("POST", "PUT", "PATCH", "DELETE"))
    assert owner.head(url).status_code == 200

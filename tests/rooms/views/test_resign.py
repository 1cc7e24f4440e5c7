"""Giving up one's place in somebody else's room."""

import pytest

from rooms.links import new_link
from rooms.models import Invitation, Membership, Role, Room
from rooms.visitors import Visitor
from tests.factories import make_invitation, make_user
from tests.people import Person
from tests.rooms.views.asked import leads_to_log_in, refuses_methods

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/resign/"


def test_a_member_gives_the_room_up(member: Person, room: Room, url: str) -> None:
    answer = member.post(url)

    assert (answer.status_code, answer["Location"]) == (302, "/rooms/")
    assert Membership.objects.role_of(room, member.user) is None
    page = member.get("/rooms/")
    assert f"You gave {room.name} up." in page.content.decode()
    assert page.context["invited"] == []
    assert member.post(url).status_code == 404


def test_a_guest_by_invitation_gives_it_up(
    owner: Person, stranger: Person, room: Room, url: str
) -> None:
    room.change(access=Room.Access.INVITED)
    invitation, _ = Invitation.objects.issue(
        room=room, made_by=owner.user, role="guest"
    )
    invitation.accept(Visitor(stranger.user, ""))

    assert stranger.post(url).status_code == 302

    assert stranger.get(room.get_absolute_url()).status_code == 404


def test_it_gives_the_invitation_to_nobody_else(
    stranger: Person, member: Person, room: Room, url: str
) -> None:
    room.change(access=Room.Access.INVITED)
    _, token = make_invitation(room, role="co-host", uses_limit=1)
    stranger.post(f"/i/{token}/")
    Membership.objects.grant(room, stranger.user, Role.MEMBER)
    stranger.post(url)

    page = stranger.get(f"/i/{token}/").content.decode()
    assert "Accept and come in" in page
    assert "You become a member" in page
    for person in (member, Person(make_user()), Person()):
        assert person.get(f"/i/{token}/").status_code == 410
        assert person.post(f"/i/{token}/").status_code == 410
    assert stranger.post(f"/i/{token}/").status_code == 302
    assert Membership.objects.role_of(room, stranger.user) is Role.MEMBER
    assert stranger.get(room.get_absolute_url()).status_code == 200


def test_an_owner_cannot(owner: Person, room: Room, url: str) -> None:
    assert owner.post(url).status_code == 403
    assert Membership.objects.role_of(room, owner.user) is Role.OWNER


def test_for_a_stranger_it_is_as_if_there_were_no_room(
    stranger: Person, admin: Person, url: str
) -> None:
    for person in (stranger, admin):
        assert person.post(url).status_code == 404


def test_people_without_account_are_led_by_log_in_to_their_rooms(
    guest: Person, anonymous: Person, url: str
) -> None:
    for person in (guest, anonymous):
        assert leads_to_log_in(person.post(url), "/rooms/")


def test_an_unknown_link_opens_nothing(member: Person) -> None:
    for link in (new_link(), "nothing"):
        assert member.post(f"/r/{link}/resign/").status_code == 404


def test_looking_at_it_gives_up_nothing(member: Person, room: Room, url: str) -> None:
    refuses_methods(member, url, ("GET", "HEAD", "PUT", "PATCH", "DELETE"))
    assert Membership.objects.role_of(room, member.user) is Role.MEMBER


def test_it_needs_the_token(member: Person, room: Room, url: str) -> None:
    person = Person(member.user, enforce_csrf_checks=True)

    assert person.post(url).status_code == 403
    assert Membership.objects.role_of(room, member.user) is Role.MEMBER

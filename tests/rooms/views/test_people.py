"""Roles in a room, as its owner gives and takes them."""

import pytest

from rooms.access import is_invited
from rooms.links import new_link
from rooms.models import Invitation, Membership, Role, Room, State
from rooms.visitors import Visitor
from tests.factories import make_invitation, make_room, make_user
from tests.people import Person
from tests.rooms.views.asked import leads_to_log_in, refuses_methods

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(room: Room) -> str:
    return f"/r/{room.link}/people/"


@pytest.fixture
def sent(room: Room, member: Person) -> dict[str, str]:
    """What the button "Remove from room" of the member sends."""
    membership = Membership.objects.get(room=room, user=member.user)
    return {"membership": str(membership.pk), "act": "remove"}


def role(room: Room, person: Person) -> Role | None:
    return Membership.objects.role_of(room, person.user)


def test_the_owner_makes_a_co_host_and_a_member_again(
    owner: Person, member: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    for act, label in (("co-host", "co-host"), ("member", "member")):
        answer = owner.post(url, {**sent, "act": act})

        assert (answer.status_code, answer["Location"]) == (
            302,
            f"/r/{room.link}/room/",
        )
        assert role(room, member) == act
        page = owner.get(answer["Location"]).content.decode()
        assert f"Tomas Lind is a {label} now." in page


def test_the_owner_removes_somebody_from_a_room_for_the_invited(
    owner: Person, member: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    room.change(access=Room.Access.INVITED)
    invitation, _ = Invitation.objects.issue(
        room=room, made_by=owner.user, role="co-host", uses_limit=1
    )
    invitation.accept(Visitor(member.user, ""))
    assert member.get(room.get_absolute_url()).status_code == 200

    page = owner.post(url, sent, follow=True)

    assert "Tomas Lind is removed from this room." in page.content.decode()
    assert role(room, member) is None
    assert member.get(room.get_absolute_url()).status_code == 404
    assert Invitation.objects.open().count() == 0


def test_who_was_removed_gets_in_by_no_link_they_had(
    owner: Person, stranger: Person, room: Room, url: str
) -> None:
    room.change(access=Room.Access.INVITED)
    invitation, token = make_invitation(room, role="member")
    stranger.post(f"/i/{token}/")
    own = Membership.objects.get(room=room, user=stranger.user)
    owner.post(url, {"membership": str(own.pk), "act": "remove"})

    for page in (stranger.get(f"/i/{token}/"), stranger.post(f"/i/{token}/")):
        assert page.status_code == 410
        said = page.content.decode()
        assert "This invitation opens nothing for you any more" in said
        assert room.name not in said
        assert owner.user.display_name not in said

    assert role(room, stranger) is None
    assert not is_invited(room, Visitor(stranger.user, ""))
    assert stranger.get(room.get_absolute_url()).status_code == 404
    # Others may still use it, and a new one is for this person, too.
    assert invitation.state is State.OPEN
    assert Person(make_user()).post(f"/i/{token}/").status_code == 302
    _, fresh = make_invitation(room, role="member")
    assert stranger.post(f"/i/{fresh}/").status_code == 302
    assert role(room, stranger) is Role.MEMBER


def test_somebody_who_went_meanwhile_is_no_fault(
    owner: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    owner.post(url, sent)

    for act in ("remove", "co-host"):
        page = owner.post(url, {**sent, "act": act}, follow=True)
        assert page.status_code == 200
        assert "has no role here any more" in page.content.decode()
    assert Membership.objects.count() == 1


def test_the_owners_own_row_stays(owner: Person, room: Room, url: str) -> None:
    own = Membership.objects.get(room=room, role=Role.OWNER)

    for act in ("remove", "member", "co-host"):
        owner.post(url, {"membership": str(own.pk), "act": act})
    assert role(room, owner) is Role.OWNER


def test_a_row_of_another_room_is_out_of_reach(
    owner: Person, stranger: Person, room: Room, url: str
) -> None:
    theirs = make_room(stranger.user)
    user = make_user()
    other = Membership.objects.grant(theirs, user, Role.MEMBER)

    for act in ("remove", "co-host"):
        answer = owner.post(url, {"membership": str(other.pk), "act": act})
        assert answer.status_code == 302
    assert Membership.objects.role_of(theirs, user) is Role.MEMBER


@pytest.mark.parametrize(
    "forged",
    [
        {"act": "owner"},
        {"act": ""},
        {"act": "guest"},
        {"membership": ""},
        {"membership": "x"},
        {"membership": "9" * 40},
        {"membership": "-1"},
    ],
)
def test_what_no_button_sends_changes_nothing(
    owner: Person,
    member: Person,
    room: Room,
    url: str,
    sent: dict[str, str],
    forged: dict[str, str],
) -> None:
    assert owner.post(url, {**sent, **forged}).status_code in (302, 404)
    assert role(room, member) is Role.MEMBER
    assert role(room, owner) is Role.OWNER


def test_members_and_co_hosts_may_not(
    member: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    for own in (Role.MEMBER, Role.CO_HOST):
        Membership.objects.grant(room, member.user, own)
        assert member.post(url, {**sent, "act": "co-host"}).status_code == 403
        assert role(room, member) is own


def test_for_a_stranger_it_is_as_if_there_were_no_room(
    stranger: Person,
    admin: Person,
    member: Person,
    room: Room,
    url: str,
    sent: dict[str, str],
) -> None:
    for person in (stranger, admin):
        assert person.post(url, sent).status_code == 404
    assert role(room, member) is Role.MEMBER


def test_people_without_account_are_led_by_log_in_to_the_room_page(
    guest: Person,
    anonymous: Person,
    member: Person,
    room: Room,
    url: str,
    sent: dict[str, str],
) -> None:
    for person in (guest, anonymous):
        assert leads_to_log_in(person.post(url, sent), f"/r/{room.link}/room/")
    assert role(room, member) is Role.MEMBER


def test_an_unknown_link_opens_nothing(owner: Person, sent: dict[str, str]) -> None:
    for link in (new_link(), "nothing"):
        assert owner.post(f"/r/{link}/people/", sent).status_code == 404


def test_looking_at_it_changes_nothing(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("GET", "HEAD", "PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(
    owner: Person, member: Person, room: Room, url: str, sent: dict[str, str]
) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url, sent).status_code == 403
    assert role(room, member) is Role.MEMBER

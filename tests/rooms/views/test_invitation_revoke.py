"""Ending an invitation."""

import pytest

from conference.models import OutgoingMail
from rooms.links import new_link
from rooms.models import Invitation, Membership, Room, State
from rooms.models.invitation import new_public_id
from rooms.visitors import Visitor
from tests.factories import make_invitation, make_room
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(room: Room) -> Invitation:
    made, _ = make_invitation(room, address="tomas@example.org", mail="waiting")
    return made


@pytest.fixture
def url(room: Room, invitation: Invitation) -> str:
    return f"/r/{room.link}/invitations/{invitation.public_id}/revoke/"


def test_it_asks_first(owner: Person, url: str) -> None:
    page = owner.get(url)

    assert page.status_code == 200
    assert "Revoke the invitation of tomas@example.org?" in page.content.decode()
    assert "Nobody has used it yet" in page.content.decode()
    is_private(page)
    changes_nothing(owner, url)


def test_it_says_what_happens_to_those_who_came(
    owner: Person, stranger: Person, room: Room
) -> None:
    for role, said in (
        ("guest", "Whoever is in the call now stays until they leave"),
        ("member", "Who accepted it keeps their place"),
    ):
        made, _ = make_invitation(room, role=role)
        made.accept(Visitor(stranger.user, "a-browser"))
        page = owner.get(f"/r/{room.link}/invitations/{made.public_id}/revoke/")
        assert said in page.content.decode()


def test_then_it_ends(
    owner: Person,
    room: Room,
    invitation: Invitation,
    url: str,
    django_capture_on_commit_callbacks: object,
) -> None:
    OutgoingMail.objects.create(sealed=b"", reference=invitation.reference)

    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        answer = owner.post(url)

    assert (answer.status_code, answer["Location"]) == (302, f"/r/{room.link}/room/")
    invitation.refresh_from_db()
    assert (invitation.state, invitation.mail) == (State.REVOKED, "none")
    assert not OutgoingMail.objects.exists()
    assert (
        "The invitation is revoked." in owner.get(answer["Location"]).content.decode()
    )


def test_what_is_over_is_not_asked_about(owner: Person, room: Room, url: str) -> None:
    owner.post(url)
    ended = Invitation.objects.get().revoked_at

    for answer in (owner.get(url), owner.post(url)):
        assert answer["Location"] == f"/r/{room.link}/room/"
    assert Invitation.objects.get().revoked_at == ended


def test_who_became_a_member_stays_one(
    owner: Person, stranger: Person, room: Room
) -> None:
    made, _ = make_invitation(room, role="member")
    made.accept(Visitor(stranger.user, "a-browser"))

    owner.post(f"/r/{room.link}/invitations/{made.public_id}/revoke/")

    assert Membership.objects.filter(user=stranger.user).exists()


def test_only_the_owner_may(
    member: Person,
    stranger: Person,
    admin: Person,
    guest: Person,
    anonymous: Person,
    room: Room,
    url: str,
) -> None:
    for person, status in ((member, 403), (stranger, 404), (admin, 404)):
        assert person.get(url).status_code == status
        assert person.post(url).status_code == status
    for person in (guest, anonymous):
        assert leads_to_log_in(person.get(url), url)
        assert leads_to_log_in(person.post(url), f"/r/{room.link}/room/")
    assert Invitation.objects.get().state is State.OPEN


def test_one_of_another_room_is_none(
    owner: Person, stranger: Person, invitation: Invitation
) -> None:
    for room in (make_room(owner.user), make_room(stranger.user)):
        url = f"/r/{room.link}/invitations/{invitation.public_id}/revoke/"
        for answer in (owner.get(url), owner.post(url)):
            assert answer.status_code == 404
    assert Invitation.objects.get().state is State.OPEN


def test_an_unknown_one_is_none(owner: Person, room: Room, url: str) -> None:
    for other in (
        f"/r/{room.link}/invitations/{new_public_id()}/revoke/",
        url.replace(room.link, new_link()),
        url.replace(room.link, "nothing"),
        f"/r/{room.link}/invitations/%00/revoke/",
    ):
        assert owner.get(other).status_code == 404
        assert owner.post(other).status_code == 404


def test_a_link_in_another_shape_leads_to_its_true_one(
    owner: Person, room: Room, url: str
) -> None:
    answer = owner.get(url.replace(room.link, room.link.upper()))

    assert (answer.status_code, answer["Location"]) == (302, url)


def test_it_takes_no_other_method(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(owner: Person, url: str) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url).status_code == 403
    assert Invitation.objects.get().state is State.OPEN

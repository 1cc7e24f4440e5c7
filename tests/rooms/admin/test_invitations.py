"""Invitations, in the administration."""

import pytest
from django.utils import timezone

from rooms.models import Acceptance, Invitation, NoMail, Room, State
from rooms.models.invitation import hash_of
from rooms.visitors import Visitor
from tests.factories import make_invitation
from tests.people import Person
from tests.rooms.admin.test_lists import HOSTILE, found

pytestmark = pytest.mark.django_db

INVITATIONS = "/admin/rooms/invitation/"
ACCEPTANCES = "/admin/rooms/acceptance/"
NO_MAIL = "/admin/rooms/nomail/"


@pytest.fixture
def invitation(room: Room) -> Invitation:
    made, _ = make_invitation(room, address="tomas@example.org", note=HOSTILE)
    made.accept(Visitor(None, "a-guest"))
    return made


def pages(admin: Person, invitation: Invitation) -> list[str]:
    accepted = Acceptance.objects.get()
    urls = (
        *(INVITATIONS, f"{INVITATIONS}{invitation.pk}/change/"),
        *(ACCEPTANCES, f"{ACCEPTANCES}{accepted.pk}/change/", NO_MAIL),
    )
    answers = [admin.get(url) for url in urls]
    assert {each.status_code for each in answers} == {200}
    return [each.content.decode() for each in answers]


def test_they_are_shown_without_what_opens_them(
    admin: Person, room: Room, invitation: Invitation
) -> None:
    Invitation.objects.update(token_hash=hash_of("the token"))

    for page in pages(admin, invitation):
        assert "the token" not in page
        assert hash_of("the token") not in page
        assert "<img src=x" not in page
    page = admin.get(INVITATIONS).content.decode()
    assert "tomas@example.org" in page
    assert "Open" in page
    assert room.name in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?q=tomas@", 1),
        ("?q=kitchen", 1),
        ("?q=amara@", 1),
        ("?q=nothing", 0),
        ("?role__exact=guest", 1),
        ("?role__exact=member", 0),
        ("?mail__exact=failed", 0),
    ],
)
@pytest.mark.usefixtures("invitation")
def test_they_are_searched_and_filtered(admin: Person, query: str, count: int) -> None:
    assert len(found(admin, f"{INVITATIONS}{query}")) == count


def test_the_chosen_are_revoked(
    admin: Person, room: Room, invitation: Invitation
) -> None:
    other, _ = make_invitation(room)

    answer = admin.post(
        INVITATIONS,
        {"action": "revoke", "_selected_action": [str(invitation.pk)]},
        follow=True,
    )

    assert "Revoked: 1." in answer.content.decode()
    invitation.refresh_from_db()
    assert (invitation.state, other.state) == (State.REVOKED, State.OPEN)
    again = {"action": "revoke", "_selected_action": [str(invitation.pk)]}
    assert "Revoked: 0." in admin.post(INVITATIONS, again, follow=True).content.decode()


def test_nobody_makes_or_changes_one_here(
    admin: Person, invitation: Invitation
) -> None:
    accepted = Acceptance.objects.get()
    assert admin.get(f"{INVITATIONS}add/").status_code == 405
    assert admin.get(f"{ACCEPTANCES}add/").status_code == 405
    assert admin.get(f"{NO_MAIL}add/").status_code == 405
    admin.post(
        f"{INVITATIONS}{invitation.pk}/change/",
        {"role": "co-host", "expires_at": "", "address": "evil@example.org"},
    )
    url = f"{ACCEPTANCES}{accepted.pk}"
    assert admin.post(f"{url}/change/", {"person": "u:1"}).status_code == 405
    assert admin.post(f"{url}/delete/", {"post": "yes"}).status_code == 405
    invitation.refresh_from_db()
    accepted.refresh_from_db()
    assert (invitation.role, invitation.address) == ("guest", "tomas@example.org")
    assert accepted.person == "g:a-guest"


def test_who_wants_no_mail_is_counted_and_not_named(admin: Person) -> None:
    row = NoMail.objects.create(address_hash="f" * 64, since=timezone.now())

    assert "f" * 9 not in admin.get(NO_MAIL).content.decode()
    assert admin.post(f"{NO_MAIL}{row.pk}/delete/", {"post": "yes"}).status_code == 405


def test_an_invitation_goes_with_its_room(
    admin: Person, room: Room, invitation: Invitation
) -> None:
    answer = admin.post(f"/admin/rooms/room/{room.pk}/delete/", {"post": "yes"})

    assert answer.status_code == 302
    assert not Invitation.objects.filter(pk=invitation.pk).exists()
    assert not Acceptance.objects.exists()


def test_it_is_for_staff(owner: Person, guest: Person, anonymous: Person) -> None:
    for url in (INVITATIONS, ACCEPTANCES, NO_MAIL):
        for person in (owner, guest, anonymous):
            assert person.get(url).status_code == 302

"""Issuing an invitation anew."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from pytest_django import Settings

from rooms.links import new_link
from rooms.models import Invitation, Room, State
from rooms.models.invitation import new_public_id
from tests.factories import make_invitation, make_room
from tests.people import Person
from tests.rooms.views.asked import is_private, leads_to_log_in, refuses_methods

pytestmark = pytest.mark.django_db

KEY = {"key": "a-key-of-the-list-that-was-shown"}


@pytest.fixture
def expired(room: Room) -> Invitation:
    now = timezone.now()
    made, _ = make_invitation(
        room,
        address="tomas@example.org",
        created_at=now - timedelta(days=8),
        expires_at=now - timedelta(days=1),
    )
    return made


@pytest.fixture
def url(room: Room, expired: Invitation) -> str:
    return f"/r/{room.link}/invitations/{expired.public_id}/again/"


def test_a_new_one_is_issued_and_shown_once(
    owner: Person, expired: Invitation, url: str
) -> None:
    page = owner.post(url, KEY)

    assert page.status_code == 200
    is_private(page)
    (token,) = set(re.findall(r"/i/([\w-]{32})/", page.content.decode()))
    new = Invitation.objects.by_token(token)
    assert new is not None
    assert (new.address, new.state) == ("tomas@example.org", State.OPEN)
    expired.refresh_from_db()
    assert expired.state is State.REVOKED
    # The same page loaded again: the same link, no third invitation.
    assert token in owner.post(url, KEY).content.decode()
    assert Invitation.objects.count() == 2


@pytest.mark.parametrize("mail", ["failed", "too-many", "enough"])
def test_a_mail_that_never_left_is_sent_another_day(
    owner: Person, room: Room, mail: str
) -> None:
    old, _ = make_invitation(room, address="t@x.org", mail=mail)

    page = owner.post(f"/r/{room.link}/invitations/{old.public_id}/again/", KEY)

    assert page.status_code == 200
    old.refresh_from_db()
    assert old.state is State.REVOKED
    assert Invitation.objects.exclude(pk=old.pk).get().mail == "printed"


@pytest.mark.parametrize("mail", ["too-many", "enough"])
def test_what_is_kept_back_again_stays_as_it_was(
    owner: Person, room: Room, settings: Settings, mail: str
) -> None:
    """Its maker may have sent the link: it is not taken for nothing."""
    settings.INVITATIONS_PER_DAY = 0
    old, _ = make_invitation(room, address="t@x.org", mail=mail)

    answer = owner.post(f"/r/{room.link}/invitations/{old.public_id}/again/", KEY)

    page = unescape(owner.get(answer["Location"]).content.decode())
    assert "You have sent as many mails today as this site allows." in page
    assert "The link that you have works." in page
    assert Invitation.objects.get().state is State.OPEN


def test_what_still_works_is_left_alone(owner: Person, room: Room) -> None:
    good, token = make_invitation(room)

    answer = owner.post(f"/r/{room.link}/invitations/{good.public_id}/again/", KEY)

    assert answer["Location"] == f"/r/{room.link}/room/"
    assert "still works" in owner.get(answer["Location"]).content.decode()
    assert Invitation.objects.by_token(token) == good
    assert good.state is State.OPEN


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
        assert person.post(url, KEY).status_code == status
    for person in (guest, anonymous):
        assert leads_to_log_in(person.post(url, KEY), f"/r/{room.link}/room/")
    assert Invitation.objects.count() == 1


def test_an_unknown_one_is_none(
    owner: Person, room: Room, expired: Invitation, url: str
) -> None:
    other = make_room(owner.user)
    for wrong in (
        f"/r/{room.link}/invitations/{new_public_id()}/again/",
        f"/r/{other.link}/invitations/{expired.public_id}/again/",
        url.replace(room.link, new_link()),
        url.replace(room.link, "nothing"),
    ):
        assert owner.post(wrong, KEY).status_code == 404
    assert Invitation.objects.count() == 1


def test_it_takes_no_other_method(owner: Person, url: str) -> None:
    refuses_methods(owner, url, ("GET", "HEAD", "PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(owner: Person, url: str) -> None:
    person = Person(owner.user, enforce_csrf_checks=True)

    assert person.post(url, KEY).status_code == 403
    assert Invitation.objects.count() == 1

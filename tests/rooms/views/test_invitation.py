"""An invitation, as the one who got its link sees and takes it."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django import Settings

from rooms import throttle
from rooms.models import Acceptance, Invitation, Membership, Room, State
from rooms.models.invitation import new_public_id
from tests.factories import make_invitation
from tests.people import Person
from tests.rooms.views.asked import changes_nothing, is_private, refuses_methods

pytestmark = pytest.mark.django_db

UNKNOWN = f"/i/{new_public_id() + 'abcdefghij'}/"


def address(token: str) -> str:
    return f"/i/{token}/"


def words(page: object) -> str:
    """The page's text, without mark-up's escapes and line breaks."""
    return " ".join(unescape(getattr(page, "content", b"").decode()).split())


@pytest.fixture
def closed(room: Room) -> Room:
    """The room, open to invited people only."""
    room.change(access=Room.Access.INVITED)
    return room


def test_it_says_who_invites_whereto(anonymous: Person, closed: Room) -> None:
    starts_at = timezone.now() + timedelta(days=1)
    _, token = make_invitation(closed, note="Bring <cake>", starts_at=starts_at)

    page = anonymous.get(address(token))

    assert page.status_code == 200
    assert "Amara Osei invites you to Friday kitchen table" in words(page)
    assert "Bring <cake>" in words(page)
    assert "<cake>" not in page.content.decode()
    assert starts_at.strftime("%Y-%m-%dT%H:%M:%S") in page.content.decode()
    assert "You need no account" in words(page)
    assert "Accept and come in" in words(page)
    is_private(page)


def test_looking_changes_nothing(
    anonymous: Person, stranger: Person, closed: Room
) -> None:
    invitation, token = make_invitation(closed, uses_limit=1)

    for person in (anonymous, stranger):
        changes_nothing(person, address(token))
        assert person.head(address(token)).status_code == 200

    assert invitation.uses == 0
    assert not anonymous.cookies.get("parley_guest")


def test_a_preview_shows_the_products_name_only(
    anonymous: Person, closed: Room
) -> None:
    _, token = make_invitation(closed, note="Secret cake")

    page = anonymous.get(address(token))

    head = page.content.decode().partition("</head>")[0]
    for secret in ("Amara", "kitchen", "cake"):
        assert secret not in head
    assert '<meta property="og:title" content="Parley">' in head
    assert '<meta property="og:description" content="Parley">' in head
    assert "noindex" in head
    assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"


def test_a_guest_accepts_and_is_let_in_from_then_on(
    anonymous: Person, closed: Room
) -> None:
    invitation, token = make_invitation(closed, uses_limit=1)
    call = closed.get_absolute_url()
    assert anonymous.get(call).status_code == 404

    answer = anonymous.post(address(token))

    assert (answer.status_code, answer["Location"]) == (302, call)
    assert anonymous.get(call).status_code == 200
    assert invitation.uses == 1
    again = anonymous.post(address(token))
    assert (again.status_code, invitation.uses) == (302, 1)
    page = anonymous.get(address(token))
    assert page.status_code == 200
    assert "Go to the room" in words(page)


def test_a_guests_cookie_is_the_one_that_accepted(guest: Person, room: Room) -> None:
    _, token = make_invitation(room)
    known = guest.cookies["parley_guest"].value

    guest.post(address(token))

    assert guest.cookies["parley_guest"].value == known
    accepted = Acceptance.objects.get()
    assert accepted.person == f"g:{known.partition(':')[0]}"


def test_somebody_with_an_account_becomes_what_it_says(
    stranger: Person, closed: Room
) -> None:
    for role, said in (("member", "You become a member"), ("co-host", "co-host")):
        _, token = make_invitation(closed, role=role)
        assert said in words(stranger.get(address(token)))
        assert stranger.post(address(token)).status_code == 302
        assert Membership.objects.get(user=stranger.user).role == role
    assert stranger.get(closed.get_absolute_url()).status_code == 200


def test_a_role_that_needs_an_account_offers_the_way_to_one(
    anonymous: Person, guest: Person, closed: Room
) -> None:
    invitation, token = make_invitation(closed, role="member")
    url = address(token)

    for person in (anonymous, guest):
        for page in (person.get(url), person.post(url)):
            assert page.status_code == 200
            assert f"/accounts/login/?next={url}" in page.content.decode()
            assert f"/accounts/signup/?next={url}" in page.content.decode()
            assert "Come in as a guest" not in words(page)
    assert invitation.uses == 0


def test_where_guests_come_in_anyway_they_may_as_guests(
    anonymous: Person, room: Room
) -> None:
    _, token = make_invitation(room, role="member")

    assert "Come in as a guest instead" in words(anonymous.get(address(token)))


def test_a_room_for_accounts_asks_guests_for_one(
    anonymous: Person, stranger: Person, room: Room
) -> None:
    room.change(access=Room.Access.SIGNED_IN)
    _, token = make_invitation(room)

    page = anonymous.get(address(token))
    assert "This room is for people with an account" in words(page)
    assert "Accept and come in" not in words(page)
    assert "Accept and come in" in words(stranger.get(address(token)))


@pytest.mark.parametrize(
    ("policy", "offered"), [("open", True), ("invited", True), ("closed", False)]
)
def test_an_account_is_offered_where_one_can_be_made(
    anonymous: Person, room: Room, settings: Settings, policy: str, offered: bool
) -> None:
    settings.SIGNUP = policy
    _, token = make_invitation(room, role="member")

    assert ("Make an account" in words(anonymous.get(address(token)))) is offered


def test_the_owner_and_members_use_nothing(
    owner: Person, member: Person, closed: Room
) -> None:
    for role in ("guest", "member"):
        invitation, token = make_invitation(closed, role=role, uses_limit=1)
        for person in (owner, member):
            page = person.get(address(token))
            assert "Go to the room" in words(page)
            assert person.post(address(token)).status_code == 302
        assert invitation.uses == 0


@pytest.mark.parametrize(
    ("ended", "said"),
    [
        (State.EXPIRED, "This invitation has expired"),
        (State.REVOKED, "This invitation was taken back"),
        (State.USED_UP, "This invitation is used up"),
        (State.ACCEPTED, "This invitation is used up"),
    ],
)
def test_its_holder_is_told_how_it_ended_and_nothing_of_the_room(
    anonymous: Person, stranger: Person, closed: Room, ended: State, said: str
) -> None:
    invitation, token = make_invitation(closed, uses_limit=1, note="Secret cake")
    if ended is State.EXPIRED:
        Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif ended is State.REVOKED:
        invitation.revoke()
    else:
        if ended is State.ACCEPTED:
            Invitation.objects.update(address="tomas@example.org")
        Person().post(address(token))
    uses = invitation.uses

    for person in (anonymous, stranger):
        for page in (person.get(address(token)), person.post(address(token))):
            assert page.status_code == 410
            assert said in words(page)
            for secret in ("kitchen", "Amara", "cake", "tomas@", closed.link):
                assert secret not in page.content.decode()
            assert page["X-Robots-Tag"]
            is_private(page)
    assert invitation.uses == uses


def test_an_unknown_one_is_an_unknown_link(anonymous: Person, room: Room) -> None:
    _, token = make_invitation(room)
    room.remove()

    for url in (UNKNOWN, address(token), "/i/short/", f"/i/{'é' * 32}/"):
        for page in (anonymous.get(url), anonymous.post(url)):
            assert page.status_code == 404
            assert "This link opens nothing for you" in words(page)


def test_who_guesses_is_stopped_and_holders_are_not(
    anonymous: Person, room: Room
) -> None:
    _, token = make_invitation(room)
    for number in range(throttle.GUESSES):
        assert anonymous.get(f"/i/{number:032}/").status_code == 404

    answer = anonymous.get(f"/i/{99:032}/")

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert anonymous.get(address(token)).status_code == 200
    assert anonymous.post(address(token)).status_code == 302
    cache.clear()


def test_it_takes_no_other_method(anonymous: Person, room: Room) -> None:
    _, token = make_invitation(room)

    refuses_methods(anonymous, address(token), ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token_of_its_page(room: Room) -> None:
    invitation, token = make_invitation(room)

    answer = Person(enforce_csrf_checks=True).post(address(token))

    assert (answer.status_code, invitation.uses) == (403, 0)

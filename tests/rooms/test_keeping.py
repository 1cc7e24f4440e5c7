"""How a guest who makes an account keeps their place."""

import re
from typing import Any

import pytest
from django.core import mail
from pytest_django import Settings

from accounts.addresses import vouch_for
from accounts.models import User
from rooms.models import Invitation, Membership, Message, Room, State, Visit
from tests.factories import PASSWORD, make_invitation, make_message
from tests.people import Person

pytestmark = pytest.mark.django_db

MIRA = {
    "display_name": "Mira Lind",
    "email": "mira@example.org",
    "password1": PASSWORD,
}


@pytest.fixture(autouse=True)
def invited_only(settings: Settings, room: Room) -> None:
    """Where it matters most: no account without an invitation, no room without one."""
    settings.SIGNUP = "invited"
    room.change(access=Room.Access.INVITED)


def sign_up(person: Person, **more: str) -> Any:
    return person.post("/accounts/signup/", {**MIRA, **more})


@pytest.fixture
def mailing(settings: Settings) -> None:
    """Addresses have to be confirmed by mail."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def confirm() -> None:
    """Follow the newest mail's link, elsewhere, and press its button."""
    link = re.search(r"/accounts/confirm-email/\S+", str(mail.outbox[-1].body))
    assert link
    Person().post(link[0])


def log_in(person: Person, email: str = MIRA["email"]) -> Any:
    return person.post("/accounts/login/", {"login": email, "password": PASSWORD})


def the_guest(person: Person) -> str:
    """The guest that this browser is known as."""
    return person.cookies["parley_guest"].value.partition(":")[0]


def test_what_a_guest_accepted_is_their_accounts(anonymous: Person, room: Room) -> None:
    invitation, token = make_invitation(room, uses_limit=1)
    anonymous.post(f"/i/{token}/")
    make_message(room, "Hello")
    Message.objects.update(person=f"g:{the_guest(anonymous)}")

    answer = sign_up(anonymous, next=room.get_absolute_url())

    assert answer["Location"] == room.get_absolute_url()
    user = User.objects.get(email="mira@example.org")
    assert invitation.uses == 1
    message = Message.objects.get()
    assert (message.person, message.user) == (f"u:{user.pk}", user)
    assert Visit.objects.get().user == user
    # On another device, by the account alone.
    other = Person(user)
    assert other.get(room.get_absolute_url()).status_code == 200
    assert room.name in other.get("/rooms/").content.decode()
    invitation.revoke()
    assert other.get(room.get_absolute_url()).status_code == 404


@pytest.mark.usefixtures("mailing")
def test_before_the_address_is_confirmed_the_browser_still_comes_in(
    anonymous: Person, room: Room
) -> None:
    _, token = make_invitation(room, uses_limit=1)
    anonymous.post(f"/i/{token}/")

    assert "confirm" in sign_up(anonymous)["Location"]

    assert anonymous.get("/rooms/").status_code == 302
    assert anonymous.get(room.get_absolute_url()).status_code == 200


@pytest.mark.usefixtures("mailing")
def test_a_place_is_kept_until_the_address_is_confirmed(
    anonymous: Person, room: Room
) -> None:
    accepted, first = make_invitation(room, uses_limit=1)
    wanted, second = make_invitation(room, role="member", uses_limit=1)
    anonymous.post(f"/i/{first}/")
    make_message(room, "Hello")
    Message.objects.update(person=f"g:{the_guest(anonymous)}")

    sign_up(anonymous, next=f"/i/{second}/")

    assert not Membership.objects.filter(user__email=MIRA["email"]).exists()
    assert not accepted.acceptances.exclude(user=None).exists()
    assert wanted.uses == 0
    assert Message.objects.get().user is None
    assert MIRA["email"] not in str(dict(anonymous.session["arrival"]))

    confirm()
    answer = log_in(anonymous)

    assert answer["Location"] == f"/i/{second}/"
    user = User.objects.get(email=MIRA["email"])
    assert Membership.objects.role_of(room, user) == "member"
    assert accepted.acceptances.get().user == user
    assert Message.objects.get().user == user
    # This once: a guest of the same browser is another one from then on.
    anonymous.logout()
    assert log_in(anonymous)["Location"] == "/rooms/"


@pytest.mark.usefixtures("mailing")
def test_a_room_that_is_open_to_all_is_kept_as_well(
    anonymous: Person, room: Room, settings: Settings
) -> None:
    settings.SIGNUP = "open"
    room.change(access=Room.Access.ANYONE)
    sign_up(anonymous, next=room.get_absolute_url())
    assert not Visit.objects.exists()

    confirm()

    assert log_in(anonymous)["Location"] == room.get_absolute_url()
    assert Visit.objects.get().user.email == MIRA["email"]


@pytest.mark.usefixtures("mailing")
def test_a_misspelt_address_burns_no_invitation(anonymous: Person, room: Room) -> None:
    """June signs up as jnue, notices that no mail comes, and does it again."""
    invitation, token = make_invitation(room, role="member", uses_limit=1)
    back = {"next": f"/i/{token}/"}

    sign_up(anonymous, **back, email="jnue@example.org")

    page = anonymous.get(f"/i/{token}/")
    assert page.status_code == 200
    assert "Make an account" in page.content.decode()
    assert anonymous.get("/accounts/signup/", back).status_code == 200
    assert sign_up(anonymous, **back, email="june@example.org").status_code == 302
    confirm()
    log_in(anonymous, "june@example.org")
    assert [each.user.email for each in room.memberships.filter(role="member")] == [
        "june@example.org"
    ]
    assert invitation.state is State.USED_UP


@pytest.mark.usefixtures("mailing")
def test_who_forgot_that_they_have_an_account_comes_in_with_it(
    stranger: Person, anonymous: Person, room: Room
) -> None:
    _, token = make_invitation(room, role="member", uses_limit=1)
    vouch_for(stranger.user)
    sign_up(anonymous, next=f"/i/{token}/", email="Elias@Example.org")

    assert log_in(anonymous, "elias@example.org")["Location"] == f"/i/{token}/"
    assert Membership.objects.role_of(room, stranger.user) == "member"


@pytest.mark.usefixtures("mailing")
def test_who_else_logs_in_there_gets_nothing_of_it(
    stranger: Person, anonymous: Person, room: Room
) -> None:
    invitation, token = make_invitation(room, role="member", uses_limit=1)
    vouch_for(stranger.user)
    make_message(room, "Hello")
    sign_up(anonymous, next=f"/i/{token}/")

    assert log_in(anonymous, "elias@example.org")["Location"] == "/rooms/"

    assert invitation.uses == 0
    assert Message.objects.get().user is None


@pytest.mark.usefixtures("mailing")
def test_an_invitation_that_ended_meanwhile_is_no_fault(
    anonymous: Person, room: Room, settings: Settings
) -> None:
    settings.SIGNUP = "open"
    invitation, token = make_invitation(room, role="member")
    sign_up(anonymous, next=f"/i/{token}/")
    invitation.revoke()
    confirm()

    assert log_in(anonymous)["Location"] == f"/i/{token}/"
    assert anonymous.get(f"/i/{token}/").status_code == 410


@pytest.mark.parametrize("wanted", ["//evil.example/", "/" + "x" * 600, "/none/"])
@pytest.mark.usefixtures("mailing")
def test_nobody_is_led_astray(
    anonymous: Person, room: Room, settings: Settings, wanted: str
) -> None:
    settings.SIGNUP = "open"
    sign_up(anonymous, next=wanted)
    confirm()

    assert log_in(anonymous)["Location"] in ("/rooms/", "/none/")


def test_the_invitation_that_sign_up_leads_back_to_is_accepted(
    anonymous: Person, room: Room
) -> None:
    invitation, token = make_invitation(room, role="member", uses_limit=1)

    answer = sign_up(anonymous, next=f"/i/{token}/")

    assert answer["Location"] == f"/i/{token}/"
    assert Membership.objects.filter(user__email="mira@example.org").exists()
    assert invitation.state is State.USED_UP
    assert "Go to the room" in anonymous.get(f"/i/{token}/").content.decode()


def test_the_page_after_the_call_offers_it_where_it_can_be_done(
    anonymous: Person, room: Room, settings: Settings
) -> None:
    _, token = make_invitation(room)
    anonymous.post(f"/i/{token}/")
    url = f"/r/{room.link}/left/"

    assert (
        f"/accounts/signup/?next=/r/{room.link}/" in anonymous.get(url).content.decode()
    )
    settings.SIGNUP = "closed"
    assert "/accounts/signup/" not in anonymous.get(url).content.decode()


def test_who_logs_in_after_coming_as_a_guest_is_not_shut_out(
    stranger: Person, room: Room
) -> None:
    _, token = make_invitation(room, uses_limit=1)
    browser = Person()
    browser.post(f"/i/{token}/")

    browser.post(
        "/accounts/login/", {"login": "elias@example.org", "password": PASSWORD}
    )

    assert browser.get("/rooms/").status_code == 200
    assert browser.get(room.get_absolute_url()).status_code == 200
    assert stranger.get(room.get_absolute_url()).status_code == 200


def test_a_room_that_is_closed_to_somebody_is_no_visit(
    anonymous: Person, room: Room, settings: Settings
) -> None:
    settings.SIGNUP = "open"

    sign_up(anonymous, next=room.get_absolute_url())

    assert User.objects.filter(email="mira@example.org").exists()
    assert not Visit.objects.exists()


def test_what_was_others_stays_others(anonymous: Person, room: Room) -> None:
    invitation, token = make_invitation(room)
    Person().post(f"/i/{token}/")
    anonymous.post(f"/i/{token}/")
    make_message(room, "Hello")

    sign_up(anonymous)

    assert Invitation.objects.get().acceptances.exclude(user=None).count() == 1
    assert Message.objects.get().person == "g:guest"
    assert invitation.uses == 2

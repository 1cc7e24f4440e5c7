"""How a guest who makes an account keeps their place."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as live
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from rooms import keeping
from rooms.guests import Guest
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


def test_before_the_address_is_confirmed_the_browser_still_comes_in(
    anonymous: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "ACCOUNT_EMAIL_VERIFICATION", "mandatory")
    _, token = make_invitation(room, uses_limit=1)
    anonymous.post(f"/i/{token}/")

    assert "confirm" in sign_up(anonymous)["Location"]

    assert anonymous.get("/rooms/").status_code == 302
    assert anonymous.get(room.get_absolute_url()).status_code == 200


def test_the_invitation_that_sign_up_leads_back_to_is_accepted(
    anonymous: Person, room: Room
) -> None:
    invitation, token = make_invitation(room, role="member", uses_limit=1)

    answer = sign_up(anonymous, next=f"/i/{token}/")

    assert answer["Location"] == f"/i/{token}/"
    assert Membership.objects.filter(user__email="mira@example.org").exists()
    assert invitation.state is State.USED_UP
    assert "Go to the room" in anonymous.get(f"/i/{token}/").content.decode()


def test_one_use_speaks_for_one_account(room: Room) -> None:
    _, token = make_invitation(room, role="member", uses_limit=1)
    assert sign_up(Person(), next=f"/i/{token}/").status_code == 302
    sign_up(Person(), next=f"/i/{token}/", email="noor@example.org")

    _, token = make_invitation(room, uses_limit=1)
    browser = Person()
    browser.post(f"/i/{token}/")
    sign_up(browser, email="june@example.org")
    browser.logout()
    sign_up(browser, email="paul@example.org")

    made = User.objects.exclude(email="amara@example.org")
    assert {each.email for each in made} == {"mira@example.org", "june@example.org"}


def test_only_an_invitation_that_works_speaks_for_anybody(
    rf: RequestFactory, room: Room
) -> None:
    past = timezone.now() - timedelta(seconds=1)
    invitation, token = make_invitation(room)
    revoked, revoked_token = make_invitation(room)
    revoked.revoke()
    _, expired_token = make_invitation(room, expires_at=past)
    _, used_token = make_invitation(room, uses_limit=0)

    def vouched(wanted: str) -> bool:
        return keeping.vouches(rf.get("/accounts/signup/", {"next": wanted}))

    assert vouched(f"/i/{token}/")
    assert keeping.vouches(rf.post("/accounts/signup/", {"next": f"/i/{token}/"}))
    assert keeping.vouches(rf.get(f"/i/{token}/"))
    for wanted in (
        *(f"/i/{each}/" for each in (revoked_token, expired_token, used_token)),
        *("", "/", "/i/", f"/i/{token}", f"/i/{invitation.public_id}/", "http://["),
        *(f"https://evil.example/i/{token}/", f"//evil.example/i/{token}/"),
        room.get_absolute_url(),
    ):
        assert not vouched(wanted), wanted


def test_an_acceptance_speaks_while_it_is_in_force(
    rf: RequestFactory, anonymous: Person, room: Room
) -> None:
    invitation, token = make_invitation(room)
    request = rf.get("/r/")
    assert not keeping.vouches(request)
    anonymous.post(f"/i/{token}/")
    request.COOKIES = {key: each.value for key, each in anonymous.cookies.items()}
    assert not Guest.of(request).is_new

    assert keeping.vouches(request)
    invitation.revoke()
    assert not keeping.vouches(request)


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

"""Invitations speak for people who make an account, a number of times."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from rooms import vouching
from rooms.guests import Guest
from rooms.models import Membership, Room
from rooms.models.invitation import MOST_SIGN_UPS, SIGN_UPS_FOR_A_USE
from rooms.visitors import Visitor
from tests.factories import PASSWORD, make_invitation, make_user
from tests.people import Person
from tests.rooms.processes import Processes
from tests.rooms.processes import database as database
from tests.rooms.processes import processes as processes

pytestmark = pytest.mark.django_db

URL = "/accounts/signup/"


@pytest.fixture(autouse=True)
def invited(settings: Settings) -> None:
    settings.SIGNUP = "invited"


def sign_up(person: Person, email: str = "mira@example.org", **more: str) -> Any:
    typed = {"display_name": "Mira Lind", "email": email, "password1": PASSWORD}
    return person.post(URL, {**typed, **more})


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


def test_who_gives_their_place_up_frees_no_use_for_an_account(room: Room) -> None:
    _, token = make_invitation(room, uses_limit=1)
    mira = Person()
    assert sign_up(mira, next=f"/i/{token}/").status_code == 302
    assert mira.post(f"/r/{room.link}/resign/").status_code == 302

    answer = sign_up(Person(), "noor@example.org", next=f"/i/{token}/")

    assert answer.status_code == 403
    assert not User.objects.filter(email="noor@example.org").exists()


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
        return vouching.vouches(rf.get("/accounts/signup/", {"next": wanted}))

    assert vouched(f"/i/{token}/")
    assert vouching.vouches(rf.post("/accounts/signup/", {"next": f"/i/{token}/"}))
    assert vouching.vouches(rf.get(f"/i/{token}/"))
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
    assert not vouching.vouches(request)
    anonymous.post(f"/i/{token}/")
    request.COOKIES = {key: each.value for key, each in anonymous.cookies.items()}
    assert not Guest.of(request).is_new

    assert vouching.vouches(request)
    invitation.revoke()
    assert not vouching.vouches(request)


@pytest.mark.parametrize("known", [True, False])
def test_it_speaks_so_often_whatever_comes_of_it(
    settings: Settings, room: Room, known: bool
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    _, token = make_invitation(room, uses_limit=1)
    emails = [f"p{number}@example.org" for number in range(SIGN_UPS_FOR_A_USE + 1)]
    if known:
        for email in emails:
            make_user(email=email)
    back = {"next": f"/i/{token}/"}

    answers = [sign_up(Person(), email, **back).status_code for email in emails]

    assert answers == [302] * SIGN_UPS_FOR_A_USE + [403]
    assert Person().get(URL, back).status_code == 403
    # It is as good as before for who has an account, or needs none.
    assert Person().post(f"/i/{token}/").status_code == 302


def test_a_form_that_is_refused_counts_for_nothing(room: Room) -> None:
    invitation, token = make_invitation(room, uses_limit=1)

    for _ in range(SIGN_UPS_FOR_A_USE + 1):
        page = sign_up(Person(), next=f"/i/{token}/", password1="short")
        assert page.status_code == 200

    invitation.refresh_from_db()
    assert invitation.sign_ups == 0


def test_what_a_guest_accepted_speaks_so_often_too(
    settings: Settings, anonymous: Person, room: Room
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    _, token = make_invitation(room, uses_limit=1)
    anonymous.post(f"/i/{token}/")

    answers = [
        sign_up(anonymous, f"p{number}@example.org").status_code
        for number in range(SIGN_UPS_FOR_A_USE + 1)
    ]

    assert answers == [302] * SIGN_UPS_FOR_A_USE + [403]
    assert User.objects.filter(email__startswith="p").count() == SIGN_UPS_FOR_A_USE


@pytest.mark.parametrize(
    ("uses", "sign_ups"),
    [(None, MOST_SIGN_UPS), (1000, MOST_SIGN_UPS), (2, 10), (0, 0)],
)
def test_the_number_follows_from_its_uses(
    room: Room, uses: int | None, sign_ups: int
) -> None:
    invitation, _ = make_invitation(room, uses_limit=uses)
    if sign_ups:
        invitation.sign_ups = sign_ups - 1
        invitation.save()
        assert invitation.may_vouch
        assert invitation.vouch()
        invitation.refresh_from_db()

    assert not invitation.may_vouch
    assert not invitation.vouch()
    invitation.refresh_from_db()
    assert invitation.sign_ups == sign_ups


def test_where_anybody_may_sign_up_nothing_is_counted(
    settings: Settings, room: Room
) -> None:
    settings.SIGNUP = "open"
    invitation, token = make_invitation(room, uses_limit=1)

    sign_up(Person(), next=f"/i/{token}/")

    invitation.refresh_from_db()
    assert invitation.sign_ups == 0


@pytest.fixture
def mailing(settings: Settings) -> None:
    """Addresses have to be confirmed by mail."""
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


def begin(person: Person, email: str, **more: str) -> int:
    """Log in for the first time, with the address confirmed; the answer's status."""
    EmailAddress.objects.filter(email=email).update(verified=True)
    typed = {"login": email, "password": PASSWORD, **more}
    status: int = person.post("/accounts/login/", typed).status_code
    return status


@pytest.mark.usefixtures("mailing")
def test_many_sign_ups_of_one_use_become_one_account(room: Room) -> None:
    invitation, token = make_invitation(room, role="member", uses_limit=1)
    browsers = {f"p{number}@example.org": Person() for number in range(3)}
    for email, browser in browsers.items():
        assert sign_up(browser, email, next=f"/i/{token}/").status_code == 302
    assert invitation.uses == 0

    # Wherever they log in first.
    answers = [begin(Person(), email) for email in browsers]

    assert answers == [302, 403, 403]
    first = User.objects.get(email="p0@example.org")
    assert invitation.acceptances.get().user == first
    assert Membership.objects.role_of(room, first) == "member"
    # Who has begun does so again, others only by another invitation.
    assert begin(Person(), "p0@example.org") == 302
    late = Person()
    assert begin(late, "p1@example.org", next=f"/i/{token}/") == 403
    page = late.post(
        "/accounts/login/", {"login": "p1@example.org", "password": PASSWORD}
    )
    assert "Your account waits for an invitation" in page.content.decode()
    assert late.get("/rooms/").status_code == 302
    another, token = make_invitation(room, uses_limit=1)
    assert begin(late, "p1@example.org", next=f"/i/{token}/") == 302
    assert late.get("/rooms/").status_code == 200
    assert another.uses == 1
    assert begin(Person(), "p2@example.org", next=f"/i/{token}/") == 403


@pytest.mark.usefixtures("mailing")
def test_what_a_guest_accepted_becomes_one_account(
    anonymous: Person, room: Room
) -> None:
    invitation, token = make_invitation(room)
    anonymous.post(f"/i/{token}/")
    for email in ("p0@example.org", "p1@example.org"):
        assert sign_up(anonymous, email, next=f"/i/{token}/").status_code == 302

    assert begin(Person(), "p0@example.org") == 302
    assert begin(Person(), "p1@example.org") == 403

    assert invitation.acceptances.get().user == User.objects.get(email="p0@example.org")


def test_no_use_counts_twice_for_who_was_a_guest_first(
    anonymous: Person, room: Room
) -> None:
    invitation, token = make_invitation(room)
    anonymous.post(f"/i/{token}/")

    assert sign_up(anonymous, next=f"/i/{token}/").status_code == 302

    assert invitation.uses == 1


@pytest.mark.usefixtures("mailing")
@pytest.mark.parametrize("how", ["revoked", "room gone", "use taken"])
def test_an_invitation_that_ended_meanwhile_makes_no_account(
    room: Room, how: str
) -> None:
    invitation, token = make_invitation(room, uses_limit=1)
    sign_up(Person(), next=f"/i/{token}/")
    if how == "revoked":
        invitation.revoke()
    elif how == "room gone":
        room.remove()
    else:
        invitation.accept(Visitor(room.owner, ""))
        invitation.accept(Visitor(make_user(), ""))

    assert begin(Person(), "mira@example.org") == 403


@pytest.mark.usefixtures("mailing")
@pytest.mark.parametrize("opened", [True, False])
def test_nobody_else_has_to_be_spoken_for(
    settings: Settings, room: Room, opened: bool
) -> None:
    invitation, token = make_invitation(room, uses_limit=1)
    sign_up(Person(), next=f"/i/{token}/")
    invitation.revoke()
    if opened:
        settings.SIGNUP = "open"
    else:
        User.objects.filter(email="mira@example.org").update(is_superuser=True)

    assert begin(Person(), "mira@example.org") == 302

    settings.SIGNUP = "invited"
    User.objects.update(is_superuser=False)
    assert begin(Person(), "mira@example.org") == 302


MAKE = """
from accounts.models import User
from rooms.models import Invitation, Room
owner = User.objects.create_user("a@example.org")
room = Room.objects.make(owner=owner, name="Room")
Invitation.objects.issue(
    room=room, made_by=owner, role="member", uses_limit=2, token="t" * 32
)
"""
SIGN_UP = """
import sys
from django.conf import settings
settings.SIGNUP, settings.SIGNUP_OPEN_HERE = "invited", False
settings.ALLOWED_HOSTS = ["*"]
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
from django.test import Client
browser, back = Client(), "/i/" + "t" * 32 + "/"
page = browser.get("/accounts/signup/", {"next": back})
assert page.status_code == 200, page.status_code
ready()
typed = {
    "display_name": "Mira", "email": f"p{sys.argv[1]}@example.org",
    "password1": "seven green apples", "next": back,
}
answer = browser.post("/accounts/signup/", typed)
print(answer.status_code)
"""
COUNT = """
from accounts.models import User
from rooms.models import Acceptance, Invitation, Membership
print(User.objects.filter(email__startswith="p").count())
print(Membership.objects.filter(role="member").count(), Acceptance.objects.count())
"""


def test_no_more_accounts_than_uses_whatever_runs_at_once(
    processes: Processes,
) -> None:
    processes.run(MAKE)

    answers = processes.at_once(SIGN_UP, [(str(number),) for number in range(4)])

    # Before it, mails are printed.
    codes = sorted(each.split()[-1] for each in answers)
    assert codes == ["302", "302", "403", "403"]
    assert processes.run(COUNT).split() == ["2", "2", "2"]

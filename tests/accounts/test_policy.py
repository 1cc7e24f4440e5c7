"""Who may make an account: SIGNUP, its vouchers, and SIGNUP_DOMAINS."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.http import HttpRequest
from django.test import override_settings

from accounts import policy
from accounts.models import User
from conference import lan
from rooms.models import Invitation, Role, Room
from tests.factories import PASSWORD, make_user
from tests.people import Person

pytestmark = pytest.mark.django_db

URL = "/accounts/signup/"
DOOR = f'href="{URL}'
MIRA = {"display_name": "Mira", "email": "mira@example.org", "password1": PASSWORD}
OUTSIDE = "203.0.113.7"

open_ = override_settings(SIGNUP="open")
invited = override_settings(SIGNUP="invited")
closed = override_settings(SIGNUP="closed")
only = override_settings


@pytest.fixture
def voucher() -> Iterator[None]:
    """Somebody who vouches for visitors that say the word."""

    def vouches(request: HttpRequest) -> bool:
        return "friend" in request.COOKIES

    def counts(request: HttpRequest) -> str | None:
        return "a friend" if vouches(request) else None

    def redeems(spoken_by: str, user: User) -> bool:
        return spoken_by == "a friend" and user.email == MIRA["email"]

    voucher = policy.Voucher(vouches, counts, redeems)
    policy.vouchers.append(voucher)
    yield
    policy.vouchers.remove(voucher)


def signs_up(browser: Person, **changed: str) -> bool:
    answer = browser.post(URL, {**MIRA, **changed})
    made = User.objects.filter(email=changed.get("email", MIRA["email"])).exists()
    assert made == (answer.status_code == 302)
    return made


@open_
def test_open_lets_anybody_in(anonymous: Person) -> None:
    assert DOOR in anonymous.get("/").content.decode()
    assert DOOR in anonymous.get("/accounts/login/").content.decode()
    assert signs_up(anonymous)


@closed
def test_closed_lets_nobody_in(anonymous: Person, voucher: None) -> None:
    anonymous.cookies["friend"] = "yes"

    assert not signs_up(anonymous)


@invited
def test_invited_lets_in_whom_somebody_vouches_for(
    anonymous: Person, voucher: None
) -> None:
    assert not signs_up(anonymous)
    anonymous.cookies["friend"] = "yes"

    assert DOOR in anonymous.get("/").content.decode()
    assert anonymous.get(URL).status_code == 200
    assert signs_up(anonymous)


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        (invited, "Somebody who has an account here can invite you"),
        (closed, "The people who run this server make the accounts themselves"),
    ],
)
def test_a_closed_page_says_why_and_what_to_do(
    anonymous: Person, mode: override_settings, words: str
) -> None:
    with mode:
        page = anonymous.get(URL)
        sent = anonymous.post(URL, MIRA)

    assert page.status_code == sent.status_code == 403
    assert words in page.content.decode()
    assert "You need none to join a call" in page.content.decode()
    assert 'href="/accounts/login/"' in page.content.decode()


@pytest.mark.parametrize("mode", [invited, closed])
@pytest.mark.parametrize("page", ["/", "/accounts/login/"])
def test_doors_that_would_stay_shut_are_not_shown(
    anonymous: Person, mode: override_settings, page: str
) -> None:
    with mode:
        shown = anonymous.get(page).content.decode()

    assert DOOR not in shown
    assert "/accounts/login/" in shown


@pytest.mark.parametrize("mode", [invited, closed])
def test_guests_come_in_by_link_either_way(
    anonymous: Person, room: Room, mode: override_settings
) -> None:
    with mode, only(SIGNUP_DOMAINS=["elsewhere.example"]):
        page = anonymous.get(room.get_absolute_url())

    assert page.status_code == 200
    assert page.context["call_data"]["ticket"]


@pytest.mark.parametrize("mode", [invited, closed])
def test_who_has_an_account_still_logs_in(
    anonymous: Person, owner: Person, mode: override_settings
) -> None:
    with mode, only(SIGNUP_DOMAINS=["elsewhere.example"]):
        answer = anonymous.post(
            "/accounts/login/", {"login": owner.user.email, "password": PASSWORD}
        )

    assert answer.status_code == 302


@only(SIGNUP="invited", SIGNUP_OPEN_HERE=True)
def test_on_a_first_try_this_very_machine_may_sign_up(anonymous: Person) -> None:
    page = Person(REMOTE_ADDR=OUTSIDE).get(URL)
    assert page.status_code == 403
    assert "Do you run this server?" in page.content.decode()

    for address in ("127.0.0.1", "::1", *lan.addresses()):
        assert Person(REMOTE_ADDR=address).get(URL).status_code == 200
    assert signs_up(anonymous)


@only(SIGNUP="invited", SIGNUP_OPEN_HERE=True)
def test_nobody_becomes_this_machine_by_saying_so(db: None) -> None:
    forger = Person(
        REMOTE_ADDR=OUTSIDE,
        headers={"x-forwarded-for": "127.0.0.1", "host": "localhost"},
    )

    assert not signs_up(forger)


@only(SIGNUP="open", SIGNUP_DOMAINS=["example.org", "xn--bcher-kva.example"])
@pytest.mark.parametrize(
    "email", ["mira@example.org", "mira@xn--bcher-kva.example", "mira@bücher.example"]
)
def test_addresses_at_the_named_domains_may_sign_up(
    anonymous: Person, email: str
) -> None:
    assert signs_up(anonymous, email=email)


@only(SIGNUP="open", SIGNUP_DOMAINS=["example.org", "xn--bcher-kva.example"])
def test_the_domain_counts_in_any_case(anonymous: Person) -> None:
    answer = anonymous.post(URL, {**MIRA, "email": "Mira@EXAMPLE.Org"})

    assert answer.status_code == 302
    assert User.objects.get().email == "mira@example.org"


@only(SIGNUP="open", SIGNUP_DOMAINS=["example.org"])
@pytest.mark.parametrize(
    "email",
    [
        "mira@example.net",
        "mira@sub.example.org",
        "mira@notexample.org",
        "mira@example.org.evil.example",
        "mira@example.org@evil.example",
        '"mira@example.org"@evil.example',
        "mira@example.org.",
        "mira@example.org,x@evil.example",
        "mira@example.org\nBcc: x@evil.example",
        "mira@\uff45xample.org",
        "mira@\u0435xample.org",
        "mira@exam\u00adple.org",
        "mira@example\u3002org",
        "mira@[127.0.0.1]",
        "mira@",
    ],
)
def test_no_other_address_gets_by(anonymous: Person, email: str) -> None:
    page = anonymous.post(URL, {**MIRA, "email": email})

    assert page.status_code == 200
    assert page.context["form"].errors["email"]
    assert page.context["form"]["email"].value() == email
    assert not User.objects.exists()
    assert policy.refuses_address(email)


@only(SIGNUP="open", SIGNUP_DOMAINS=["example.org", "xn--bcher-kva.example"])
def test_a_refusal_stands_beside_the_field(anonymous: Person) -> None:
    page = anonymous.post(URL, {**MIRA, "email": "mira@example.net"})

    assert page.context["form"].errors == {
        "email": [
            "Only addresses at example.org or bücher.example can make an account here."
        ]
    }


@only(SIGNUP="open", SIGNUP_DOMAINS=["example.org"])
def test_a_refusal_tells_nobody_who_has_an_account(anonymous: Person) -> None:
    make_user("June", "june@example.net")
    known = anonymous.post(URL, {**MIRA, "email": "june@example.net"})
    unknown = anonymous.post(URL, {**MIRA, "email": "mira@example.net"})

    assert known.context["form"].errors == unknown.context["form"].errors


@only(SIGNUP_DOMAINS=["example.org"])
def test_who_has_an_account_elsewhere_keeps_every_way_in(anonymous: Person) -> None:
    june = Person(make_user("June", "june@example.net"))

    reset = anonymous.post("/accounts/password/reset/", {"email": "june@example.net"})
    assert reset.status_code == 302
    added = june.post(
        "/accounts/email/", {"action_add": "", "email": "june@other.example"}
    )
    assert added.status_code == 302
    assert EmailAddress.objects.filter(email="june@other.example").exists()


def test_sign_up_asks_the_vouchers_only_where_it_depends_on_them(
    anonymous: Person, owner: Person
) -> None:
    def breaks(*_: object) -> Any:
        raise AssertionError("was asked")

    voucher = policy.Voucher(breaks, breaks, breaks)
    policy.vouchers.append(voucher)
    try:
        with open_:
            anonymous.get("/")
        with closed:
            anonymous.get("/")
        with invited:
            owner.get("/rooms/")
    finally:
        policy.vouchers.remove(voucher)


@invited
def test_a_real_invitation_vouches_until_it_is_revoked(
    anonymous: Person, owner: Person, room: Room
) -> None:
    invitation, token = Invitation.objects.issue(
        room=room, made_by=owner.user, role=Role.MEMBER
    )
    back = {"next": f"/i/{token}/"}
    assert anonymous.get(URL, back).status_code == 200
    assert anonymous.post(URL, {**MIRA, "next": "/i/forged/"}).status_code == 403

    answer = anonymous.post(URL, {**MIRA, **back})
    assert (answer.status_code, answer["Location"]) == (302, back["next"])

    invitation.revoke()
    assert Person().get(URL, back).status_code == 403


@pytest.mark.parametrize(
    ("mode", "offered"), [(open_, True), (invited, False), (closed, False)]
)
def test_a_mail_offers_no_account_that_is_not_to_be_had(
    anonymous: Person, mode: override_settings, offered: bool
) -> None:
    with mode:
        anonymous.post("/accounts/password/reset/", {"email": "nobody@example.org"})

    assert (URL in str(mail.outbox[0].body)) == offered

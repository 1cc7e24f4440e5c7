"""Log-in with an OpenID Connect provider: a real one, and one that lies."""

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import override_settings

from accounts.addresses import vouch_for
from accounts.models import User
from accounts.oidc.adapter import name_of
from tests.factories import PASSWORD, make_user
from tests.oidc import (
    CALLBACK,
    CLIENT,
    Liar,
    RealProvider,
    come_back,
    liar,
    made_key,
    real_provider,
)
from tests.pages.page import Page
from tests.people import Person
from tests.servers import free_port

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/oidc/oidc/login/"
CONNECTIONS = "/accounts/3rdparty/"


def proven(address: str, **further: Any) -> dict[str, Any]:
    return {"email": address, "email_verified": True, **further}


PEOPLE: dict[str, dict[str, Any]] = {
    "mira": proven("Mira@example.org", name=" Mira\u202e\u200b Lind "),
    "unproven": {"email": "mira@example.org", "email_verified": False, "name": "Eve"},
    "text": {"email": "mira@example.org", "email_verified": "false", "name": "Eve"},
    "silent": {"email": "mira@example.org"},
    "nobody": {"name": "Nobody"},
    "successor": proven("mira@example.org", name="Another Mira"),
    "stranger": proven("elias@elsewhere.example", name="Elias"),
}


def asking(issuer: str, secret: str = "s3cret") -> Any:
    app = {
        "provider_id": "oidc",
        "name": "Harbour Club",
        "client_id": CLIENT,
        "secret": secret,
        "settings": {"server_url": issuer},
    }
    configured = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    return override_settings(
        OIDC_ISSUER=issuer,
        OIDC_NAME="Harbour Club",
        SOCIALACCOUNT_PROVIDERS={"openid_connect": configured | {"APPS": [app]}},
    )


@pytest.fixture(scope="module")
def real() -> Iterator[RealProvider]:
    with real_provider(free_port(), settings.SITE_URL, **PEOPLE) as started:
        yield started


@pytest.fixture
def club(real: RealProvider) -> Iterator[None]:
    """The site asks the real provider."""
    with asking(real.issuer, real.secret):
        yield


@pytest.fixture
def lying() -> Iterator[Liar]:
    """The site asks a provider that lies; without a lie it tells the truth."""
    with liar() as told, asking(told.issuer):
        yield told


def leave(browser: Person, **said: str) -> str:
    """Press the button; where the page leads that comes then."""
    page = browser.post(LOGIN, said)
    assert page.status_code == 200, page.content.decode()
    found = re.search(r'content="0;url=([^"]+)"', page.content.decode())
    assert found
    return html.unescape(found[1])


def log_in(browser: Person, name: str, **said: str) -> Any:
    return browser.get(come_back(leave(browser, **said), name))


def whoever(browser: Person) -> User | None:
    key = browser.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def newcomers() -> int:
    return User.objects.filter(emailaddress__isnull=False).count()


def test_there_is_no_such_door_without_a_provider(anonymous: Person) -> None:
    for page in ("/accounts/login/", "/accounts/signup/"):
        assert LOGIN not in anonymous.get(page).content.decode()
    assert anonymous.get(LOGIN).status_code == 404
    assert anonymous.post(LOGIN).status_code == 404
    assert anonymous.get(CALLBACK).status_code == 404


@pytest.mark.parametrize("page", ["/accounts/login/", "/accounts/signup/"])
def test_the_door_names_the_provider_and_is_a_form(
    anonymous: Person, club: None, page: str
) -> None:
    shown = anonymous.get(f"{page}?next=/rooms/new/").content.decode()

    assert "Log in with Harbour Club" in shown
    form = re.search(rf'action="{LOGIN}"\s+method="post"(.*?)</form>', shown, re.S)
    assert form
    assert "csrfmiddlewaretoken" in form[1]
    assert 'name="next" value="/rooms/new/"' in form[1]


def test_looking_at_it_leads_nowhere(anonymous: Person, club: None) -> None:
    page = anonymous.get(LOGIN)

    assert page.status_code == 200
    assert "http-equiv" not in page.content.decode()
    assert "sessionid" not in page.cookies
    assert not anonymous.session.get("socialaccount_states")


def test_it_takes_no_other_method_and_needs_the_token(club: None) -> None:
    person = Person(enforce_csrf_checks=True)

    assert person.post(LOGIN).status_code == 403
    assert Person().put(LOGIN).status_code == 405
    assert Person().post(CALLBACK).status_code == 405


def test_the_question_carries_state_nonce_and_pkce_and_nothing_of_the_page(
    anonymous: Person, club: None, real: RealProvider
) -> None:
    page = anonymous.post(
        f"{LOGIN}?scope=admin&auth_params=prompt%3Dnone&process=redirect"
    )
    found = re.search(r'content="0;url=([^"]+)"', page.content.decode())
    assert found
    url = urlsplit(html.unescape(found[1]))
    asked = {name: said[0] for name, said in parse_qs(url.query).items()}

    assert f"{url.scheme}://{url.netloc}" == real.issuer
    assert asked.pop("state") != asked.pop("nonce")
    assert len(asked.pop("code_challenge")) == 43
    assert set(asked.pop("scope").split()) == {"openid", "profile", "email"}
    assert asked == {
        "client_id": CLIENT,
        "redirect_uri": settings.SITE_URL + CALLBACK,
        "response_type": "code",
        "code_challenge_method": "S256",
    }
    policy = page["Content-Security-Policy"]
    assert "form-action 'self'" in policy
    assert real.issuer not in policy


def test_a_newcomer_gets_an_account_with_a_clean_name(
    anonymous: Person, club: None
) -> None:
    answer = log_in(anonymous, "mira", next="/rooms/new/")

    assert (answer.status_code, answer["Location"]) == (302, "/rooms/new/")
    user = whoever(anonymous)
    assert user
    assert (user.email, user.display_name) == ("mira@example.org", "Mira Lind")
    assert not user.has_usable_password()
    assert not user.is_staff
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == (
        "mira@example.org",
        True,
        True,
    )
    assert not SocialToken.objects.exists()


def test_who_was_here_before_comes_into_the_same_account(club: None) -> None:
    first, second = Person(), Person()
    log_in(first, "mira")
    user = whoever(first)
    assert user
    user.rename("Mira L.")

    log_in(second, "mira")

    assert whoever(second) == user
    user.refresh_from_db()
    assert user.display_name == "Mira L."
    assert User.objects.count() == 1


def test_who_leaves_again_and_again_has_to_wait(anonymous: Person, club: None) -> None:
    with override_settings(ACCOUNT_RATE_LIMITS={"provider": "3/m/ip"}):
        for _ in range(3):
            leave(Person())
        before = Session.objects.count()
        answer = anonymous.post(LOGIN)

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert Session.objects.count() == before
    assert settings.ACCOUNT_RATE_LIMITS["provider"] == "30/m/ip"


def test_it_leads_to_no_other_site(anonymous: Person, club: None) -> None:
    answer = log_in(anonymous, "mira", next="https://evil.example/")

    assert answer["Location"] == "/rooms/"


@pytest.mark.parametrize("name", ["unproven", "text", "silent"])
def test_an_unproven_address_makes_nobody(
    anonymous: Person, club: None, name: str
) -> None:
    vouch_for(make_user("Mira", "mira@example.org"))

    page = log_in(anonymous, name)

    assert page.status_code == 403
    assert "does not know yet whether mira@example.org is your address" in (
        page.content.decode()
    )
    assert whoever(anonymous) is None
    assert not SocialAccount.objects.exists()


def test_no_address_makes_nobody(anonymous: Person, club: None) -> None:
    page = log_in(anonymous, "nobody")

    assert page.status_code == 403
    assert "did not tell us your e-mail address" in page.content.decode()
    assert not User.objects.exists()


def test_an_account_is_joined_where_both_sides_know_the_address(club: None) -> None:
    user = make_user("Mira", "mira@example.org")
    vouch_for(user)
    browser = Person()

    log_in(browser, "mira")

    assert whoever(browser) == user
    assert SocialAccount.objects.get().user == user
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("asked_to_confirm", [True, False])
def test_an_account_that_somebody_made_in_advance_is_not_joined(
    anonymous: Person, club: None, asked_to_confirm: bool
) -> None:
    user = make_user("Eve", "mira@example.org")
    if asked_to_confirm:
        EmailAddress.objects.create(user=user, email=user.email, primary=True)

    page = log_in(anonymous, "mira")

    assert page.status_code == 403
    assert "we cannot tell that it is yours" in page.content.decode()
    assert whoever(anonymous) is None
    assert not SocialAccount.objects.exists()


def test_an_unproven_claim_to_an_address_keeps_nobody_out(
    anonymous: Person, stranger: Person, club: None
) -> None:
    EmailAddress.objects.create(user=stranger.user, email="mira@example.org")

    log_in(anonymous, "mira")

    user = whoever(anonymous)
    assert user
    assert user != stranger.user
    assert EmailAddress.objects.get(email="mira@example.org").user == user


def test_who_gets_an_address_after_somebody_gets_no_account_with_it(
    club: None,
) -> None:
    mira, successor = Person(), Person()
    log_in(mira, "mira")

    page = log_in(successor, "successor")

    assert page.status_code == 403
    assert whoever(successor) is None


def test_who_was_shut_out_stays_out(anonymous: Person, club: None) -> None:
    user = make_user("Mira", "mira@example.org", is_active=False)
    vouch_for(user)

    log_in(anonymous, "mira")

    assert whoever(anonymous) is None


@pytest.mark.parametrize("mode", ["open", "invited"])
def test_the_provider_vouches_for_its_people(
    anonymous: Person, club: None, mode: str
) -> None:
    with override_settings(SIGNUP=mode):
        log_in(anonymous, "mira")

    assert whoever(anonymous)


@override_settings(SIGNUP="closed")
def test_closed_makes_no_account_and_lets_old_ones_in(club: None) -> None:
    browser = Person()
    page = log_in(browser, "mira")
    assert page.status_code == 403
    assert "make the accounts themselves" in page.content.decode()
    assert not User.objects.exists()

    vouch_for(make_user("Mira", "mira@example.org"))
    log_in(browser, "mira")
    assert whoever(browser)


@override_settings(SIGNUP_DOMAINS=["example.org"])
def test_the_domains_hold_for_its_people_too(club: None) -> None:
    browser = Person()
    page = log_in(browser, "stranger")
    assert page.status_code == 403
    assert "Only addresses at example.org can make an account here" in (
        page.content.decode()
    )
    assert not User.objects.exists()

    log_in(browser, "mira")
    assert whoever(browser)


def test_who_is_logged_in_joins_and_parts(owner: Person, club: None) -> None:
    assert "Join with Harbour Club" in owner.get(CONNECTIONS).content.decode()
    owner.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": CONNECTIONS})
    answer = log_in(owner, "mira", process="connect")
    assert (answer.status_code, answer["Location"]) == (302, CONNECTIONS)
    joined = SocialAccount.objects.get(user=owner.user)

    browser = Person()
    log_in(browser, "mira")
    assert whoever(browser) == owner.user
    page = owner.get(CONNECTIONS).content.decode()
    assert not Page(page).faults()
    assert "Mira@example.org of Harbour Club" in page
    assert "Part from Harbour Club?" in page
    assert "you can join it again" in " ".join(page.split())

    owner.post(CONNECTIONS, {"account": joined.pk})
    assert not SocialAccount.objects.exists()
    told = [(sent.subject, sent.to) for sent in mail.outbox]
    assert told == [
        ("Parley: Harbour Club logs you in now", [owner.user.email]),
        ("Parley: Harbour Club logs you in no longer", [owner.user.email]),
    ]
    for sent in mail.outbox:
        assert "If it was not, log in and change your password" in str(sent.body)


def test_nobody_parts_from_the_only_way_in(club: None) -> None:
    browser = Person()
    log_in(browser, "mira")

    offered = browser.get(CONNECTIONS).content.decode()
    assert "It is your only way in." in offered
    assert "Part from Harbour Club?" not in offered
    page = browser.post(CONNECTIONS, {"account": SocialAccount.objects.get().pk})

    assert page.status_code == 200
    assert "You have no password here yet. Set one first" in page.content.decode()
    assert SocialAccount.objects.exists()


def test_joining_asks_for_the_password_first(owner: Person, club: None) -> None:
    answer = log_in(owner, "mira", process="connect")

    assert answer["Location"] == "/accounts/reauthenticate/"
    assert not SocialAccount.objects.exists()
    owner.post(answer["Location"], {"password": PASSWORD})
    assert SocialAccount.objects.get().user == owner.user


def test_nobody_is_joined_to_another_persons_identity(
    owner: Person, club: None
) -> None:
    log_in(Person(), "mira")
    owner.post("/accounts/reauthenticate/", {"password": PASSWORD})

    log_in(owner, "mira", process="connect")

    assert not SocialAccount.objects.filter(user=owner.user).exists()
    assert (
        "is joined with this one of Harbour Club"
        in owner.get(CONNECTIONS).content.decode()
    )


def test_an_answer_is_good_once_and_in_its_own_browser(club: None) -> None:
    browser = Person()
    back = come_back(leave(browser), "mira")

    stolen = Person().get(back)
    assert stolen.status_code == 403
    assert "begun in another browser" in stolen.content.decode()

    assert browser.get(back).status_code == 302
    browser.logout()
    assert browser.get(back).status_code == 403
    assert whoever(browser) is None


@pytest.mark.parametrize(
    "query", ["", "?code=x", "?state=x", "?code=x&state=x", "?error=access_denied"]
)
def test_an_answer_nobody_asked_for_changes_nothing(
    anonymous: Person, club: None, query: str
) -> None:
    page = anonymous.get(CALLBACK + query)

    assert page.status_code == 403
    assert not User.objects.exists()


def test_who_turns_back_at_the_provider_is_told_so(
    anonymous: Person, lying: Liar
) -> None:
    state = lying.come_back(leave(anonymous)).partition("state=")[2]

    page = anonymous.get(f"{CALLBACK}?error=access_denied&state={state}", follow=True)

    assert page.status_code == 200
    assert "You turned back at Harbour Club" in page.content.decode()


def test_the_truth_is_believed(anonymous: Person, lying: Liar) -> None:
    anonymous.get(lying.come_back(leave(anonymous)))

    assert whoever(anonymous)


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "another audience": {"claims": {"aud": "another"}},
    "another client": {"claims": {"azp": "another"}},
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "too old": {"claims": {"exp": 1}},
    "no subject": {"claims": {"sub": ""}},
    "a number": {"claims": {"sub": 7}},
    "no signature": {"algorithm": "none", "key": ""},
    "the client's secret": {"algorithm": "HS256", "key": "s3cret" * 8},
    "an unknown key": {"headers": {"kid": "two"}},
    "about another": {"userinfo": {"sub": "june"}},
    "no JSON": {"raw": {"/token": b"<html>"}},
    "no token": {"raw": {"/token": b"{}"}},
    "no ID token": {"raw": {"/token": b'{"access_token": "any"}'}},
    "a list": {"raw": {"/me": b"[]"}},
    "no keys": {"raw": {"/jwks": b'{"keys": []}'}},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_makes_nobody(anonymous: Person, lying: Liar, lie: str) -> None:
    back = lying.come_back(leave(anonymous))
    for name, value in LIES[lie].items():
        setattr(lying, name, value)

    page = anonymous.get(back)

    assert page.status_code == 502
    assert "Harbour Club does not answer as it should" in page.content.decode()
    assert whoever(anonymous) is None
    assert not User.objects.exists()


def test_a_token_signed_by_another_is_refused(anonymous: Person, lying: Liar) -> None:
    back = lying.come_back(leave(anonymous))
    lying.key = made_key("another's")

    assert anonymous.get(back).status_code == 502
    assert whoever(anonymous) is None


@pytest.mark.parametrize(
    "said",
    [
        {"discovery": {"issuer": "https://evil.example"}},
        {"discovery": {"authorization_endpoint": "javascript:alert(1)"}},
        {"discovery": {"authorization_endpoint": None}},
        {"discovery": {"token_endpoint": "ftp://x"}},
        {"raw": {"/.well-known/openid-configuration": b"[]"}},
        {"raw": {"/.well-known/openid-configuration": b"<html>"}},
    ],
)
def test_a_provider_that_describes_itself_badly_gets_nobody(
    anonymous: Person, lying: Liar, said: dict[str, Any]
) -> None:
    for name, value in said.items():
        setattr(lying, name, value)

    page = anonymous.post(LOGIN)

    assert page.status_code == 502
    assert "http-equiv" not in page.content.decode()


def test_a_provider_that_is_down_is_told_of_in_words(
    anonymous: Person, lying: Liar
) -> None:
    back = lying.come_back(leave(anonymous))
    with asking(f"http://localhost:{free_port()}"):
        for page in (anonymous.post(LOGIN), anonymous.get(back)):
            assert page.status_code == 502
            assert "nothing was changed" in page.content.decode()


def test_one_subject_at_two_providers_is_two_people(db: None) -> None:
    first, second = Person(), Person()
    with liar() as one, asking(one.issuer):
        first.get(one.come_back(leave(first)))
    with liar() as other, asking(other.issuer):
        other.claims = {"email": "other@example.org"}
        second.get(other.come_back(leave(second)))

    assert whoever(first) != whoever(second)
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("claims", "name"),
    [
        ({"name": "Mira Lind"}, "Mira Lind"),
        ({"name": "\u200b", "given_name": "Mira", "family_name": "Lind"}, "Mira Lind"),
        ({"given_name": "Mira"}, "Mira"),
        ({"preferred_username": "mira"}, "mira"),
        ({"email": "mira@example.org"}, "mira"),
        ({"name": "x" * 1000}, "x" * 60),
        ({"name": "\ufdfa" * 60, "preferred_username": "mira"}, "mira"),
        ({}, "Somebody"),
    ],
)
def test_a_name_is_found_in_what_the_provider_says(
    claims: dict[str, str], name: str
) -> None:
    assert name_of(claims) == name

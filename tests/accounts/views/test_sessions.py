"""The page that lists where one is logged in, and ends it."""

from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from tests.accounts.views.own import log_in
from tests.factories import PASSWORD, make_user
from tests.people import Person
from tests.rooms.views.asked import (
    changes_nothing,
    is_private,
    leads_to_log_in,
    refuses_methods,
)

pytestmark = pytest.mark.django_db

URL = "/accounts/sessions/"
ELSEWHERE, EVERYWHERE = {"elsewhere": ""}, {"everywhere": ""}
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:146.0) Gecko/20100101 Firefox/146.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def here() -> Person:
    """Somebody at one of their two browsers."""
    person = Person(headers={"user-agent": FIREFOX})
    person.account = make_user("Noor Haddad", "noor@example.org")
    log_in(person)
    return person


@pytest.fixture
def there(here: Person) -> Person:
    """The same person at the other browser."""
    person = Person(headers={"user-agent": PHONE})
    person.account = here.user
    log_in(person)
    return person


def is_logged_in(person: Person) -> bool:
    return bool(person.get("/rooms/").status_code == 200)


def test_it_lists_each_browser_and_marks_this_one(here: Person, there: Person) -> None:
    page = here.get(URL)

    found = [(each.device, each.here) for each in page.context["sessions"]]
    assert found == [("Firefox on Linux", True), ("Safari on iPhone", False)]
    assert page.context["sessions"][0].address == "127.0.0.1"
    assert "This one" in page.content.decode()
    is_private(page)
    changes_nothing(here, URL)


def test_log_out_everywhere_else(here: Person, there: Person, owner: Person) -> None:
    answer = here.post(URL, ELSEWHERE, follow=True)

    assert "You are logged out everywhere else." in answer.content.decode()
    assert is_logged_in(here)
    assert not is_logged_in(there)
    assert is_logged_in(owner)
    assert len(here.get(URL).context["sessions"]) == 1


def test_log_out_everywhere(here: Person, there: Person, owner: Person) -> None:
    answer = here.post(URL, EVERYWHERE, follow=True)

    assert "You are logged out everywhere." in answer.content.decode()
    assert not is_logged_in(here)
    assert not is_logged_in(there)
    assert is_logged_in(owner)
    assert not UserSession.objects.filter(user=here.user).exists()


def test_a_session_without_a_note_ends_as_well(here: Person) -> None:
    unnoted = Person(here.user)
    assert is_logged_in(unnoted)

    here.post(URL, ELSEWHERE)

    assert not is_logged_in(unnoted)


@pytest.mark.django_db(transaction=True)
def test_what_has_expired_is_deleted_when_anybody_logs_in(here: Person) -> None:
    old = Session.objects.filter(session_key=here.session.session_key)
    assert old.update(expire_date=timezone.now() - timedelta(seconds=1)) == 1
    other = Person()
    other.account = make_user("June", "june@example.org")

    log_in(other)

    assert not old.exists()
    assert is_logged_in(other)


def test_who_waits_for_the_second_step_waits_no_longer(here: Person) -> None:
    TOTP.activate(here.user, "JBSWY3DPEHPK3PXP")
    halfway = Person()
    halfway.account = here.user
    log_in(halfway)

    here.post(URL, ELSEWHERE)

    key = halfway.session.session_key
    assert not Session.objects.filter(session_key=key).exists()
    assert is_logged_in(here)


def test_what_no_longer_opens_the_account_is_not_listed(
    here: Person, there: Person
) -> None:
    Session.objects.filter(session_key=there.session.session_key).delete()

    assert len(here.get(URL).context["sessions"]) == 1

    log_in(there)
    sent = {
        "oldpassword": PASSWORD,
        "password1": "eleven blue pears",
        "password2": "eleven blue pears",
    }
    assert here.post("/accounts/password/change/", sent).status_code == 302
    assert not is_logged_in(there)
    assert len(here.get(URL).context["sessions"]) == 1


def test_everybody_sees_their_own_alone(here: Person, stranger: Person) -> None:
    assert stranger.get(URL).context["sessions"] == []
    stranger.post(URL, EVERYWHERE)
    assert is_logged_in(here)


def test_people_without_account_log_in_first(anonymous: Person, here: Person) -> None:
    for answer in (anonymous.get(URL), anonymous.post(URL, EVERYWHERE)):
        assert leads_to_log_in(answer, URL)
    assert is_logged_in(here)


def test_it_takes_no_other_method(here: Person) -> None:
    refuses_methods(here, URL, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(here: Person) -> None:
    person = Person(here.user, enforce_csrf_checks=True)
    assert person.post(URL, EVERYWHERE).status_code == 403
    assert is_logged_in(here)

"""A first password, for who came by a provider and never had one here."""

import pytest
from django.core import mail

from tests.factories import make_user
from tests.pages.page import Page
from tests.people import Person
from tests.rooms.views.asked import changes_nothing, leads_to_log_in, refuses_methods

pytestmark = pytest.mark.django_db

URL, CHANGE = "/accounts/password/set/", "/accounts/password/change/"
NEW = "nine yellow pears"
TWICE = {"password1": NEW, "password2": NEW}


@pytest.fixture
def newcomer(db: None) -> Person:
    user = make_user("Noor Haddad", "noor@example.org")
    user.set_unusable_password()
    user.save()
    return Person(user)


def test_it_sets_the_first_password_and_says_so_by_mail(newcomer: Person) -> None:
    assert not Page(newcomer.get(URL).content.decode()).faults()
    changes_nothing(newcomer, URL)

    answer = newcomer.post(URL, TWICE)

    assert answer.status_code == 302
    newcomer.user.refresh_from_db()
    assert newcomer.user.check_password(NEW)
    assert newcomer.get("/rooms/").status_code == 200
    assert [sent.to for sent in mail.outbox] == [["noor@example.org"]]


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        ("short", "short", "password1"),
        ("1234567890", "1234567890", "password1"),
        (NEW, "nine yellow plums", "password2"),
        (NEW, "", "password2"),
        ("noor@example.org", "noor@example.org", "password1"),
    ],
)
def test_a_bad_one_is_refused_beside_its_field(
    newcomer: Person, first: str, second: str, field: str
) -> None:
    page = newcomer.post(URL, {"password1": first, "password2": second})

    assert page.status_code == 200
    assert page.context["form"].errors[field]
    newcomer.user.refresh_from_db()
    assert not newcomer.user.has_usable_password()


def test_who_has_one_has_to_know_it(owner: Person) -> None:
    for answer in (owner.get(URL), owner.post(URL, TWICE)):
        assert (answer.status_code, answer["Location"]) == (302, CHANGE)
    owner.user.refresh_from_db()
    assert not owner.user.check_password(NEW)


def test_who_has_none_is_not_asked_for_it(newcomer: Person) -> None:
    assert newcomer.get(CHANGE)["Location"] == URL


def test_people_without_account_log_in_first(anonymous: Person) -> None:
    for answer in (anonymous.get(URL), anonymous.post(URL, TWICE)):
        assert leads_to_log_in(answer, URL)


def test_it_takes_no_other_method(newcomer: Person) -> None:
    refuses_methods(newcomer, URL, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(newcomer: Person) -> None:
    forged = Person(newcomer.user, enforce_csrf_checks=True)
    assert forged.post(URL, TWICE).status_code == 403
    newcomer.user.refresh_from_db()
    assert not newcomer.user.has_usable_password()

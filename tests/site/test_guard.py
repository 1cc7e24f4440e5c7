"""The table of rights is what decides, also where a view forgets to."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path

from conference import rights
from conference.rights import ACCOUNTS, ADMINISTRATION, ANYBODY, Row
from tests.people import Person

pytestmark = pytest.mark.django_db


def careless(request: HttpRequest, **_: str) -> HttpResponse:
    """Lets in everybody, and does what anybody asks."""
    return HttpResponse("Done.")


urlpatterns = [
    path("unlisted/", careless, name="unlisted"),
    path("nameless/", careless),
    path("for-all/", careless, name="for-all"),
    path("for-looking/", careless, name="for-looking"),
    path("for-acting/", careless, name="for-acting"),
    path("for-accounts/", careless, name="for-accounts"),
    path("for-staff/", careless, name="for-staff"),
    path("r/<str:link>/button/", careless, name="button"),
    path("", include("conference.urls")),
]

ROWS = {
    "for-all": rights.both(ANYBODY),
    "for-looking": rights.look(ANYBODY),
    "for-acting": rights.act(ANYBODY),
    "for-accounts": rights.both(ACCOUNTS),
    "for-staff": rights.both(ADMINISTRATION),
    "button": rights.act(ACCOUNTS, back="room"),
}


@pytest.fixture(autouse=True)
def _careless_site(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, row in ROWS.items():
        monkeypatch.setitem(rights.TABLE, name, row)


pages = override_settings(ROOT_URLCONF=__name__)


@pages
@pytest.mark.parametrize("address", ["/unlisted/", "/nameless/"])
def test_what_is_not_in_the_table_is_for_nobody(
    address: str, anonymous: Person, admin: Person
) -> None:
    for person in (anonymous, admin):
        assert person.get(address).status_code == 404
        assert person.post(address).status_code == 404


@pages
def test_what_is_for_all_is(anonymous: Person) -> None:
    assert anonymous.get("/for-all/").content == b"Done."
    assert anonymous.post("/for-all/").content == b"Done."
    assert anonymous.head("/for-all/").status_code == 200


@pages
def test_looking_is_not_acting(anonymous: Person) -> None:
    assert anonymous.get("/for-looking/").status_code == 200
    refused = anonymous.post("/for-looking/")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")
    assert anonymous.post("/for-acting/").status_code == 200
    refused = anonymous.get("/for-acting/")
    assert (refused.status_code, refused["Allow"]) == (405, "POST")


@pages
def test_people_without_an_account_are_led_to_log_in(
    anonymous: Person, stranger: Person
) -> None:
    for ask in (anonymous.get, anonymous.post):
        answer = ask("/for-accounts/?page=2")
        assert answer.headers["Location"] == (
            "/accounts/login/?next=/for-accounts/%3Fpage%3D2"
        )
    assert stranger.get("/for-accounts/").content == b"Done."
    assert stranger.post("/for-accounts/").content == b"Done."


@pages
def test_log_in_leads_back_to_the_page_of_a_button(anonymous: Person) -> None:
    link = "abcd-efgh-jkmn-pqrs"
    answer = anonymous.post(f"/r/{link}/button/")
    assert answer.headers["Location"] == f"/accounts/login/?next=/r/{link}/room/"


@pages
def test_the_administrations_pages_are_for_its_people(
    anonymous: Person, stranger: Person, admin: Person
) -> None:
    for person in (anonymous, stranger):
        for ask in (person.get, person.post):
            answer = ask("/for-staff/")
            assert answer.headers["Location"] == "/admin/login/?next=/for-staff/"
    assert admin.get("/for-staff/").content == b"Done."


@pages
def test_who_is_no_longer_active_is_not_let_in(admin: Person) -> None:
    admin.user.is_active = False
    admin.user.save()
    assert admin.get("/for-staff/").status_code == 302


def test_a_row_says_nothing_of_other_methods() -> None:
    row = Row(ANYBODY, ANYBODY)
    assert row.may("PUT") == row.may("DELETE") == row.may("") == frozenset()

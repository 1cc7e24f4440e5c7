"""The first page."""

import pytest
from pytest_django import Settings

from rooms.links import new_link
from rooms.models import Room
from tests.people import Person
from tests.rooms.views.asked import changes_nothing, is_private, refuses_methods

pytestmark = pytest.mark.django_db


def test_it_is_for_everybody(
    owner: Person, member: Person, guest: Person, stranger: Person, anonymous: Person
) -> None:
    for person in (owner, member, guest, stranger, anonymous):
        page = person.get("/")
        assert page.status_code == 200
        is_private(page)
        changes_nothing(person, "/")


def test_it_leads_to_ones_own_rooms_or_to_an_account(
    owner: Person, anonymous: Person
) -> None:
    assert 'href="/rooms/"' in owner.get("/").content.decode()
    assert 'href="/accounts/signup/' in anonymous.get("/").content.decode()


def test_one_click_starts_a_meeting(owner: Person, anonymous: Person) -> None:
    assert 'action="/rooms/start/"' in owner.get("/").content.decode()
    assert 'action="/rooms/start/"' not in anonymous.get("/").content.decode()


@pytest.mark.parametrize("signup", ["invited", "closed"])
def test_no_door_leads_nowhere_where_nobody_may_sign_up(
    anonymous: Person, settings: Settings, signup: str
) -> None:
    settings.SIGNUP = signup

    page = anonymous.get("/").content.decode()

    assert "/accounts/signup/" not in page
    assert 'href="/accounts/login/' in page


@pytest.mark.parametrize(
    "written", ["{0}", "http://localhost:8000/r/{0}/", " {0} ", "HTTPS://X.ORG/r/{0}"]
)
def test_a_link_leads_to_its_call(anonymous: Person, room: Room, written: str) -> None:
    answer = anonymous.post("/", {"link": written.format(room.link).replace("-", "")})

    assert (answer.status_code, answer["Location"]) == (302, room.get_absolute_url())


def test_an_unknown_link_is_answered_by_the_next_page(anonymous: Person) -> None:
    link = new_link()

    answer = anonymous.post("/", {"link": link})

    assert answer["Location"] == f"/r/{link}/"
    assert anonymous.get(answer["Location"]).status_code == 404


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "Paste the link"), ("https://example.org/", "not a link to a room")],
)
def test_what_is_no_link_is_said_beside_the_field(
    anonymous: Person, typed: str, words: str
) -> None:
    page = anonymous.post("/", {"link": typed})

    assert page.status_code == 200
    assert words in page.context["link_form"].errors["link"][0]
    assert page.context["link_form"]["link"].value() == typed
    assert words in page.content.decode()


def test_it_leads_to_no_other_site(anonymous: Person) -> None:
    answer = anonymous.post("/", {"link": f"https://evil.example/r/{new_link()}/"})

    assert answer["Location"].startswith("/r/")


def test_it_takes_no_other_method(owner: Person) -> None:
    refuses_methods(owner, "/", ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(db: None) -> None:
    person = Person(enforce_csrf_checks=True)

    assert person.post("/", {"link": new_link()}).status_code == 403

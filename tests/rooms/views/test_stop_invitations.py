"""No more invitations by mail, by a link that only a mail holds."""

from urllib.parse import urlsplit

import pytest

from rooms.invitations.stopping import is_stopped, stop_url
from rooms.models import NoMail
from rooms.models.postage import address_hash
from tests.people import Person
from tests.rooms.views.asked import changes_nothing, is_private, refuses_methods

pytestmark = pytest.mark.django_db

ADDRESS = "tomas@example.org"


@pytest.fixture
def url() -> str:
    return urlsplit(stop_url(ADDRESS)).path


def test_it_asks_then_stops_and_can_be_undone(
    anonymous: Person, stranger: Person, url: str
) -> None:
    for person in (anonymous, stranger):
        page = person.get(url)
        assert page.status_code == 200
        assert "No more invitations by mail?" in page.content.decode()
        is_private(page)
        changes_nothing(person, url)

        for _ in range(2):
            answer = person.post(url, {"act": "stop"})
            assert (answer.status_code, answer["Location"]) == (302, url)
        assert is_stopped(address_hash(ADDRESS.upper()))
        assert "You get no invitations by mail" in person.get(url).content.decode()

        person.post(url, {"act": "allow"})
        assert not is_stopped(address_hash(ADDRESS))


def test_neither_the_link_nor_the_database_says_the_address(
    anonymous: Person, url: str
) -> None:
    anonymous.post(url)

    row = NoMail.objects.values().get()
    for kept in (url, str(row), anonymous.get(url).content.decode()):
        assert "tomas" not in kept
        assert "example.org" not in kept


def test_a_link_that_is_not_ours_changes_nothing(anonymous: Person, url: str) -> None:
    forged = url.replace(address_hash(ADDRESS), address_hash("june@example.org"))
    for wrong in (forged, f"{url[:-2]}/", "/mail/stop/nothing/", "/mail/stop/a.b/"):
        assert anonymous.get(wrong).status_code == 404
        assert anonymous.post(wrong).status_code == 404
    assert not NoMail.objects.exists()


def test_it_takes_no_other_method(anonymous: Person, url: str) -> None:
    refuses_methods(anonymous, url, ("PUT", "PATCH", "DELETE"))


def test_it_needs_the_token(url: str) -> None:
    assert Person(enforce_csrf_checks=True).post(url).status_code == 403
    assert not NoMail.objects.exists()

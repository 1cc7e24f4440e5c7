"""The icon, where browsers look for it by themselves."""

from django.contrib.staticfiles import finders

from tests.people import Person
from tests.rooms.views.asked import refuses_methods

URL = "/favicon.ico"


def test_it_leads_everybody_to_the_icon(
    owner: Person, member: Person, guest: Person, stranger: Person, anonymous: Person
) -> None:
    for person in (owner, member, guest, stranger, anonymous):
        answer = person.get(URL)
        assert (answer.status_code, answer["Location"]) == (
            302,
            "/static/icons/favicon.svg",
        )
    assert finders.find("icons/favicon.svg")


def test_caches_keep_it_and_it_makes_nobody_known(anonymous: Person) -> None:
    answer = anonymous.get(URL)

    assert "public" in answer["Cache-Control"]
    assert not answer.cookies


def test_it_takes_no_other_method(owner: Person) -> None:
    refuses_methods(owner, URL, ("POST", "PUT", "PATCH", "DELETE"))

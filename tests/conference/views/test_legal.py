"""Who runs the site: written by them, or not there."""

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from conference.models import SiteText
from tests.people import Person
from tests.rooms.views.asked import changes_nothing, is_private, refuses_methods

pytestmark = pytest.mark.django_db

TEXTS = "/admin/conference/sitetext/"


@pytest.fixture
def written(db: None) -> SiteText:
    return SiteText.objects.create(place="legal", text="The choir\nMill Lane 3")


def test_it_is_not_there_until_it_is_written(
    owner: Person, guest: Person, anonymous: Person
) -> None:
    for person in (owner, guest, anonymous):
        assert person.get("/legal/").status_code == 404
        assert "/legal/" not in person.get("/").content.decode()


def test_then_it_is_for_everybody(
    written: SiteText,
    owner: Person,
    member: Person,
    guest: Person,
    stranger: Person,
    anonymous: Person,
) -> None:
    for person in (owner, member, guest, stranger, anonymous):
        page = person.get("/legal/")
        assert page.status_code == 200
        said = page.content.decode()
        assert "<h1>Legal notice</h1>" in said
        assert said.index("The choir") < said.index("<br>") < said.index("Mill Lane 3")
        assert 'href="/legal/"' in person.get("/").content.decode()
        is_private(page)
        changes_nothing(person, "/legal/")


def test_an_administrator_writes_it(admin: Person, anonymous: Person) -> None:
    sent = {"place": "legal", "text": "# Who we are\n\nThe choir."}
    assert admin.post(f"{TEXTS}add/", sent).status_code == 302
    assert "The choir." in anonymous.get("/legal/").content.decode()

    again = admin.post(f"{TEXTS}add/", sent)
    assert "place" in again.context["adminform"].errors

    text = SiteText.objects.get()
    admin.post(f"{TEXTS}{text.pk}/delete/", {"post": "yes"})
    assert anonymous.get("/legal/").status_code == 404


def test_nobody_else_writes_it(
    owner: Person, guest: Person, anonymous: Person, written: SiteText
) -> None:
    for person in (owner, guest, anonymous):
        assert person.get(TEXTS).status_code == 302
        assert person.post(f"{TEXTS}add/", {"place": "privacy"}).status_code == 302
    assert SiteText.objects.count() == 1


def test_it_takes_no_other_method(written: SiteText, owner: Person) -> None:
    refuses_methods(owner, "/legal/", ("POST", "PUT", "PATCH", "DELETE"))


@pytest.mark.django_db(transaction=True)
@override_settings(LEGAL_NOTICE_SECONDS=3600)
def test_footers_ask_once_and_know_at_once_what_changes(anonymous: Person) -> None:
    def shown() -> bool:
        with CaptureQueriesContext(connection) as queries:
            text = anonymous.get("/privacy/").content.decode()
        asked.append(sum("'legal'" in query["sql"] for query in queries))
        return 'href="/legal/"' in text

    asked: list[int] = []
    text = SiteText.objects.create(place="legal", text="The choir")
    assert shown()
    assert shown()
    text.delete()
    assert not shown()
    assert not shown()
    assert asked == [1, 0, 1, 0]

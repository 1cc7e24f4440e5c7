"""What the site keeps of people, for everybody to read."""

import re

import pytest
from django.conf import settings

from conference.models import SiteText
from conference.texts import default_privacy
from tests.people import Person
from tests.rooms.views.asked import changes_nothing, is_private, refuses_methods

pytestmark = pytest.mark.django_db

HOSTILE = '<script>alert(1)</script> http://example.org/"><img src=x onerror=a>'


def test_it_is_for_everybody(
    owner: Person, member: Person, guest: Person, stranger: Person, anonymous: Person
) -> None:
    for person in (owner, member, guest, stranger, anonymous):
        page = person.get("/privacy/")
        assert page.status_code == 200
        assert "<h1>Privacy</h1>" in page.content.decode()
        assert "goes from browser to browser, encrypted" in page.content.decode()
        is_private(page)
        changes_nothing(person, "/privacy/")


def test_every_page_leads_there(owner: Person, anonymous: Person) -> None:
    for person, path in ((owner, "/rooms/"), (anonymous, "/"), (anonymous, "/no/")):
        assert 'href="/privacy/"' in person.get(path).content.decode()


def test_the_site_may_say_it_in_its_own_words(anonymous: Person) -> None:
    SiteText.objects.create(
        place="privacy", text="# We\nkeep bread.\nAsk bread@example.org."
    )

    page = anonymous.get("/privacy/").content.decode()

    assert "<h2>We" in " ".join(page.split()).replace("<h2> ", "<h2>")
    assert 'href="mailto:bread@example.org"' in page
    assert "goes from browser to browser" not in page


def test_an_administrator_begins_with_the_words_of_the_product(admin: Person) -> None:
    form = admin.get("/admin/conference/sitetext/add/").context["adminform"].form
    assert form.initial["place"] == "privacy"
    assert form.initial["text"] == default_privacy()

    sent = {"place": "privacy", "text": form.initial["text"]}
    before = admin.get("/privacy/").content
    assert admin.post("/admin/conference/sitetext/add/", sent).status_code == 302
    assert admin.get("/privacy/").content.count(b"<h2>") == before.count(b"<h2>")
    form = admin.get("/admin/conference/sitetext/add/").context["adminform"].form
    assert form.initial == {"place": "legal"}


def test_nothing_in_it_is_markup(anonymous: Person) -> None:
    SiteText.objects.create(place="privacy", text=HOSTILE)

    page = anonymous.get("/privacy/").content.decode()

    assert "&lt;script&gt;alert(1)" in page
    assert "<img" not in page
    assert 'href="http://example.org/"' in page


def test_it_takes_no_other_method(owner: Person) -> None:
    refuses_methods(owner, "/privacy/", ("POST", "PUT", "PATCH", "DELETE"))


def test_the_cookies_that_are_there_are_those_it_names(owner: Person) -> None:
    """Whoever adds one has to say so on this page."""
    named = {name for name in dir(settings) if name.endswith("_COOKIE_NAME")}
    assert named == {
        "CSRF_COOKIE_NAME",
        "GUEST_COOKIE_NAME",
        "KNOWN_COOKIE_NAME",
        "LANGUAGE_COOKIE_NAME",
        "PASSKEY_COOKIE_NAME",
        "ROOM_PASSWORD_COOKIE_NAME",
        "SESSION_COOKIE_NAME",
    }
    text = default_privacy()
    (cookies,) = (part for part in text.split("\n\n") if part.startswith("One cookie"))
    # The last is that of the messages framework.
    assert len(re.findall(r"\bone\b", cookies.lower())) == len(named) + 1

"""How devices on the local network come to trust the site, and its certificate."""

from pathlib import Path

import pytest
from cryptography import x509
from pytest_django import Settings

from conference.certificates import fingerprint
from conference.tls import store
from tests.pages.page import Page
from tests.people import Person
from tests.rooms.views.asked import changes_nothing, is_private, refuses_methods

pytestmark = pytest.mark.django_db

PAGE, CERTIFICATE = "/lan/", "/lan/ca.crt"


@pytest.fixture
def _lan(settings: Settings, tmp_path: Path) -> None:
    """As after `make run LAN=1`."""
    settings.LAN = True
    settings.DATA_DIR = tmp_path
    store().prepare()


@pytest.mark.usefixtures("_lan")
def test_everybody_reads_how_to_trust_it(
    owner: Person, member: Person, guest: Person, stranger: Person, anonymous: Person
) -> None:
    for person in (owner, member, guest, stranger, anonymous):
        answer = person.get(PAGE)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert not Page(text).faults()
        for device in ("iPhone", "Android", "Mac", "Windows", "Linux", "Firefox"):
            assert device in text


@pytest.mark.usefixtures("_lan")
def test_everybody_gets_the_certificate_and_nobody_its_key(
    owner: Person, anonymous: Person
) -> None:
    for person in (owner, anonymous):
        answer = person.get(CERTIFICATE)
        assert answer.headers["Content-Type"] == "application/x-x509-ca-cert"
        assert answer.content == store().public.read_bytes()
        assert b"PRIVATE" not in answer.content
        found = x509.load_pem_x509_certificate(answer.content)
        constraints = found.extensions.get_extension_for_class(x509.BasicConstraints)
        assert constraints.value.ca


@pytest.mark.usefixtures("_lan")
def test_the_page_shows_the_fingerprint_of_what_it_gives(anonymous: Person) -> None:
    given = anonymous.get(CERTIFICATE).content
    shown = fingerprint(x509.load_pem_x509_certificate(given))
    assert shown in anonymous.get(PAGE).content.decode()


@pytest.mark.usefixtures("_lan")
@pytest.mark.parametrize("url", [PAGE, CERTIFICATE])
def test_only_reading(anonymous: Person, url: str) -> None:
    refuses_methods(anonymous, url, ("POST", "PUT", "PATCH", "DELETE"))
    assert Person(enforce_csrf_checks=True).post(url).status_code == 403
    changes_nothing(anonymous, url)
    is_private(anonymous.get(url))


@pytest.mark.parametrize("url", [PAGE, CERTIFICATE])
def test_without_lan_there_is_no_such_page(
    owner: Person, anonymous: Person, settings: Settings, url: str
) -> None:
    assert settings.LAN is False
    assert owner.get(url).status_code == anonymous.get(url).status_code == 404


@pytest.mark.parametrize("url", [PAGE, CERTIFICATE])
def test_before_a_certificate_is_made_there_is_no_such_page(
    anonymous: Person, settings: Settings, tmp_path: Path, url: str
) -> None:
    settings.LAN = True
    settings.DATA_DIR = tmp_path
    assert anonymous.get(url).status_code == 404

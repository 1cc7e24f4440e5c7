"""No line of the log opens a door to whoever reads it."""

import io
import logging
from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC

from conference.log import SECRET_PLACES, without_secrets
from rooms.invitations.stopping import stop_url
from rooms.models import Invitation, Room
from tests.people import Person
from tests.people import anonymous as anonymous
from tests.people import owner as owner
from tests.people import room as room
from tests.site.addresses import routes

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the site writes, by the handler and the format of its own settings."""
    [console] = [
        handler
        for handler in logging.getLogger().handlers
        if handler.get_name() == "console"
    ]
    assert isinstance(console, logging.StreamHandler)
    written = io.StringIO()
    before = console.setStream(written)
    yield written
    console.setStream(before)


@pytest.fixture
def paths(room: Room, owner: Person) -> dict[str, str]:
    """Addresses that open something, with what is secret of each."""
    _, token = Invitation.objects.issue(room=room, made_by=owner.user, role="guest")
    address = EmailAddress.objects.create(user=owner.user, email=owner.user.email)
    key = EmailConfirmationHMAC.create(address).key
    signed = stop_url("june@example.org").rstrip("/").rpartition("/")[2]
    reset = "1-d3k2ab-0123456789abcdef"
    return {
        f"/i/{token}/": token,
        f"/r/{room.link}/": room.link,
        f"/r/{room.link}/invitations/": room.link,
        f"/mail/stop/{signed}/": signed,
        f"/accounts/confirm-email/{key}/": key,
        f"/accounts/password/reset/key/{reset}/": reset,
    }


def test_a_post_without_its_token_is_logged_without_the_link(
    paths: dict[str, str], log: io.StringIO
) -> None:
    browser = Person(enforce_csrf_checks=True)
    for path, secret in paths.items():
        assert browser.post(path).status_code == 403
        said = log.getvalue()
        assert "django.security.csrf: Forbidden (CSRF cookie not set.)" in said
        assert secret not in said
        assert path.replace(secret, "-") in said
        log.truncate(0)


def test_what_is_not_there_any_more_is_logged_without_the_link(
    paths: dict[str, str], room: Room, log: io.StringIO, anonymous: Person
) -> None:
    Invitation.objects.all().delete()
    room.delete()
    EmailAddress.objects.all().delete()
    for path, secret in paths.items():
        anonymous.get(f"{path}?next={path}")
        anonymous.get(f"{path}nothing/")
        anonymous.generic("DELETE", path)
        assert secret not in log.getvalue()
    assert "django.request: Not Found: /i/-/" in log.getvalue()


def test_nor_does_a_traceback_tell_it(
    paths: dict[str, str],
    log: io.StringIO,
    anonymous: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(f"at {' '.join(paths)} and http://localhost{path}")

    anonymous.raise_request_exception = False
    path = next(iter(paths))
    monkeypatch.setattr("rooms.models.Invitation.objects.by_token", fails)

    assert anonymous.get(path).status_code == 500

    assert "RuntimeError: at /i/-/ /r/-/ /r/-/invitations/" in log.getvalue()
    for each in paths.values():
        assert each not in log.getvalue()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("GET /i/abc HTTP/1.1", "GET /i/- HTTP/1.1"),
        ("/login/?next=/i/abc/&a=b", "/login/?next=/i/-/&a=b"),
        ("/login/?next=%2Fr%2Fabc%2Fqr.svg", "/login/?next=%2Fr%2F-"),
        ("https://call.example.org/r/abc/", "https://call.example.org/r/-/"),
        ("/rooms/ /i/ /privacy/", "/rooms/ /i/ /privacy/"),
        ("/static/icons/a.svg", "/static/icons/a.svg"),
    ],
)
def test_the_rest_stays_readable(said: str, shown: str) -> None:
    assert without_secrets(said) == shown


def test_every_address_with_a_secret_is_known() -> None:
    known = tuple(f"{place}/" for place in SECRET_PLACES)
    parts = ("token>", "link>", "signed>", "key>", "uidb36>")
    found = [
        route.replace("^", "")
        for route, _ in routes()
        if any(part in route for part in parts)
    ]
    assert len(found) > 15
    assert not [route for route in found if not route.startswith(known)]

"""What holds at every address of the site, whoever asks."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.http.response import HttpResponseBase
from django.test.utils import CaptureQueriesContext

from tests.people import Person
from tests.rooms.views.asked import WRITES
from tests.site.addresses import Address, addresses
from tests.site.world import World

pytestmark = pytest.mark.django_db

OWN_BOOKS = ("cache_entries",)
"""The counts of limits: no fact of the site."""

REMEMBERED = {"accounts/2fa/webauthn/reauthenticate/"}
"""What a passkey is asked there is kept in the session of the one who is asked."""

AS_A_PROGRAM = {"Accept": "application/json", "X-Requested-With": "XMLHttpRequest"}

FOR_ANYONE = re.compile(r"^(favicon\.ico|offline|accounts/pictures/)")
"""What holds nothing private may be kept by caches."""

EMBEDDED = {"default-src 'none'", "object-src 'none'", "frame-ancestors 'none'"}


@pytest.fixture
def people(
    owner: Person,
    member: Person,
    stranger: Person,
    guest: Person,
    anonymous: Person,
    admin: Person,
) -> dict[str, Person]:
    return {
        "owner": owner,
        "member": member,
        "stranger": stranger,
        "guest": guest,
        "anonymous": anonymous,
        "admin": admin,
    }


def everywhere(
    world: World, people: dict[str, Person]
) -> Iterator[tuple[str, Person, Address]]:
    """Everybody at every address; the administration's all refuse strangers alike."""
    for address in addresses(world.parts):
        for name, person in people.items():
            if not address.route.startswith("admin/") or name in ("member", "admin"):
                yield f"{name} at {address.path}", person, address


def written(queries: CaptureQueriesContext, route: str = "") -> list[str]:
    own = OWN_BOOKS + (("django_session",) if route in REMEMBERED else ())
    return [
        query["sql"]
        for query in queries.captured_queries
        if query["sql"].upper().startswith(WRITES)
        and not any(book in query["sql"] for book in own)
    ]


def guarded(answer: HttpResponseBase) -> Iterator[str]:
    """What is missing of the headers that every answer of Django has."""
    headers = answer.headers
    policy = {part.strip() for part in headers["Content-Security-Policy"].split(";")}
    if not policy >= EMBEDDED and policy != {
        "default-src 'none'",
        "frame-ancestors 'none'",
    }:
        yield f"policy {policy}"
    if "unsafe" in headers["Content-Security-Policy"]:
        yield "an unsafe policy"
    if "camera=" not in headers.get("Permissions-Policy", ""):
        yield "Permissions-Policy"
    for name, value in (
        ("Referrer-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
    ):
        if headers.get(name) != value:
            yield name


@pytest.mark.parametrize("headers", [{}, AS_A_PROGRAM])
def test_looking_changes_nothing_and_is_guarded(
    world: World, people: dict[str, Person], headers: dict[str, str]
) -> None:
    with_devices = set()
    for where, person, address in everywhere(world, people):
        with CaptureQueriesContext(connection) as queries:
            answer = person.get(address.path, headers=headers)
        assert answer.status_code < 500, where
        assert not written(queries, address.route), where
        assert not list(guarded(answer)), where
        if not FOR_ANYONE.match(address.route):
            assert is_private(answer), where
        if "camera=(self)" in answer.headers["Permissions-Policy"]:
            with_devices.add(address.route)
    assert with_devices == {"r/<str:link>/"}


def is_private(answer: HttpResponseBase) -> bool:
    kept = answer.headers["Cache-Control"]
    return "private" in kept and "no-store" in kept


def test_a_change_needs_the_token_of_a_page_of_ours(
    world: World, people: dict[str, Person]
) -> None:
    for where, person, address in everywhere(world, people):
        person.handler.enforce_csrf_checks = True
        with CaptureQueriesContext(connection) as queries:
            answer = person.post(address.path)
        assert answer.status_code == 403, where
        assert not written(queries), where
        assert not list(guarded(answer)), where


def test_no_other_method_changes_anything(
    world: World, owner: Person, admin: Person
) -> None:
    for where, person, address in everywhere(world, {"owner": owner, "admin": admin}):
        for method in ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
            with CaptureQueriesContext(connection) as queries:
                answer = person.generic(method, address.path)
            assert answer.status_code < 500, f"{method}, {where}"
            assert not written(queries, address.route), f"{method}, {where}"
            assert not list(guarded(answer)), f"{method}, {where}"


def test_private_places_are_not_for_search_engines(
    world: World, anonymous: Person
) -> None:
    for address in addresses(world.parts):
        if address.route.startswith(("r/", "i/", "mail/")):
            answer = anonymous.get(address.path)
            said = answer.headers.get("X-Robots-Tag", "") + answer.content.decode()
            page = answer.headers.get("Content-Type", "").startswith("text/html")
            shown = page and answer.status_code == 200
            assert "noindex" in said or not shown, address.path


def test_no_address_is_known_for_its_debugging() -> None:
    assert not settings.DEBUG

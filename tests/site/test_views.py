"""Every view of ours is asked the same questions, and has a file that asks more.

Pages of allauth's get theirs in tests/accounts/views/test_alike.py.

The table names each with its file and with what it answers to a bare GET and a bare
POST by the room's owner, a member, a stranger with an account, a guest and somebody who
was never here. A view that is missing here, or answers otherwise, fails.

A file asks a question if it says so in one of these ways: a test of it takes the person
by name; it calls `refuses_methods`; it compares with 404; it makes a browser with
`enforce_csrf_checks`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from conference.env import BASE_DIR
from rooms.links import new_link
from tests.people import Person
from tests.site.addresses import Address, addresses
from tests.site.world import World

pytestmark = pytest.mark.django_db

ROOMS, ACCOUNTS = "tests/rooms/views", "tests/accounts/views"
SITE = "tests/conference/views"


@dataclass(frozen=True)
class View:
    """`got` and `posted` are for owner, member, stranger, guest, anonymous."""

    file: str
    got: str
    posted: str = "405 405 405 405 405"


FOR_ALL, NONE = "200 200 200 200 200", "404 404 404 404 404"
ONES_OWN, LED = "200 200 200 302 302", "302 302 302 302 302"
NO_GET = "405 405 405 405 405"
OWNERS = "200 403 404 302 302"

VIEWS = {
    "favicon": View(f"{SITE}/test_favicon.py", LED),
    "doctor-echo": View("tests/conference/doctor/test_page.py", NONE),
    "doctor": View("tests/conference/doctor/test_page.py", LED),
    "lan": View(f"{SITE}/test_lan.py", NONE),
    "lan-authority": View(f"{SITE}/test_lan.py", NONE),
    "privacy": View(f"{SITE}/test_privacy.py", FOR_ALL),
    "legal": View(f"{SITE}/test_legal.py", FOR_ALL),
    "offline": View(f"{SITE}/test_offline.py", FOR_ALL),
    "offline-worker": View(f"{SITE}/test_offline.py", FOR_ALL),
    "profile": View(f"{ACCOUNTS}/test_profile.py", ONES_OWN, ONES_OWN),
    "appearance": View(f"{ACCOUNTS}/test_appearance.py", NO_GET, ONES_OWN),
    "picture-change": View(f"{ACCOUNTS}/test_pictures.py", NO_GET, ONES_OWN),
    "picture-remove": View(f"{ACCOUNTS}/test_pictures.py", NO_GET, LED),
    "picture": View(f"{ACCOUNTS}/test_pictures.py", NONE),
    "export": View(f"{ACCOUNTS}/test_export.py", LED, LED),
    "delete-account": View(f"{ACCOUNTS}/test_delete_account.py", LED, LED),
    "usersessions_list": View(f"{ACCOUNTS}/test_sessions.py", ONES_OWN, LED),
    "mfa_view_recovery_codes": View(f"{ACCOUNTS}/test_second_step.py", LED),
    "mfa_download_recovery_codes": View(f"{ACCOUNTS}/test_second_step.py", LED),
    "openid_connect_login": View("tests/accounts/test_provider.py", NONE, NONE),
    "openid_connect_callback": View("tests/accounts/test_provider.py", NONE),
    "home": View(f"{ROOMS}/test_home.py", FOR_ALL, FOR_ALL),
    "my-rooms": View(f"{ROOMS}/test_my_rooms.py", ONES_OWN),
    "new-room": View(f"{ROOMS}/test_new_room.py", ONES_OWN, ONES_OWN),
    "start-meeting": View(f"{ROOMS}/test_start_meeting.py", NO_GET, LED),
    "call": View(f"{ROOMS}/test_call.py", FOR_ALL),
    "room": View(f"{ROOMS}/test_room.py", OWNERS, OWNERS),
    "room-delete": View(f"{ROOMS}/test_delete.py", NO_GET, "302 403 404 302 302"),
    "room-qr": View(f"{ROOMS}/test_qr.py", FOR_ALL),
    "room-order": View(f"{ROOMS}/test_order.py", NO_GET, "302 403 404 302 302"),
    "room-kept-out": View(f"{ROOMS}/test_kept_out.py", NO_GET, "404 403 404 302 302"),
    "room-password-change": View(
        f"{ROOMS}/test_room_password.py", NO_GET, "200 403 404 302 302"
    ),
    "room-new-link": View(f"{ROOMS}/test_new_link.py", OWNERS, "302 403 404 302 302"),
    "room-people": View(
        f"{ROOMS}/test_people.py", "302 403 404 302 302", "404 403 404 302 302"
    ),
    "room-resign": View(f"{ROOMS}/test_resign.py", NO_GET, "403 302 404 302 302"),
    "room-invitations": View(f"{ROOMS}/test_invitations.py", OWNERS, OWNERS),
    "invitation-revoke": View(
        f"{ROOMS}/test_invitation_revoke.py", OWNERS, "302 403 404 302 302"
    ),
    "invitation-again": View(
        f"{ROOMS}/test_invitation_again.py", NO_GET, "302 403 404 302 302"
    ),
    "room-password": View(f"{ROOMS}/test_password.py", LED, LED),
    "room-ticket": View(f"{ROOMS}/test_ticket.py", NO_GET, FOR_ALL),
    "left": View(f"{ROOMS}/test_left.py", FOR_ALL),
    "invitation": View(f"{ROOMS}/test_invitation.py", FOR_ALL, LED),
    "stop-invitations": View(f"{ROOMS}/test_stop_invitations.py", FOR_ALL, LED),
}

NOT_ASKED: dict[tuple[str, str], str] = {}
"""Questions that make no sense at a view, with the reason."""


def names(table: URLResolver | None = None) -> Iterator[str]:
    """Of all addresses beside the administration's lists, which are Django's."""
    for entry in (table or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            yield entry.name or entry.callback.__module__
        elif entry.namespace != "admin":
            yield from names(entry)


def test_every_view_stands_in_the_table() -> None:
    """Pages of allauth's may, where one of ours stands in for it."""
    of_allauth = set(names(get_resolver("allauth.urls")))
    assert set(names()) - of_allauth <= set(VIEWS) <= set(names())


@pytest.fixture
def places(world: World) -> dict[str, Address]:
    """Where each view is, the first of a name winning as it does in Django."""
    found: dict[str, Address] = {}
    for address in addresses(world.parts):
        if ":" not in address.name:
            found.setdefault(address.name, address)
    return found


@pytest.fixture
def people(
    owner: Person, member: Person, stranger: Person, guest: Person, anonymous: Person
) -> tuple[Person, ...]:
    return (owner, member, stranger, guest, anonymous)


@pytest.mark.parametrize("name", VIEWS)
def test_each_is_asked_by_everybody(
    name: str, places: dict[str, Address], people: tuple[Person, ...]
) -> None:
    path = places[name].path
    got = [person.get(path).status_code for person in people]
    assert " ".join(map(str, got)) == VIEWS[name].got
    # Whoever asks last changes nothing for those before.
    posted = [person.post(path).status_code for person in reversed(people)]
    assert " ".join(map(str, reversed(posted))) == VIEWS[name].posted


@pytest.mark.parametrize("name", VIEWS)
def test_none_takes_another_method(
    name: str, places: dict[str, Address], owner: Person
) -> None:
    for method in ("PUT", "PATCH", "DELETE", "TRACE"):
        answer = owner.generic(method, places[name].path)
        assert answer.status_code == 405, method


def test_what_is_missing_is_told_to_nobody(
    world: World, people: tuple[Person, ...]
) -> None:
    """A room, an invitation and whatever else has a name in its address."""
    missing = {
        **{part: "no-such-thing" for part in world.parts},
        "link": new_link(),
        "name": "f" * 32,
        "provider_id": "another",
    }
    asked = 0
    for address in addresses(missing):
        if address.name not in VIEWS or "<" not in address.route:
            continue
        for person in people[:3]:
            for answer in (person.get(address.path), person.post(address.path)):
                assert answer.status_code in (404, 405), address.path
                asked += answer.status_code == 404
    assert asked > 40


@dataclass
class Asked:
    """What a file of tests says of itself."""

    people: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    numbers: set[object] = field(default_factory=set)

    @classmethod
    def by(cls, file: Path) -> "Asked":
        asked = cls()
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                asked.people |= {each.arg for each in node.args.args}
            elif isinstance(node, ast.Name):
                asked.names.add(node.id)
            elif isinstance(node, ast.keyword):
                asked.names.add(node.arg or "")
            elif isinstance(node, ast.Constant):
                asked.numbers.add(node.value)
                asked.people |= {node.value} if isinstance(node.value, str) else set()
        return asked


@pytest.mark.parametrize("name", VIEWS)
def test_its_file_asks_them_too(name: str, places: dict[str, Address]) -> None:
    view, route = VIEWS[name], places[name].route
    asked = Asked.by(BASE_DIR / view.file)
    somebody = {"owner", "confirmed", "here", "admin", "guest", "stranger", "person"}
    questions = {
        "works": bool(asked.people & somebody),
        "anonymous": "anonymous" in asked.people,
        "method": "refuses_methods" in asked.names or 405 in asked.numbers,
    }
    if route.startswith("r/"):
        questions |= {
            "member": "member" in asked.people,
            "stranger": "stranger" in asked.people,
            "guest": "guest" in asked.people,
        }
    if "<" in route:
        questions["missing"] = 404 in asked.numbers
    if view.posted != NO_GET:
        questions["token"] = "enforce_csrf_checks" in asked.names
    unasked = [what for what, is_asked in questions.items() if not is_asked]
    assert [what for what in unasked if (name, what) not in NOT_ASKED] == []

"""Nobody learns which links exist by asking for them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.addresses import vouch_for
from accounts.models import User
from rooms import access, throttle
from rooms.links import new_link
from rooms.models import Membership, Room
from rooms.rights import Act
from rooms.visitors import Visitor
from tests.factories import PASSWORD, make_invitation, make_room
from tests.people import Person
from tests.timing import medians_apart

pytestmark = pytest.mark.django_db

SAMPLES = 40
MOST_APART = 1.15
"""How far the medians of two answers may lie apart, as a ratio."""


@pytest.fixture
def closed(room: Room) -> Room:
    room.change(access=Room.Access.INVITED)
    return room


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is stopped, so that many answers can be compared."""
    monkeypatch.setattr(throttle, "check", lambda _: None)
    monkeypatch.setattr(throttle, "count_miss", lambda *_: None)


def told(page: object, path: str) -> str:
    """The answer without what differs between any two: its own path and its nonce."""
    text = getattr(page, "content", b"").decode()
    text = re.sub(r'(nonce|value)="[^"]*"', "", text)
    return text.replace(path.removesuffix("/"), "…")


def asked(person: Person, path: str) -> tuple[int, str, dict[str, str], int]:
    with CaptureQueriesContext(connection) as queries:
        page = person.get(path)
    headers = dict(page.headers)
    headers.pop("Content-Security-Policy")
    headers.pop("Content-Length", None)
    return page.status_code, told(page, path), headers, len(queries)


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("end", ["", "left/", "room/", "invitations/", "qr.svg"])
def test_closed_and_missing_are_one_answer(
    stranger: Person, closed: Room, end: str
) -> None:
    there = asked(stranger, f"/r/{closed.link}/{end}")
    missing = asked(stranger, f"/r/{new_link()}/{end}")

    assert there[0] == 404
    assert there == missing


def deleting(user: User, link: str) -> Room:
    return access.act(user, link, Act.DELETE)


@pytest.mark.parametrize("rule", [deleting, access.host, access.place])
def test_for_owners_and_members_too_it_is_one_question(
    stranger: Person,
    closed: Room,
    rule: Callable[[User, str], Room],
    django_assert_num_queries: Any,
) -> None:
    for link in (closed.link, new_link()):
        with django_assert_num_queries(1), pytest.raises(Http404):
            rule(stranger.user, link)


@pytest.mark.usefixtures("unguarded", "closed")
def test_so_are_an_unknown_invitation_and_an_unknown_link(
    stranger: Person, anonymous: Person
) -> None:
    for person in (stranger, anonymous):
        link = asked(person, f"/r/{new_link()}/")
        token = asked(person, f"/i/{'a' * 32}/")

        assert token[:2] == link[:2] == (404, link[1])


@pytest.mark.usefixtures("closed")
def test_so_they_are_to_who_guesses(stranger: Person, closed: Room) -> None:
    for _ in range(throttle.GUESSES):
        stranger.get(f"/r/{new_link()}/")

    there, missing = (
        asked(stranger, f"/r/{link}/") for link in (closed.link, new_link())
    )

    assert there[0] == 429
    assert there == missing
    cache.clear()


@pytest.mark.usefixtures("unguarded")
def test_closed_and_missing_take_the_same_time(
    stranger: Person, closed: Room, soak: bool
) -> None:
    ratio = medians_apart(
        lambda: stranger.get(f"/r/{closed.link}/"),
        lambda: stranger.get(f"/r/{new_link()}/"),
        SAMPLES * (5 if soak else 1),
    )

    assert ratio < MOST_APART


def test_the_rule_itself_takes_the_same_time(stranger: Person, closed: Room) -> None:
    """Alone, without the page around it, so that one more question would show."""
    visitor = Visitor(stranger.user, "a-browser")

    def entering(link: str) -> Callable[[], object]:
        def ask() -> None:
            with pytest.raises(Http404):
                access.enter(visitor, link)

        return ask

    def leaking() -> None:
        entering(closed.link)()
        Membership.objects.role_of(closed, stranger.user)

    there, missing = entering(closed.link), entering(new_link())

    assert medians_apart(there, missing, SAMPLES * 5) < MOST_APART
    assert medians_apart(leaking, missing, SAMPLES * 5) > MOST_APART


@pytest.mark.parametrize("role", ["guest", "member"])
def test_sign_up_for_an_invitation_tells_nothing_of_the_address(
    settings: Settings, owner: Person, stranger: Person, role: str
) -> None:
    """Neither to whoever types it, nor to whoever made the invitation."""
    settings.SIGNUP = "invited"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    vouch_for(stranger.user)
    known, free = (
        after_sign_up(email, owner, Room.Access.INVITED, role)
        for email in ("elias@example.org", "emilia@example.org")
    )

    assert known == free
    assert User.objects.filter(email="emilia@example.org").exists()


def test_nor_does_sign_up_by_what_a_guest_accepted(
    settings: Settings, owner: Person, stranger: Person
) -> None:
    settings.SIGNUP = "invited"
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    vouch_for(stranger.user)
    known, free = (
        after_sign_up(email, owner, Room.Access.ANYONE, "guest", accepts=True)
        for email in ("elias@example.org", "emilia@example.org")
    )

    assert known == free
    assert User.objects.filter(email="emilia@example.org").exists()


def after_sign_up(
    email: str, owner: Person, access: str, role: str, *, accepts: bool = False
) -> list[tuple[int, str]]:
    """All that anybody can see after a sign-up with this address, by an invitation."""
    room = make_room(owner.user, access=access)
    uses = 10 if accepts else 1
    invitation, token = make_invitation(room, role=role, uses_limit=uses)
    path, browser = f"/i/{token}/", Person()
    if accepts:
        browser.post(path)
    fields = {"display_name": "M", "email": email, "password1": PASSWORD}
    back = {} if accepts else {"next": path}
    answer = browser.post("/accounts/signup/", {**fields, **back})
    asked_after = [
        *((browser, page) for page in (path, "/accounts/signup/", "/rooms/")),
        *((browser, f"/accounts/signup/?next={path}"), (Person(), path)),
        *((browser, room.get_absolute_url()), (browser, f"/r/{room.link}/left/")),
        (owner, f"/r/{room.link}/room/"),
    ]
    seen = [(answer.status_code, answer["Location"])]
    for person, page in asked_after:
        shown = person.get(page)
        text = told(shown, path)
        # What is random in any two pages: links, names in the database, tickets.
        for own in (token, room.link, invitation.public_id, email):
            text = text.replace(own, "\u2026")
        text = re.sub(r'"(ticket|csrfToken)": "[^"]*"', "", text)
        text = re.sub(r"qr\.svg|data:[^\"]*|<(path|svg)[^>]*>", "", text)
        seen.append((shown.status_code, text))
    return seen

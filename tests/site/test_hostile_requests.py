"""Hostile texts where no form asks for them: queries, paths, cookies, headers."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings

from tests.factories import PASSWORD
from tests.people import Person
from tests.site.addresses import addresses, routes
from tests.site.hostile import HOSTILE
from tests.site.markup import Markup, leads_away
from tests.site.visits import Visit
from tests.site.world import World

pytestmark = pytest.mark.django_db

ASKED = (
    *("next", "q", "o", "p", "page", "e", "all", "_popup", "_to_field", "_facets"),
    *("_changelist_filters", "app_label", "model_name", "field_name", "term"),
    *("code", "state", "error", "process", "scope", "auth_params", "email", "key"),
    *("token", "room", "name", "mine", "invited", "recent", "user__id__exact"),
    *("id__in", "owner__email__regex", "created_at__year", "role__exact"),
)
"""What some page reads of a query, or would if it trusted people."""

COOKIES = (
    settings.SESSION_COOKIE_NAME,
    settings.CSRF_COOKIE_NAME,
    settings.GUEST_COOKIE_NAME,
    settings.KNOWN_COOKIE_NAME,
    settings.LANGUAGE_COOKIE_NAME,
    settings.ROOM_PASSWORD_COOKIE_NAME,
    "messages",
    "anything",
)

HEADERS = (
    *("HTTP_USER_AGENT", "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE", "HTTP_ORIGIN"),
    *("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST"),
    *("HTTP_X_REQUESTED_WITH", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_RANGE"),
    *("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_AUTHORIZATION"),
)

PAGES = ("/", "/accounts/login/", "/rooms/", "/offline/", "/nowhere/", "/admin/")


def turn(start: int, every: int) -> tuple[str, ...]:
    return HOSTILE[start % every :: every]


def faults(answer: Any) -> Iterator[str]:
    """What an answer shows that it was led by the nose."""
    if answer.status_code >= 500 and answer.status_code != 503:
        yield f"answers {answer.status_code}"
    place = answer.headers.get("Location", "")
    if leads_away(place) and not place.startswith("http://testserver/"):
        yield f"leads to {place!r}"
    if any(char in value for value in answer.headers.values() for char in "\r\n\0"):
        yield "breaks a header"
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        yield from Markup(answer.content.decode()).faults


def as_header(text: str) -> str:
    """As a server hands it on: bytes, read as Latin-1; no line break gets this far."""
    return re.sub(r"[\r\n\0]", "", text).encode().decode("latin-1")


def test_queries(visits: list[Visit], soak: bool) -> None:
    told, taken = [], set()
    places = visits if soak else {visit.path: visit for visit in visits}.values()
    for number, visit in enumerate(places):
        for text in turn(number, 20 if soak else 200):
            taken.add(text)
            answer = visit.person.get(visit.path, dict.fromkeys(ASKED, text))
            told += [f"{visit}, {text!r}: {fault}" for fault in faults(answer)]
    assert not told, "\n".join(told[:20])
    assert len(taken) > len(HOSTILE) / 2


def test_parts_of_addresses(
    world: World, owner: Person, admin: Person, soak: bool
) -> None:
    told = []
    parts = {
        part
        for route, _ in routes()
        for part in re.findall(r"<(?:\w+:)?(\w+)>", route)
        if part not in ("app_label", "id")
    }
    for number, text in enumerate(turn(0, 1 if soak else 25)):
        word = quote(text, safe="/" if number % 2 else "")
        filled = world.parts | dict.fromkeys(parts, word)
        keys = [key for key in world.parts if " " in key]
        for address in addresses(filled | dict.fromkeys(keys, word)):
            of_staff = address.path.startswith("/admin/")
            if word not in address.path or (of_staff and number % 5):
                continue
            person = admin if of_staff else owner
            answer = person.get(address.path)
            told += [f"{address.path}: {fault}" for fault in faults(answer)]
    assert not told, "\n".join(told[:20])


def test_cookies(world: World, soak: bool) -> None:
    told = []
    call = f"/r/{world.room.link}/"
    for number, text in enumerate(HOSTILE):
        for cookie in COOKIES if soak else COOKIES[number % len(COOKIES) :][:1]:
            for raw in (as_header(text), quote(text)):
                path = (*PAGES, call)[number % (len(PAGES) + 1)]
                answer = Person().get(path, HTTP_COOKIE=f"{cookie}={raw}")
                told += [f"{path}, {cookie}={raw!r}: {it}" for it in faults(answer)]
    assert not told, "\n".join(told[:20])


def test_headers(world: World, admin: Person) -> None:
    told = []
    call = f"/r/{world.room.link}/"
    for number, text in enumerate(HOSTILE):
        sent: dict[str, Any] = dict.fromkeys(HEADERS, as_header(text))
        path = (*PAGES, call)[number % (len(PAGES) + 1)]
        for answer in (Person().get(path, **sent), admin.post(path, **sent)):
            told += [f"{path}, {text!r}: {fault}" for fault in faults(answer)]
    assert not told, "\n".join(told[:20])


def test_hosts_are_refused(anonymous: Person) -> None:
    for text in HOSTILE:
        answer = anonymous.get("/", HTTP_HOST=as_header(text))
        assert answer.status_code == 400, text
        assert not list(faults(answer)), text


def test_browsers_names_are_shown_as_words(owner: Person, admin: Person) -> None:
    """Log-in keeps what a browser calls itself; people and staff are shown it."""
    for text in HOSTILE[::10]:
        person = Person()
        sent = {"login": owner.user.email, "password": PASSWORD}
        answer = person.post("/accounts/login/", sent, HTTP_USER_AGENT=as_header(text))
        assert answer.status_code == 302
    assert UserSession.objects.filter(user=owner.user).count() == len(HOSTILE[::10])
    for someone, path in (
        (owner, "/accounts/sessions/"),
        (admin, "/admin/usersessions/usersession/?all="),
    ):
        page = someone.get(path)
        assert page.status_code == 200
        assert not list(faults(page)), path

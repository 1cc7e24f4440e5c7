"""Two hundred hostile texts before a real browser: none of them ever does anything.

Every console error, CSP report and uncaught exception fails a test (see conftest); so
do dialogs and requests that leave the site, which are counted here.
"""

from __future__ import annotations

import json
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, Request, expect

from tests.browser.conftest import People
from tests.browser.person import Person, meet
from tests.browser.seat import seat_at
from tests.factories import PASSWORD
from tests.servers import Parley, parley_server
from tests.site.crowd import CHIEF, OWNER
from tests.site.hostile import HOSTILE, as_name, as_written

LISTS = {
    "accounts/user": 202,
    "auth/group": 200,
    "account/emailaddress": 202,
    "mfa/authenticator": 200,
    "socialaccount/socialaccount": 200,
    "usersessions/usersession": 200,
    "rooms/room": 401,
    "rooms/membership": 801,
    "rooms/message": 200,
    "rooms/seat": 200,
    "rooms/invitation": 200,
    "rooms/acceptance": 200,
    "conference/outgoingmail": 200,
    "conference/sitetext": 2,
}
"""The lists of the administration that show somebody's words; each with its least."""

AT_ONCE = 12
"""People who sit in one call beside the two that look."""

TYPE = """(texts) => {
  const form = document.querySelector('[data-part="chat-form"]');
  const box = form.querySelector("textarea");
  for (const text of texts) {
    box.value = text;
    form.requestSubmit();
  }
}"""
"""Sends messages as the form does, in one go."""

Way = dict[str, Any]


@pytest.fixture(scope="module")
def crowded() -> Iterator[tuple[Parley, Way]]:
    """A server whose database is full of them."""
    with parley_server() as server:
        said = server.manage(
            "shell", "--no-imports", "-c", "from tests.site.crowd import fill; fill()"
        )
        yield server, json.loads(said.splitlines()[-1])


class Watch:
    """What pages did that only a text of theirs can have made them do."""

    def __init__(self, server: Parley) -> None:
        self.host = urllib.parse.urlsplit(server.url).netloc
        self.done: list[str] = []
        self.pages = 0

    def over(self, person: Person) -> Person:
        person.page.on("dialog", self._spoke)
        person.context.on("request", self._asked)
        return person

    def _spoke(self, dialog: Dialog) -> None:
        self.done.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, request: Request) -> None:
        url = urllib.parse.urlsplit(request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.netloc != self.host:
            self.done.append(f"request to {request.url}")

    def read(self, person: Person, path: str) -> Page:
        person.goto(path)
        self.pages += 1
        assert not self.done, f"{path}: {self.done}"
        return person.page


@pytest.fixture
def watch(crowded: tuple[Parley, Way]) -> Iterator[Watch]:
    watching = Watch(crowded[0])
    yield watching
    assert not watching.done


@pytest.fixture
def way(crowded: tuple[Parley, Way]) -> Way:
    return crowded[1]


def log_in(people: People, watch: Watch, server: Parley, email: str) -> Person:
    person = watch.over(people(as_name(HOSTILE[0]), server=server))
    person.goto("/accounts/login/")
    person.page.get_by_label("E-mail").fill(email)
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.get_by_role("button", name="Log in", exact=True).click()
    person.page.wait_for_url("**/rooms/**")
    return person


def test_what_is_watched_for_would_be_seen(
    people: People, crowded: tuple[Parley, Way]
) -> None:
    watch = Watch(crowded[0])
    guest = watch.over(people("Guest", server=crowded[0]))
    guest.excuse("CSP|Content.Security.Policy|violates")
    guest.goto("/")
    guest.page.evaluate("() => alert('here')")
    assert watch.done == ["dialog: here"]
    guest.page.evaluate("() => { new Image().src = '//example.org/pixel.gif'; }")
    guest.wait_until(lambda: guest.faults, "reports")
    assert any("example.org" in fault for fault in guest.faults)


def test_lists_of_the_administration(
    people: People, crowded: tuple[Parley, Way], watch: Watch
) -> None:
    chief = log_in(people, watch, crowded[0], CHIEF)
    for path, least in LISTS.items():
        rows, number = 0, 1
        while rows < least:
            page = watch.read(chief, f"/admin/{path}/?p={number}&all=")
            shown = page.locator("#result_list tbody tr").count()
            assert shown, f"{path}: {rows} of {least}"
            rows, number = rows + shown, number + 1
        assert rows == least, path
    names = {as_name(text) for text in HOSTILE}
    page = watch.read(chief, "/admin/rooms/seat/?all=")
    assert {each.strip() for each in page.locator("th a").all_inner_texts()} >= {
        " ".join(name.split()) for name in names if name.isascii()
    }
    watch.read(chief, "/admin/")


def test_pages(people: People, crowded: tuple[Parley, Way], watch: Watch) -> None:
    server, way = crowded
    owner = log_in(people, watch, server, OWNER)
    cards = 0
    for number in range(1, 6):
        for group in ("mine", "invited", "recent"):
            page = watch.read(owner, f"/rooms/?{group}={number}")
        cards += page.locator(".room-card").count()
    assert cards >= len(HOSTILE)
    page = watch.read(owner, f"/r/{way['middle']}/room/")
    assert page.locator("tr, li").filter(has_text="alert(").count() > 20
    for path in (
        *("/", "/accounts/profile/", "/accounts/sessions/", "/accounts/3rdparty/"),
        *("/privacy/", "/legal/", "/accounts/2fa/", "/accounts/email/"),
        *("/accounts/delete/", f"/r/{way['middle']}/left/"),
    ):
        watch.read(owner, path)


def test_pages_of_each(
    people: People, crowded: tuple[Parley, Way], watch: Watch, soak: bool
) -> None:
    """The pages of its own that each text has: room, door, invitation, after the call.

    In a short run for every twentieth.
    """
    server, way = crowded
    owner = log_in(people, watch, server, OWNER)
    guest = watch.over(people("Guest", server=server))
    every = 1 if soak else 20
    for number in range(0, len(HOSTILE), every):
        link, name = way["rooms"][number], as_name(HOSTILE[number])
        page = watch.read(owner, f"/r/{link}/room/")
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        assert page.locator("form input[name=name]").first.input_value() == name
        watch.read(guest, f"/i/{way['invitations'][number]}/")
        guest.open(f"/r/{link}/")
        expect(guest.page).to_have_title(f"{name} · Parley")
        watch.read(guest, f"/r/{link}/left/")


def test_kept_messages_and_those_between_two(
    people: People, crowded: tuple[Parley, Way], watch: Watch
) -> None:
    server, way = crowded
    link = f"/r/{way['middle']}/"
    mira = watch.over(people(as_name(HOSTILE[0]), server=server)).join(link)
    mira.press("Chat")
    expect(mira.written).to_have_count(len(HOSTILE))
    assert written(mira) == [as_written(text) for text in HOSTILE]

    link = f"/r/{way['rooms'][0]}/"
    amara = watch.over(people(as_name(HOSTILE[1]), server=server)).join(link)
    june = watch.over(people(as_name(HOSTILE[2]), server=server)).join(link)
    meet(amara, june)
    amara.press("Chat")
    june.press("Chat")
    amara.page.evaluate(TYPE, HOSTILE)
    sent = [text for each in HOSTILE if (text := as_written(each).strip())]
    expect(june.written).to_have_count(len(sent))
    assert not amara.sent("chat")
    assert [trimmed(text) for text in written(june)] == [trimmed(text) for text in sent]


def written(person: Person) -> list[str]:
    found: list[str] = person.written.evaluate_all(
        "(texts) => texts.map((text) => text.textContent)"
    )
    return found


def trimmed(text: str) -> str:
    """White space at the ends and kinds of line breaks are a text box's own matter."""
    return "".join(text.split()).strip("\ufeff")


def test_names_at_the_door_and_on_tiles(
    people: People, crowded: tuple[Parley, Way], watch: Watch, soak: bool
) -> None:
    """In a short run every fourth of them sits there."""
    server, way = crowded
    link = f"/r/{way['middle']}/"
    mira = watch.over(people("Mira", server=server)).join(link)
    names = [as_name(text) for text in HOSTILE[:: 1 if soak else 4]]
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        with ExitStack() as seats:
            for name in some:
                seats.enter_context(seat_at(server.url, link)).join(name)
            expect(mira.tiles).to_have_count(len(some) + 1)
            for name in some:
                assert mira.tiles.filter(has_text=name).count(), name
            if start == 0 or soak:
                guest = watch.over(people("Guest", server=server))
                guest.open(link)
                assert not watch.done
        expect(mira.tiles).to_have_count(1)

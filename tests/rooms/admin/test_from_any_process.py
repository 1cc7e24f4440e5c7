"""Two real processes and a real Redis: whichever answers a moderator, calls obey."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from websockets.exceptions import ConnectionClosed

from tests.browser.visitor import PASSWORD, Visitor
from tests.rooms.signalling.cluster.site import Person, Site, site
from tests.servers import Parley, wait_until

CHIEF = "chief@example.com"
WITHIN = 1.0
"""Seconds in which it has to happen; a loaded machine gets three times as many."""


@pytest.fixture(scope="module")
def two() -> Iterator[Site]:
    with site(2) as made:
        first = made.servers[0]
        first.env["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
        first.manage("createsuperuser", "--noinput", "--email", CHIEF)
        yield made
        for server in made.servers:
            assert "Traceback" not in server.words()


def chief_at(server: Parley) -> Visitor:
    visitor = Visitor(server.url)
    visitor.log_in(CHIEF)
    return visitor


def number_of(chief: Visitor, path: str) -> str:
    """The call's number in the administration, found by its link, once it is there."""
    link = path.strip("/").rpartition("/")[2]
    found: list[str] = []

    def listed() -> bool:
        page = chief.get(f"/admin/rooms/livecall/?q={link}")
        found[:] = re.findall(r"/admin/rooms/livecall/(\d+)/change/", page)
        return bool(found)

    wait_until(listed, "the call is listed", 20)
    return found[0]


def closes(person: Person) -> int:
    """The code with which the socket is closed, whatever is said before."""
    while True:
        try:
            person.socket.recv(10)
        except ConnectionClosed as end:
            return end.rcvd.code if end.rcvd else 1006


def press(chief: Visitor, call: str, **sent: str) -> float:
    """Press a button of the call's page; when."""
    page = f"/admin/rooms/livecall/{call}/change/"
    begun = time.monotonic()
    chief.post(f"/admin/rooms/livecall/{call}/act/", page, **sent)
    return begun


@pytest.mark.parametrize("asked", [0, 1])
def test_whichever_process_is_asked(two: Site, asked: int) -> None:
    """People sit with both; the room's home is the first one's."""
    home, other = two.servers
    path = two.room()
    amara = two.person(path, "Amara", home)
    mira = two.person(path, "Mira", other)
    amara.until(lambda: mira.seat in amara.people)
    chief = chief_at(two.servers[asked])
    call = number_of(chief, path)

    press(chief, call, act="notice", text="We restart at noon.")
    for person in (amara, mira):
        assert person.hears("announcement")["text"] == "We restart at noon."

    press(chief, call, act="lock")
    for person in (amara, mira):
        person.until(lambda p=person: p.frames[-1]["type"] == "room-changed")  # type: ignore[misc]
        assert person.frames[-1]["room"]["locked"] is True

    page = chief.get(f"/admin/rooms/livecall/{call}/change/")
    assert set(re.findall(r"Amara|Mira", page)) == {"Amara", "Mira"}

    begun = press(chief, call, act="end", seconds="0")
    for person in (amara, mira):
        assert closes(person) == 4411
    assert time.monotonic() - begun < 3 * WITHIN


def test_who_is_removed_is_gone_for_those_at_the_other_process(two: Site) -> None:
    home, other = two.servers
    path = two.room()
    amara = two.person(path, "Amara", home)
    mira = two.person(path, "Mira", other)
    amara.until(lambda: mira.seat in amara.people)
    chief = chief_at(home)
    call = number_of(chief, path)

    def copied() -> str:
        page = chief.get(f"/admin/rooms/livecall/{call}/change/")
        rows = re.findall(
            r'name="person" value="([^"]+)".*?name="name" value="([^"]+)"', page, re.S
        )
        return next((str(person) for person, name in rows if name == "Mira"), "")

    wait_until(copied, "Mira's seat is copied", 20)
    sent = {"act": "ban", "person": copied(), "name": "Mira", "reason": "Shouted"}
    press(chief, call, **sent)

    assert closes(mira) == 4412
    told = amara.hears("peer-revoked")
    assert told["seat"] == mira.seat


def test_each_process_says_how_it_is(two: Site) -> None:
    chief = chief_at(two.servers[0])
    ports = {str(server.port) for server in two.servers}

    def shown() -> bool:
        page = re.sub(r"<[^>]+>", " ", chief.get("/admin/"))
        return ports <= set(re.findall(r"well\s+\S+, 127\.0\.0\.1 port (\d+)", page))

    wait_until(shown, "both processes are well", 40)

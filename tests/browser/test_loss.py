"""What goes wrong by itself: tabs, browsers, servers, paths, rooms."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.browsers import own_chromium
from tests.browser.conftest import NewRoom, People
from tests.browser.person import WAIT_SECONDS, Person, meet
from tests.browser.visitor import Visitor
from tests.servers import Parley, parley_server

pytestmark = pytest.mark.alone


def test_a_closed_tab_is_gone_at_once(
    people: People, new_room: NewRoom, soak: bool
) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    meet(mira, amara)
    amara.page.close(run_before_unload=False)
    mira.wait_until(
        lambda: mira.got("peer-left"), "is told", seconds=2 if soak else WAIT_SECONDS
    )
    assert mira.last("peer-left").message["reason"] == "closed"
    expect(mira.tiles).to_have_count(1)


def test_a_killed_browser_is_grey_first_and_gone_ten_seconds_later(
    people: People, new_room: NewRoom, playwright: Playwright
) -> None:
    room = new_room()
    mira = people("Mira").join(room)
    with own_chromium(playwright) as (browser, process):
        amara = people("Amara", browser=browser).join(room)
        meet(mira, amara)
        process.end(signal.SIGKILL)
        expect(mira.tile("Amara")).to_have_attribute("data-lost", "")
        assert mira.last("peer-away").message["away"]
        assert not mira.got("peer-left")
        # A seat without a socket alone is kept longer: her silence was reported.
        mira.wait_until(lambda: mira.got("peer-left"), "is told", seconds=20)
        assert mira.last("peer-left").message["reason"] == "lost"
        expect(mira.tiles).to_have_count(1)
        people.forget(amara)


@pytest.fixture
def own_server() -> Iterator[Parley]:
    with parley_server() as server:
        yield server


def test_a_restarted_server_interrupts_no_picture(
    people: People, own_server: Parley
) -> None:
    owner = Visitor(own_server.url)
    owner.sign_up("owner@example.com", "Olive Owner")
    room = owner.new_room()
    both = [people(name, server=own_server).join(room) for name in ("Mira", "Amara")]
    meet(*both)
    mira, amara = both
    seats = [person.seat for person in both]
    for person in both:
        # What is fetched after joining says that the server is lost.
        person.page.wait_for_load_state("networkidle")
        person.excuse("WebSocket connection to .* failed")
        person.excuse("net::ERR_CONNECTION_")
    own_server.end(signal.SIGKILL)
    for person in both:
        expect(person.page.get_by_text("Connection to the server lost")).to_be_visible()
        person.frames_grow()
    connections = [[pair["index"] for pair in person.pairs()] for person in both]
    own_server.start()
    for person in both:
        person.wait_for("welcome", 2)
        expect(person.page.get_by_text("Connection to the server lost")).to_be_hidden()
        person.frames_grow()
        expect(person.tiles).to_have_count(2)
    assert [person.seat for person in both] == seats
    assert [
        [pair["index"] for pair in person.pairs()] for person in both
    ] == connections
    # The new server introduces people as the old one did.
    meet(mira, amara, people("June", server=own_server).join(room))


def test_a_connection_that_broke_for_good_is_built_anew(
    people: People, new_room: NewRoom, soak: bool
) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    meet(mira, amara)
    for person in (mira, amara) if soak else (mira,):
        before = len(person.connections())
        person.page.evaluate(
            "() => probe.connections.filter("
            "(one) => one.connectionState === 'connected').forEach("
            "(one) => one.close())"
        )
        person.more_connections(before)
        meet(mira, amara)


def test_a_deleted_room_ends_the_call_for_everybody(
    people: People, new_room: NewRoom, owner: Visitor
) -> None:
    room = new_room()
    both: list[Person] = [people(name).join(room) for name in ("Mira", "Amara")]
    meet(*both)
    owner.post(f"{room}delete/", form=f"{room}room/")
    for person in both:
        expect(person.toolbar).to_be_hidden()
        expect(
            person.page.get_by_role("heading", name="This room is gone")
        ).to_be_visible()
        assert {track["readyState"] for track in person.tracks("video")} == {"ended"}


def test_a_renamed_room_is_renamed_in_the_call(
    people: People, new_room: NewRoom, owner: Visitor
) -> None:
    room = new_room("Friday kitchen table")
    mira = people("Mira").join(room)
    owner.post(f"{room}room/", name="Saturday walk", access="anyone", people_limit="8")
    expect(mira.page.get_by_text("Saturday walk").first).to_be_visible()

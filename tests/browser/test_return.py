"""What a call hardly notices: networks that go, pages that sleep, new servers."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.browsers import own_chromium
from tests.browser.conftest import NewRoom, People
from tests.browser.person import Person, meet
from tests.browser.visitor import Visitor
from tests.servers import Parley, parley_server

pytestmark = pytest.mark.alone

# Writes down which tiles ever turned grey.
WATCH_TILES = """() => {
  window.greyed = [];
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (target.hasAttribute("data-lost")) greyed.push(target.ariaLabel);
    }
  }).observe(document.body, { subtree: true, attributeFilter: ["data-lost"] });
}"""


def watch_tiles(*everybody: Person) -> None:
    for person in everybody:
        person.page.evaluate(WATCH_TILES)


def greyed(person: Person) -> list[str]:
    """Whose tile has been grey on this page since it was watched."""
    found: list[str] = person.page.evaluate("() => greyed")
    return found


def in_use(person: Person) -> list[int]:
    """Which of all connections this page has made are up."""
    return [pair["index"] for pair in person.pairs()]


def since(person: Person) -> int:
    return int(person.last("welcome").message["since"])


@pytest.fixture
def own_server() -> Iterator[Parley]:
    with parley_server() as server:
        yield server


def company(people: People, server: Parley) -> tuple[str, list[Person]]:
    """Three people who see and hear each other, at a server of their own."""
    owner = Visitor(server.url)
    owner.sign_up("owner@example.com", "Olive Owner")
    room = owner.new_room()
    names = ("Mira", "Amara", "Tomas")
    inside = [people(name, server=server).join(room) for name in names]
    meet(*inside)
    for person in inside:
        person.excuse("WebSocket connection to .* failed")
    return room, inside


def test_another_network_is_tried_at_once_beside_the_old_way(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    meet(mira, amara)
    watch_tiles(mira, amara)
    seat, before, used = amara.seat, since(amara), in_use(amara)

    def online_again() -> bool:
        amara.page.evaluate("() => dispatchEvent(new Event('online'))")
        return len(amara.sent("hello")) > 1

    # One attempt in two seconds: the first socket may be younger.
    amara.wait_until(online_again, "tries another socket")
    amara.wait_for("welcome", 2)
    assert (amara.seat, since(amara)) == (seat, before)
    # The second socket is the one that counts from now on.
    amara.press("Mute microphone")
    expect(mira.tile("Amara")).to_have_attribute("data-muted", "")
    mira.meets(1, sound=False)
    assert in_use(amara) == used
    assert not mira.got("peer-left")
    assert len(mira.got("peer-joined")) == 1
    assert greyed(mira) == greyed(amara) == []
    expect(amara.toolbar).to_be_visible()


def test_who_is_offline_for_a_moment_is_seen_by_nobody(
    people: People, new_room: NewRoom
) -> None:
    room = new_room()
    mira, amara = people("Mira").join(room), people("Amara").join(room)
    meet(mira, amara)
    amara.excuse("ERR_INTERNET_DISCONNECTED|WebSocket connection to .* failed")
    watch_tiles(mira, amara)
    seat, used = amara.seat, in_use(amara)
    amara.context.set_offline(True)
    amara.wait_until(lambda: amara.faults, "has tried another way")
    amara.context.set_offline(False)
    meet(mira, amara)
    amara.press("Mute microphone")
    expect(mira.tile("Amara")).to_have_attribute("data-muted", "")
    assert (amara.seat, in_use(amara)) == (seat, used)
    assert not mira.got("peer-left")
    assert len(mira.got("peer-joined")) == 1
    assert greyed(mira) == greyed(amara) == []


def test_a_browser_that_was_stopped_misses_nobody_and_is_not_greyed(
    people: People, new_room: NewRoom, playwright: Playwright
) -> None:
    room = new_room()
    mira = people("Mira").join(room)
    with own_chromium(playwright) as (browser, process):
        amara = people("Amara", browser=browser).join(room)
        meet(mira, amara)
        watch_tiles(mira, amara)
        seat, before = amara.seat, since(amara)
        os.killpg(process.pid, signal.SIGSTOP)
        mira.wait_until(lambda: mira.sent("unheard"), "misses the heartbeat")
        assert mira.sent("unheard")[-1].message["seats"] == [seat]
        # To the server she is there: her socket is open.
        assert not mira.got("peer-away")
        assert greyed(mira) == []
        os.killpg(process.pid, signal.SIGCONT)
        mira.wait_until(
            lambda: mira.sent("unheard")[-1].message["seats"] == [], "hears it again"
        )
        meet(mira, amara)
        assert (amara.seat, since(amara)) == (seat, before)
        assert not mira.got("peer-left")
        assert len(mira.got("peer-joined")) == 1
        assert not amara.sent("unheard")
        assert greyed(amara) == []
        amara.context.close()
        people.forget(amara)


def test_a_server_that_says_when_to_come_back_is_asked_then(
    people: People, own_server: Parley
) -> None:
    room, inside = company(people, own_server)
    watch_tiles(*inside)
    known = [(person.seat, since(person), in_use(person)) for person in inside]
    own_server.end(signal.SIGTERM)
    for person in inside:
        person.wait_for("restarting")
        expect(person.page.get_by_text("Connection to the server lost")).to_be_visible()
    own_server.start()
    for person in inside:
        person.wait_for("welcome", 2)
        expect(person.page.get_by_text("Connection to the server lost")).to_be_hidden()
    meet(*inside)
    for person in inside:
        assert not person.got("peer-left")
        assert greyed(person) == []
    assert [(person.seat, since(person), in_use(person)) for person in inside] == known
    # Who comes now is introduced to everybody.
    meet(*inside, people("June", server=own_server).join(room))


def test_what_was_written_while_the_server_was_away_arrives_once(
    people: People, own_server: Parley
) -> None:
    owner = Visitor(own_server.url)
    owner.sign_up("owner@example.com", "Olive Owner")
    room = owner.new_room(keeps_chat=True)
    mira, amara = (
        people(name, server=own_server).join(room) for name in ("Mira", "Amara")
    )
    meet(mira, amara)
    for person in (mira, amara):
        person.excuse("WebSocket connection to .* failed")
        person.press("Chat")
    mira.write("Before")
    expect(amara.written).to_have_text(["Before"])
    own_server.end(signal.SIGKILL)
    expect(mira.page.get_by_text("Connection to the server lost")).to_be_visible()
    mira.write("While the server is away")
    expect(amara.written).to_have_text(["Before", "While the server is away"])
    own_server.start()
    for person in (mira, amara):
        person.wait_for("welcome", 2)
    amara.write("After")
    for person in (mira, amara):
        expect(person.written).to_have_text(
            ["Before", "While the server is away", "After"]
        )
        expect(
            person.page.get_by_text("Sending…").locator("visible=true")
        ).to_have_count(0)
    # Kept, and each once.
    amara.page.reload()
    amara.is_in()
    amara.press("Chat")
    expect(amara.written).to_have_text(["Before", "While the server is away", "After"])


def test_who_slept_while_the_server_started_anew_is_the_same_when_awake(
    people: People, own_server: Parley, playwright: Playwright
) -> None:
    room, (mira, amara, tomas) = company(people, own_server)
    with own_chromium(playwright) as (browser, process):
        june = people("June", server=own_server, browser=browser).join(room)
        june.excuse("WebSocket connection to .* failed")
        meet(mira, amara, tomas, june)
        seat, before = june.seat, since(june)
        os.killpg(process.pid, signal.SIGSTOP)
        own_server.end(signal.SIGKILL)
        # Who misses somebody asks more often whether the server is there.
        for person in (mira, amara, tomas, june):
            person.excuse("ERR_CONNECTION_REFUSED")
        own_server.start()
        for person in (mira, amara, tomas):
            person.wait_for("welcome", 2)
            # The new server has never heard of her, and nobody hears her either.
            person.wait_until(
                lambda person=person: any(  # type: ignore[misc]
                    frame.message["seats"] for frame in person.sent("unheard")
                ),
                "misses a heartbeat",
            )
            expect(person.tiles).to_have_count(4)
        os.killpg(process.pid, signal.SIGCONT)
        june.wait_for("welcome", 2)
        assert (june.seat, since(june)) == (seat, before)
        meet(mira, amara, tomas, june)
        for person in (mira, amara, tomas, june):
            assert not person.got("peer-left")
        june.context.close()
        people.forget(june)


def test_what_could_not_be_fetched_as_the_call_began_is_fetched_again(
    people: People, new_room: NewRoom
) -> None:
    mira = people("Mira")
    mira.excuse("ERR_FAILED")
    mira.page.route("**/chat_panel*.js", lambda route: route.abort(), times=1)
    mira.join(new_room())
    # Pressed before there is anything to open.
    mira.press("Chat")
    mira.write("Hello")
    expect(mira.written).to_have_text(["Hello"])

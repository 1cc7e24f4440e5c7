"""Stock Firefox meets Chromium, either one first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.bidi import Firefox, firefox
from tests.browser.conftest import PROBE, NewRoom, People
from tests.browser.descriptions import assert_wishes, exchanged
from tests.browser.fox import Fox
from tests.browser.person import Person
from tests.servers import Parley

pytestmark = pytest.mark.alone


@pytest.fixture(scope="module")
def fox_browser() -> Iterator[Firefox]:
    with firefox() as started:
        yield started


@pytest.fixture
def fox(fox_browser: Firefox, server: Parley) -> Iterator[Fox]:
    page = fox_browser.new_page()
    page.preload(PROBE)
    yield Fox(page, "Reynard", server.url)
    assert not page.errors()
    page.close()


def heartbeat(person: Person) -> None:
    """Heartbeats come in, and nobody is missed."""

    def beats() -> int:
        found: int = person.page.evaluate(
            """async () => {
              const up = probe.connections.find(
                (one) => one.connectionState === "connected");
              const report = [...(await up.getStats()).values()];
              const pulse = report.find((part) => part.label === "pulse");
              return pulse?.messagesReceived ?? 0;
            }"""
        )
        return found

    before = beats()
    person.wait_until(lambda: beats() > before + 1, "is sent heartbeats")
    assert not person.sent("unheard")


@pytest.mark.parametrize("first", ["firefox", "chromium"])
def test_firefox_and_chromium_meet(
    fox: Fox, people: People, new_room: NewRoom, first: str
) -> None:
    room, mira = new_room(), people("Mira")
    if first == "firefox":
        fox.join(room)
        mira.join(room)
    else:
        mira.join(room)
        fox.join(room)
    fox.meets(1)
    mira.meets(1)
    expect(mira.tile("Reynard")).to_be_visible()
    said = exchanged(mira)
    assert len(said) >= 2
    for sdp in said:
        assert_wishes(sdp)
    # A screen goes into slots that were empty at first.
    mira.press("Share screen")
    fox.frames_grow(2)
    mira.press("Chat")
    mira.write("Hello fox")
    fox.page.click("button", "Chat")
    fox.wait_for_text("Hello fox")
    fox.write("Hello Mira")
    expect(mira.written).to_have_text(["Hello fox", "Hello Mira"])
    heartbeat(mira)
    fox.page.reload()
    fox.meets(1)
    heartbeat(mira)
    mira.meets(1)

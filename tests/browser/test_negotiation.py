"""Two ends of one pair, the real modules in one page: they meet, cross, start anew."""

from __future__ import annotations

import functools
import http.server
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.alone

ROOT = Path(__file__).resolve().parent.parent.parent
SLOTS = ["audio", "video", "video", "audio"]
SLOWEST_MS = 30
ROUNDS = 40
ROUNDS_IN_FULL = 500
Facts = dict[str, Any]


class Files(http.server.SimpleHTTPRequestHandler):
    """The modules as they lie in the repository."""

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def files() -> Iterator[str]:
    handler = functools.partial(Files, directory=str(ROOT))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def pair(chromium: Browser, files: str) -> Iterator[Page]:
    """A page with two peers that have not met yet; any error in it fails the test."""
    page = chromium.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(f"{files}/tests/browser/harness/pair.html")
    page.wait_for_function("document.title === 'ready'")
    yield page
    page.close()
    assert not faults


def facts(pair: Page) -> list[Facts]:
    return cast("list[Facts]", pair.evaluate("harness.facts()"))


def assert_whole(pair: Page) -> None:
    """Connected, four transceivers both ways, one connection, media that flows."""
    for end in facts(pair):
        assert end["failures"] == []
        assert (end["signalling"], end["connection"]) == ("stable", "connected")
        assert [slot["kind"] for slot in end["transceivers"]] == SLOTS
        assert [slot["direction"] for slot in end["transceivers"]] == ["sendrecv"] * 4
        assert None not in [slot["mid"] for slot in end["transceivers"]]
        assert end["open"] == 1
        assert end["states"][-1] == "connected"
    pair.evaluate("harness.media()")


@pytest.mark.parametrize("prepared", ["", "offered", "gathered"])
def test_two_meet_however_far_the_offer_was_prepared(pair: Page, prepared: str) -> None:
    pair.evaluate("way => harness.connect(way)", {"prepared": prepared})
    assert_whole(pair)


def test_microphone_and_camera_share_a_stream_and_so_do_screen_and_sound(
    pair: Page,
) -> None:
    pair.evaluate("harness.connect()")
    for microphone, camera, screen, sound in pair.evaluate("harness.streams()"):
        assert microphone == camera
        assert screen == sound
        assert microphone != screen


def test_voices_are_asked_for_with_error_correction_and_silence(pair: Page) -> None:
    pair.evaluate("harness.connect()")
    for description in pair.evaluate("harness.remote()"):
        assert {"useinbandfec=1", "usedtx=1"} <= set(re.split(r"[\s;]", description))


def test_a_screen_comes_and_goes_without_negotiation(pair: Page) -> None:
    pair.evaluate("harness.connect()")
    pair.evaluate("harness.screen(true)")
    pair.evaluate("harness.screen(false)")
    assert_whole(pair)
    assert pair.evaluate("harness.offers()") == 1


def test_the_data_channel_carries_messages_both_ways(pair: Page) -> None:
    pair.evaluate("harness.connect()")
    ends = pair.evaluate("harness.talk()")
    assert [[message["id"] for message in end] for end in ends] == [["y-1"], ["x-1"]]


@pytest.mark.parametrize("lost", ["offer", "answer"])
def test_a_description_that_is_lost_is_said_again(pair: Page, lost: str) -> None:
    pair.evaluate("way => harness.connect(way)", {"loses": lost})
    assert_whole(pair)


def test_negotiations_that_cross_never_leave_a_pair_stuck(
    pair: Page, soak: bool
) -> None:
    rounds = ROUNDS_IN_FULL if soak else ROUNDS
    pair.evaluate("way => harness.connect(way)", {"slowest": SLOWEST_MS})
    done = pair.evaluate("rounds => harness.glare(rounds)", rounds)
    assert done["crossed"] == rounds, done
    assert_whole(pair)


def test_a_connection_built_anew_is_as_whole_as_the_first(pair: Page) -> None:
    pair.evaluate("way => harness.connect(way)", {"slowest": SLOWEST_MS})
    # A wish for another one in place of a young one is granted only when asked again.
    for offers in (True, False, True):
        pair.evaluate("offers => harness.rebuild(offers)", offers)
        assert_whole(pair)
    assert pair.evaluate("harness.glare(5)")["crossed"] == 5
    assert_whole(pair)
    assert facts(pair)[0]["made"] == 4

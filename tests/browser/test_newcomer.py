"""From a bare clone to a call with a second device, as README.md says, word for word.

The short form borrows the virtual environment of these tests; `--soak` downloads all
that a newcomer's machine would. Nobody's browser trusts anything: each is warned, and
goes on past the warning as the program says.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import Error as BrowserError

from tests.browser.conftest import People
from tests.browser.newcomer import lines_with, newcomer, readme
from tests.browser.person import Person, meet
from tests.browser.test_lan import make_room, sign_up
from tests.lan import own_address
from tests.servers import ROOT

pytestmark = pytest.mark.alone


@pytest.fixture
def devices(launch: Callable[..., Browser]) -> Iterator[list[Browser]]:
    """Two browsers that have nothing in common, and trust nobody in particular."""
    with ExitStack() as opened:
        both = [launch(), launch()]
        for browser in both:
            opened.callback(browser.close)
        yield both


def go_on_past_the_warning(page: Page, url: str) -> None:
    """Open a link whose certificate nobody knows, and go on as the program says."""
    with pytest.raises(BrowserError, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(url)
    expect(page.get_by_role("heading")).to_have_text("Your connection is not private")
    page.get_by_role("button", name="Advanced").click()
    page.get_by_role("link", name="Proceed").click()
    page.wait_for_url(url)


def test_a_newcomer_gets_to_a_call_with_a_second_device(
    devices: list[Browser], people: People, soak: bool
) -> None:
    start = lines_with(readme(ROOT), "git clone")
    lan = lines_with(readme(ROOT), "LAN=1")
    with newcomer(patient=soak) as mira_types:
        # "Start": clone, make run, and look.
        clone, run = start
        mira_types.clones(clone)
        if not soak:
            mira_types.borrows(Path(sys.prefix))
        running = mira_types.starts(run)
        link = mira_types.opens_link(running)
        assert link == f"http://localhost:{mira_types.port}"
        mira = people("Mira", browser=devices[0])
        mira.page.goto(link)
        expect(mira.page.get_by_role("heading", level=1)).to_be_visible()
        running.press_control_c()
        assert mira_types.is_gone()

        # "For friends on your network": once more, with https.
        (run,) = lan
        running = mira_types.starts(run)
        link = mira_types.opens_link(running)
        assert link == f"https://{own_address()}:{mira_types.port}"
        assert "█" in running.screen, "no QR code is shown"
        here = running.shows(r"on this machine, (https://localhost:\d+)\n", 1)
        go_on_past_the_warning(mira.page, f"{here}/")
        mira.url = here
        sign_up(mira, "mira@example.com")
        room = make_room(mira, "Bread club")
        assert room.startswith(f"{link}/r/")

        # The link, opened on another device.
        june = people("June", browser=devices[1])
        go_on_past_the_warning(june.page, room)
        path = room.removeprefix(link)
        mira.join(path)
        june.press_join()
        june.is_in()
        meet(mira, june)
        both_see(mira, june)

        # And the end of it.
        for person in (june, mira):
            person.press("Leave")
            expect(person.page.get_by_role("heading", name="You left")).to_be_visible()
            person.close()
        running.press_control_c()
        assert mira_types.is_gone()


def both_see(*both: Person) -> None:
    """Pictures of the other move on the page, not only on the wire."""
    for person in both:
        person.until_picture()
        person.frames_grow()

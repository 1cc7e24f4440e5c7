"""Pairs that are well are let alone, however little they say, however slow all is."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.person import Facts, Person, meet
from tests.calls.background import Tab, tab
from tests.calls.conftest import Callers
from tests.calls.gatherings import owner_of
from tests.calls.stack import Stack

SCRIPT = (Path(__file__).parent / "restarts.js").read_text()
MINUTES = 10
# Of a screen on which nothing moves, each viewer may be unsure once.
KEYFRAMES_MOST = 3
BUSY = "while True: pass"


@contextlib.contextmanager
def busy() -> Iterator[None]:
    """No core has a moment to spare."""
    count = 2 * (os.cpu_count() or 1)
    crowd = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for each in crowd:
            each.kill()
            each.wait()


def restarts(page: Person | Tab) -> Facts:
    """What the page has made and said so far to mend its pairs."""
    ask = "restarts.counts()"
    found: Facts = (
        page.evaluate(ask)
        if isinstance(page, Tab)
        else page.page.evaluate(f"() => {ask}")
    )
    return found


def is_up(person: Person) -> bool:
    up: int = person.page.evaluate("() => restarts.up()")
    return up == 2


def sees_screen(person: Person) -> bool:
    return any(pair["slots"][2]["frames"] > 0 for pair in person.pairs())


def lost(page: Person | Tab) -> list[str]:
    """Whose tile ever said that they were lost."""
    ask = "restarts.lost"
    found: list[str] = (
        page.evaluate(ask)
        if isinstance(page, Tab)
        else page.page.evaluate(f"() => {ask}")
    )
    return found


@pytest.mark.parametrize("talks", [False, True], ids=["silent", "talking"])
def test_pairs_that_are_well_are_let_alone(
    one_process: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
    soak: bool,
    talks: bool,
) -> None:
    """All muted without cameras, or all heard and seen; one behind another tab.

    One shows a screen on which nothing moves, and every core is busy.
    """
    room, come = owner_of(one_process).new_room(), callers(one_process)
    wide = {"width": 1024, "height": 600}
    mira, amara = (come(name, viewport=wide) for name in ("Mira", "Amara"))
    for person in (mira, amara):
        person.context.add_init_script(SCRIPT)
        person.join(room)
    meet(mira, amara)
    with tab(SCRIPT) as june:
        june.join(one_process.url + room, "June")
        for person in (mira, amara):
            person.wait_until(lambda p=person: is_up(p), "is connected to both")  # type: ignore[misc]
            if not talks:
                person.press("Mute")
                person.press("Turn camera off")
        mira.press("Share screen")
        amara.wait_until(lambda: sees_screen(amara), "sees the screen")
        mira.page.evaluate("() => restarts.standStill()")
        june.goes_behind()
        amara.page.wait_for_timeout(5000)
        pages: list[Person | Tab] = [mira, amara, june]
        before = [restarts(page) for page in pages]
        with busy():
            amara.page.wait_for_timeout((MINUTES * 60 if soak else 15) * 1000)
            after = [restarts(page) for page in pages]
        tell(f"{'talking' if talks else 'silent'}: {before} {after}")
        for page, then, now in zip(pages, before, after, strict=True):
            keyframes = now.pop("keyframes") - then.pop("keyframes")
            assert keyframes <= KEYFRAMES_MOST, page
            assert now == then, page
            assert not lost(page), page

"""A laptop is closed, or a phone locked, and opened again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import Playwright, expect

from tests.browser.browsers import own_chromium
from tests.browser.person import meet
from tests.calls import watch
from tests.calls.conftest import Callers
from tests.calls.gatherings import owner_of
from tests.calls.stack import Stack

pytestmark = pytest.mark.alone

ASLEEP_SECONDS = 300
BACK_SECONDS = 3
GONE_SECONDS = 40


def test_who_closed_the_laptop_is_back_in_the_same_seat(
    one_process: Stack,
    callers: Callable[[Stack], Callers],
    playwright: Playwright,
    tell: Callable[[str], None],
    soak: bool,
) -> None:
    room, come = owner_of(one_process).new_room(), callers(one_process)
    amara, june = (come(name).join(room) for name in ("Amara", "June"))
    with own_chromium(playwright) as (browser, laptop):
        mira = come("Mira", browser=browser).join(room)
        meet(mira, amara, june)
        seat, welcomes = mira.seat, len(mira.got("welcome"))
        closed = watch.now()
        # Neither timers nor media run, and the way of its socket is forgotten.
        os.killpg(laptop.pid, signal.SIGSTOP)
        one_process.proxy.half_open(owner="Mira")
        for person in (amara, june):
            person.wait_until(
                lambda person=person: person.got("peer-left"),  # type: ignore[misc]
                "is told of an empty seat",
                GONE_SECONDS,
            )
            left = person.last("peer-left").message
            assert (left["seat"], left["reason"]) == (seat, "lost")
            expect(person.tiles).to_have_count(2)
            seen = [s["what"] for s in watch.shown(person) if s["seat"] == seat]
            assert seen[-2:] == ["data-lost", "went"], seen
        gone = (watch.now() - closed) / 1000
        if soak:
            amara.page.wait_for_timeout(closed + ASLEEP_SECONDS * 1000 - watch.now())
        opened = watch.now()
        os.killpg(laptop.pid, signal.SIGCONT)
        mira.wait_for("welcome", welcomes + 1)
        took = (watch.now() - opened) / 1000
        tell(f"laptop closed: gone after {gone:.1f} s, back {took:.2f} s after opening")
        assert mira.seat == seat
        meet(mira, amara, june)
        if soak:
            assert took <= BACK_SECONDS
        mira.context.close()
        come.forget(mira)


def test_who_locked_the_phone_is_back_in_the_same_seat(
    one_process: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
    soak: bool,
) -> None:
    room, come = owner_of(one_process).new_room(), callers(one_process)
    mira, amara = (come(name).join(room) for name in ("Mira", "Amara"))
    meet(mira, amara)
    seat, welcomes = mira.seat, len(mira.got("welcome"))
    phone = mira.context.new_cdp_session(mira.page)
    one_process.proxy.stall(owner="Mira")
    one_process.proxy.reset(owner="Mira")
    phone.send("Page.setWebLifecycleState", {"state": "frozen"})
    if soak:
        amara.page.wait_for_timeout(ASLEEP_SECONDS * 1000)
        expect(amara.tiles).to_have_count(1)
    else:
        amara.wait_for("peer-away")
    one_process.proxy.resume(owner="Mira")
    unlocked = watch.now()
    phone.send("Page.setWebLifecycleState", {"state": "active"})
    mira.wait_for("welcome", welcomes + 1)
    took = (watch.now() - unlocked) / 1000
    tell(f"phone locked: back {took:.2f} s after it was unlocked")
    assert mira.seat == seat
    meet(mira, amara)
    if soak:
        assert took <= BACK_SECONDS

"""Who has no socket is gone after thirty seconds, also where all see them as before.

Nothing of it can be shorter than the rule itself, so this runs with `--soak` only;
tests/rooms/signalling/test_seats.py proves the same of seats, in time of its own.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from rooms.signalling.seats import GRACE_SECONDS
from tests.browser.person import meet
from tests.calls import watch
from tests.calls.conftest import Callers
from tests.calls.gatherings import owner_of
from tests.calls.stack import Stack

pytestmark = pytest.mark.alone

TOLD_SECONDS = 5
"""For the news to arrive, on a machine that runs two browsers beside."""


def test_who_has_no_socket_goes_although_their_media_comes(
    one_process: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
) -> None:
    room, come = owner_of(one_process).new_room(), callers(one_process)
    mira, amara = (come(name).join(room) for name in ("Mira", "Amara"))
    meet(mira, amara)
    seat, welcomes = mira.seat, len(mira.got("welcome"))
    since = mira.last("welcome").message["since"]
    one_process.proxy.stall(owner="Mira")
    start = watch.now()
    one_process.proxy.reset(owner="Mira")
    amara.wait_until(
        lambda: amara.got("peer-left"), "is told of an empty seat", 2 * GRACE_SECONDS
    )
    took = (watch.now() - start) / 1000
    left = amara.last("peer-left").message
    assert left == {"type": "peer-left", "seat": seat, "reason": "lost"}
    # The tile was never grey, for media came all the time. It is gone; so is the pair.
    expect(amara.tiles).to_have_count(1)
    assert [s["what"] for s in watch.shown(amara) if s["at"] >= start] == ["went"]
    assert not amara.sent("unheard")
    assert amara.pairs() == []

    one_process.proxy.resume(owner="Mira")
    resumed = watch.now()
    mira.wait_for("welcome", welcomes + 1)
    back = (watch.now() - resumed) / 1000
    tell(f"no socket: gone after {took:.1f} s, back after {back:.2f} s")
    assert mira.seat == seat
    assert mira.last("welcome").message["since"] > since
    meet(mira, amara)
    assert GRACE_SECONDS <= took < GRACE_SECONDS + TOLD_SECONDS

"""A laptop is closed, or a phone locked, and opened again."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.person import meet
from tests.calls import watch
from tests.calls.conftest import Callers
from tests.calls.gatherings import owner_of
from tests.calls.stack import Stack, stack

pytestmark = pytest.mark.alone

ASLEEP_SECONDS = 300
BACK_SECONDS = 3
REMOVED_SECONDS = 60


@pytest.fixture
def site() -> Iterator[Stack]:
    with stack() as made:
        yield made


def test_who_slept_is_back_in_the_same_seat(
    site: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
    soak: bool,
) -> None:
    room, come = owner_of(site).new_room(), callers(site)
    mira, amara, june = (come(name).join(room) for name in ("Mira", "Amara", "June"))
    meet(mira, amara, june)
    seat, welcomes = mira.seat, len(mira.got("welcome"))
    sleep = mira.context.new_cdp_session(mira.page)
    asleep = watch.now()
    site.proxy.stall(owner="Mira")
    site.proxy.reset(owner="Mira")
    sleep.send("Page.setWebLifecycleState", {"state": "frozen"})
    for person in (amara, june):
        # Neither the server nor the others hear of it: it is gone, for all of them.
        person.wait_until(lambda person=person: person.got("peer-left"), "is told")  # type: ignore[misc]
        left = person.last("peer-left").message
        assert (left["seat"], left["reason"]) == (seat, "lost")
        expect(person.tiles).to_have_count(2)
    removed = (watch.now() - asleep) / 1000
    if soak:
        amara.page.wait_for_timeout(asleep + ASLEEP_SECONDS * 1000 - watch.now())
    site.proxy.resume(owner="Mira")
    awake = watch.now()
    sleep.send("Page.setWebLifecycleState", {"state": "active"})
    mira.wait_for("welcome", welcomes + 1)
    took = (watch.now() - awake) / 1000
    tell(
        f"asleep: out of the call after {removed:.1f} s, back {took:.2f} s after waking"
    )
    assert mira.seat == seat
    meet(mira, amara, june)
    if soak:
        assert took <= BACK_SECONDS

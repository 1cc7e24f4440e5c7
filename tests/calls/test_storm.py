"""Everybody's socket breaks at once, beside a call that goes on."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator

import pytest

from tests.calls.conftest import Callers
from tests.calls.crowd import crowd
from tests.calls.gatherings import owner_of
from tests.calls.stack import Stack, stack
from tests.calls.trial import Call, Trial

pytestmark = pytest.mark.alone

BACK_SECONDS = 30.0


@pytest.fixture
def site() -> Iterator[Stack]:
    with stack() as made:
        yield made


def test_a_storm_of_people_who_come_back_disturbs_no_call(
    site: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
    soak: bool,
) -> None:
    people = 3000 if soak else 200
    room, come = owner_of(site).new_room(), callers(site)
    call = Call([come(name).join(room) for name in ("Mira", "Amara")])
    trial = Trial([call], come.bystander(), tell, soak)
    with crowd(site.first.env, [site.first.url], people) as others:
        assert others.came["inside"] == people
        with trial.through(f"a storm of {people} after SIGKILL and restart"):
            began = time.monotonic()
            site.first.end(signal.SIGKILL)
            site.first.start()
            while (state := others.state())["inside"] < people:
                assert time.monotonic() < began + 2 * BACK_SECONDS, str(state)
                trial.wait(0.1)
            took = time.monotonic() - began
        tell(f"all {people} back {took:.1f} s after the SIGKILL")
        assert (state["moved"], state["over"]) == (0, 0)
        if soak:
            assert took <= BACK_SECONDS

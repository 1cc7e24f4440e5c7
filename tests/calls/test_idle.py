"""Thousands of people who say nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from tests.calls.crowd import crowd
from tests.calls.stack import Stack

pytestmark = pytest.mark.alone


def test_idle_sockets_stay_open(
    two_processes: Stack, tell: Callable[[str], None], soak: bool
) -> None:
    people, seconds = (5000, 600.0) if soak else (100, 6.0)
    urls = [process.url for process in two_processes.processes]
    with crowd(two_processes.first.env, urls, people) as others:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            state = others.state()
            assert (state["inside"], state["closes"]) == (people, {}), state
            time.sleep(min(5.0, end - time.monotonic()))
        state = others.state()
    tell(f"{people} idle sockets on two processes for {seconds:.0f} s: {state}")
    assert (state["inside"], state["closes"], state["moved"]) == (people, {}, 0)

"""Two calls at one process, through whatever may happen to it and around it."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from tests.calls.conftest import Callers
from tests.calls.crowd import Crowd, crowd
from tests.calls.gatherings import two_calls
from tests.calls.stack import Stack
from tests.calls.trial import Trial

pytestmark = pytest.mark.alone

STORM_SECONDS = 30.0


def back_again(trial: Trial, others: Crowd, patience: float) -> float:
    """Wait until the whole crowd is in its seats again; returns the seconds."""
    began = time.monotonic()
    while (state := others.state())["inside"] < state["people"]:
        assert time.monotonic() < began + patience, str(state)
        trial.wait(0.1)
    assert (state["moved"], state["over"]) == (0, 0), str(state)
    return time.monotonic() - began


def test_calls_live_through_the_faults_of_one_process(
    one_process: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
    soak: bool,
) -> None:
    come, proxy, server = callers(one_process), one_process.proxy, one_process.first
    trial = Trial(two_calls(one_process, come), come.bystander(), tell, soak)
    with trial.through("SIGTERM of the process, and restart"):
        server.end(signal.SIGTERM)
        server.start()
    with trial.through("a proxy that resets every connection"):
        for _ in range(20 if soak else 2):
            assert proxy.reset()
            trial.are_served()
    with trial.through("half-open TCP, and no database for those who come back"):
        proxy.half_open()
        one_process.postgres.end(signal.SIGINT)
        trial.are_served()
        one_process.postgres.start()
    if soak:
        with trial.through("the database away for 30 s"):
            one_process.postgres.end(signal.SIGINT)
            trial.wait(30)
            one_process.postgres.start()
        with trial.through("SIGKILL of the process, and restart"):
            server.end(signal.SIGKILL)
            server.start()
    away = 60 if soak else 8
    with trial.through(f"SIGKILL, {away} s later a restart without the database"):
        server.end(signal.SIGKILL)
        one_process.postgres.end(signal.SIGINT)
        trial.wait(away)
        server.start()
        trial.are_served()
        one_process.postgres.start()
    people = 3000 if soak else 200
    with crowd(server.env, [server.url], people) as others:
        with trial.through(f"SIGKILL, restart and a storm of {people}"):
            server.end(signal.SIGKILL)
            server.start()
            took = back_again(trial, others, 2 * STORM_SECONDS)
        tell(f"storm of {people}: all back {took:.1f} s after the server was")
    trial.was_read()
    if soak:
        assert took <= STORM_SECONDS

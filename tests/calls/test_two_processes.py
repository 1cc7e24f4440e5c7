"""Calls whose people sit at two processes, through whatever may happen to either."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable

import pytest

from tests.calls.conftest import Callers
from tests.calls.gatherings import two_calls
from tests.calls.stack import Stack
from tests.calls.trial import Trial
from tests.servers import Parley

pytestmark = pytest.mark.alone

WORDS = 300
WORDS_IN_FULL = 10_000


def test_calls_live_through_the_faults_of_two_processes(
    two_processes: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
    soak: bool,
) -> None:
    come, redis = callers(two_processes), two_processes.redis
    first, second = two_processes.processes
    trial = Trial(two_calls(two_processes, come), come.bystander(), tell, soak)

    def killed(process: Parley) -> None:
        with trial.through(f"SIGKILL of process {process.port}, and restart"):
            process.end(signal.SIGKILL)
            process.start()

    def without_redis(seconds: float) -> None:
        with trial.through(f"SIGKILL of Redis, and restart after {seconds:g} s"):
            redis.end(signal.SIGKILL)
            trial.wait(seconds)
            redis.start()

    def killed_without_redis(process: Parley) -> None:
        with trial.through(f"SIGKILL of process {process.port} and of Redis"):
            redis.end(signal.SIGKILL)
            process.end(signal.SIGKILL)
            process.start()
            trial.are_served()
            redis.start()

    def drained(process: Parley) -> None:
        with trial.through(f"manage.py drain of process {process.port}"):
            pid = str(process.process.pid)
            process.manage("drain", "--pid", pid, "--wait")
            assert process.process.ends() == 0
            process.start()

    killed(second)
    without_redis(30 if soak else 2)
    killed_without_redis(first)
    drained(first)
    if soak:
        with trial.through("SIGTERM of one of two processes, and restart"):
            second.end(signal.SIGTERM)
            second.start()
        for turn in itertools.count():
            if trial.written >= WORDS_IN_FULL:
                break
            killed((first, second)[turn % 2])
            without_redis(2)
            killed_without_redis((second, first)[turn % 2])
    tell(f"{trial.written} messages were written")
    trial.was_read()

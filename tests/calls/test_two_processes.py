"""Calls whose people sit at two processes, through whatever may happen to either."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from tests.calls.conftest import Callers
from tests.calls.gatherings import two_calls
from tests.calls.stack import Stack, stack
from tests.calls.trial import Trial

pytestmark = pytest.mark.alone


@pytest.fixture
def site() -> Iterator[Stack]:
    with stack(2, redis=True, postgres=True) as made:
        yield made


def test_calls_live_through_the_faults_of_two_processes(
    site: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
    soak: bool,
) -> None:
    come = callers(site)
    trial = Trial(two_calls(site, come), come.bystander(), tell, soak)
    with trial.through("SIGTERM of one of two processes, and restart"):
        site.first.end(signal.SIGTERM)
        site.first.start()
    with trial.through("SIGKILL of the other, and restart"):
        site.second.end(signal.SIGKILL)
        site.second.start()
    with trial.through("SIGKILL of Redis, and restart"):
        site.redis.end(signal.SIGKILL)
        trial.wait(30 if soak else 3)
        site.redis.start()
    with trial.through("manage.py drain of one process"):
        pid = str(site.first.process.pid)
        site.first.manage("drain", "--pid", pid, "--wait")
        assert site.first.process.ends() == 0
        site.first.start()
    trial.was_read()

"""Two calls at one process, through whatever may happen to it."""

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
    with stack(postgres=True) as made:
        yield made


def test_calls_live_through_the_faults_of_one_process(
    site: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
    soak: bool,
) -> None:
    come = callers(site)
    trial = Trial(two_calls(site, come), come.bystander(), tell, soak)
    with trial.through("SIGTERM of the process, and restart"):
        site.first.end(signal.SIGTERM)
        site.first.start()
    with trial.through("SIGKILL of the process, and restart"):
        site.first.end(signal.SIGKILL)
        site.first.start()
    with trial.through("a proxy that resets every connection"):
        for _ in range(10 if soak else 2):
            assert site.proxy.reset()
            trial.are_served()
    with trial.through("half-open TCP"):
        site.proxy.half_open()
    with trial.through("the database away"):
        site.postgres.end(signal.SIGINT)
        trial.wait(30 if soak else 5)
        site.postgres.start()
    with trial.through("the server away"):
        site.proxy.refuse()
        site.proxy.reset()
        trial.wait(60 if soak else 12)
        site.proxy.open()
    trial.was_read()

"""A loop whose time passes as soon as nobody has anything to do."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class _Skipper(selectors.DefaultSelector):
    loop: "VirtualLoop"

    def select(self, timeout: float | None = None) -> Any:
        events = super().select(0)
        if not events and timeout is None:
            raise RuntimeError("everybody waits for something that never comes")
        if not events and timeout:
            self.loop.seconds += timeout
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """Real tasks and real timers; a minute takes as long as what happens in it."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        skipper = _Skipper()
        skipper.loop = self
        super().__init__(skipper)

    def time(self) -> float:
        return self.seconds


def run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """The work's answer, however long it took in its own time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)

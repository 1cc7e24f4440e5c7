"""The garbage collector of a process that serves."""

import gc
from collections.abc import Iterator

import pytest

from conference.collector import THRESHOLDS, calm


@pytest.fixture
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


@pytest.mark.usefixtures("_as_before")
def test_what_is_loaded_is_left_out_and_the_rest_is_looked_at_rarely() -> None:
    looked: list[int] = []

    def look(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            looked.append(info["generation"])

    calm()
    frozen = gc.get_freeze_count()
    assert frozen > 10_000
    assert gc.get_threshold() == THRESHOLDS
    gc.callbacks.append(look)
    try:
        kept = [[number] for number in range(5 * THRESHOLDS[0])]
    finally:
        gc.callbacks.remove(look)
    # Python's own thresholds look a hundred times as often, and at everything.
    assert len(kept) // THRESHOLDS[0] - 1 <= len(looked) <= 6
    assert set(looked) == {0}

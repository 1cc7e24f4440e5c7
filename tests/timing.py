"""How far apart in time two acts are, for answers that must not tell by it."""

import statistics
import time
from collections.abc import Callable


def medians_apart(
    one: Callable[[], object], other: Callable[[], object], samples: int
) -> float:
    """The ratio of the medians of both, asked in turn: what slows one slows both.

    In time of the processor, which what else runs on the machine has no part in; that
    of all threads, since a hash may take several.
    """
    for warm in (one, other) * 3:
        warm()
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(samples):
        pair = ((one, took[0]), (other, took[1]))
        for act, times in pair if number % 2 else reversed(pair):
            begun = time.process_time()
            act()
            times.append(time.process_time() - begun)
    low, high = sorted(statistics.median(each) for each in took)
    return high / low

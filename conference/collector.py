"""Python's garbage collector, set for a process that holds many sockets for long."""

import gc

THRESHOLDS = (100_000, 50, 1000)


def calm() -> None:
    """Let collections be rare, and leave out what is loaded already.

    Nearly all that a call makes is freed by counting references. The collector only
    stops the loop, for longer the more objects live; with Python's own thresholds a
    storm of joins makes it look through all of them again and again, and everybody's
    messages wait meanwhile. For the main thread, once the application is loaded.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)

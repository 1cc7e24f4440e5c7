"""Python's garbage collector, set for a process that holds many sockets for long."""

import gc

THRESHOLDS = (20_000, 20, 1000)


def calm() -> None:
    """Let collections be rare, and leave out what is loaded already.

    What a call makes is freed by counting references, and closed sockets leave no
    cycles behind (there is a test of that). The collector only stops the loop, for
    longer the more objects live. With Python's own thresholds a storm of 1,600 joins
    had it look through everything six times, for up to 0.2 s in which nobody's messages
    moved; with these it looked through new objects only, twelve times, for 8 ms at
    most. What is older is looked through after twenty such times: after a storm, and
    in days rather than never for the cycles of others' faults. To be called once the
    application is loaded.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)

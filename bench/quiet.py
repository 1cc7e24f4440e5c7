"""Samples count when the machine was ours: others are taken again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from bench.machine import Others

OTHERS_LIMIT = 0.15
TRIES = 4

Sample = TypeVar("Sample")


@dataclass
class Disturbances:
    """How often other work took more than its share of the machine."""

    tries: int = TRIES
    set_aside: int = 0
    kept: int = 0

    def undisturbed(self, take: Callable[[], tuple[Sample, float]]) -> Sample:
        """A sample beside which others did little; the last of `tries` in any case.

        `take` also says which share of the machine others took meanwhile, 0 to 1.
        """
        for left in reversed(range(self.tries)):
            sample, others = take()
            if others <= OTHERS_LIMIT:
                break
            if left:
                self.set_aside += 1
            else:
                self.kept += 1
        return sample

    def watched(self, take: Callable[[], Sample]) -> Sample:
        """The same for samples that do not watch the machine themselves."""

        def watch() -> tuple[Sample, float]:
            others = Others()
            return take(), others.share()

        return self.undisturbed(watch)

    def __str__(self) -> str:
        return (
            f"{self.set_aside} samples set aside and taken again, as other work took "
            f"more than {OTHERS_LIMIT:.0%} of the machine; "
            f"{self.kept} such samples kept after {self.tries} tries."
        )

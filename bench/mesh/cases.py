"""What is measured, and what each sample has to keep to. Arithmetic only."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from .sender import Camera, Sample

MOST_OF_MACHINE = 0.85
"""A busier machine bends what an encoder does: the round is void."""
MOST_OF_SHOWN = 1.25
MOST_OF_PLAIN = 0.25
CROWD = 8
"""So many people have to cost that little of the plain mesh."""
LEAST_WIDTH = 640
"""Of a smaller camera a tile shows all there is, whoever sends it."""
MOST_AGAIN_MS = 500.0
MOST_STOP_MS = 1000.0

View = dict[str, int]


@dataclass(frozen=True)
class Case:
    """So many people, of whom all but the sender show its camera at this size.

    `view` None: as large as the grid of a 1280x800 page shows each of them.
    """

    camera: Camera
    people: int
    name: str = "grid"
    view: tuple[int, int] | None = None


def asked(case: Case, grid: Sequence[View]) -> list[View]:
    """What the viewers say of the sender's tile; `grid` is what they do in a grid."""
    if case.view is None:
        return list(grid)
    width, height = case.view
    view = {"width": width, "height": height, "rate": 30 if width else 0}
    return [view] * (case.people - 1)


def wanted_pixels(camera: Camera, views: Sequence[View]) -> float:
    """Pixels a second that are shown and asked for: never more than the camera has."""
    return float(
        sum(
            min(view["width"] * view["height"], camera.width * camera.height)
            * min(view["rate"], camera.rate)
            for view in views
        )
    )


def void(sample: Sample) -> str:
    """Why a sample says nothing; empty: it counts."""
    if "cpu" in sample.limits:
        return "limited by “cpu”"
    if sample.machine > MOST_OF_MACHINE:
        return f"{sample.machine:.0%} of the machine, others {sample.others:.0%}"
    if not sample.steady:
        return f"not steady after {sample.ramp:.0f} s"
    return ""


@dataclass
class Result:
    """The samples of one case on one side; `why` says of what did not count."""

    wanted: float = 0.0
    view: str = ""
    kept: list[Sample] = field(default_factory=list)
    why: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether nothing was tried."""
        return not self.kept and not self.why

    def median(self, of: str) -> float | None:
        """Of this figure of the samples that count."""
        values = [getattr(sample, of) for sample in self.kept]
        return statistics.median(values) if values else None

    @property
    def slowest(self) -> float | None:
        """Pictures a second of the viewer who got fewest."""
        values = [min(sample.received) for sample in self.kept]
        return statistics.median(values) if values else None


def of_shown(parley: Result) -> tuple[str, bool | None]:
    """Encoded by pixels shown and asked for, and whether the bar is met; None: void."""
    pixels = parley.median("pixels")
    if pixels is None:
        return "void", None
    if not parley.wanted:
        return f"{pixels / 1e6:.2f} Mpx/s", pixels == 0
    ratio = pixels / parley.wanted
    return f"{ratio:.2f}", ratio <= MOST_OF_SHOWN


def of_plain(case: Case, parley: Result, plain: Result) -> tuple[str, bool | None]:
    """Encoded by what the plain mesh encodes; a bar only for a crowd in a grid."""
    ours, theirs = parley.median("pixels"), plain.median("pixels")
    if plain.is_open:
        return "", None
    if ours is None or not theirs:
        return "void", None
    ratio = ours / theirs
    judged = (
        case.people == CROWD and case.view is None and case.camera.width >= LEAST_WIDTH
    )
    return f"{ratio:.2f}", ratio <= MOST_OF_PLAIN if judged else None

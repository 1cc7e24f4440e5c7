"""From samples to tables: what each server took, and whether our bars are met."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bench.table import Line, met

from .contestants import CONTESTANTS
from .measure import Sample

Rounds = dict[tuple[str, str], list[Sample]]
"""Samples by workload and contestant, in the order of the rounds."""


@dataclass(frozen=True)
class Figure:
    """A number of a workload; `digits` after the point."""

    what: str
    workload: str
    name: str
    digits: int = 0

    def of(self, rounds: Rounds, contestant: str) -> list[float]:
        samples = rounds.get((self.workload, contestant), [])
        return [sample.figures[self.name] for sample in samples]

    def shown(self, values: Sequence[float]) -> str:
        """Median, and the least and greatest in brackets."""
        if not values:
            return ""
        middle, low, high = statistics.median(values), min(values), max(values)
        digits = self.digits
        return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


SETTING_UP = Figure("CPU ms of a room of four, set up", "rooms", "roomCpuMs", 1)
CROWD = Figure("relayed / CPU s, 200 sockets", "crowd", "relayedPerCpu")
THOUSAND = Figure("relayed / CPU s, 1,000 sockets", "thousand", "relayedPerCpu")
P50 = Figure("p50 ms at 400 msg/s, 1,000 sockets", "thousand", "calmP50", 2)
P99 = Figure("p99 ms at 400 msg/s, 1,000 sockets", "thousand", "calmP99", 1)
STORM = Figure("p99 ms right after 2,000 joined", "storm", "stormP99", 1)
MEMORY = Figure("kB of an idle socket, of 1,000", "thousand", "socketKb", 1)
FIGURES = [
    *(SETTING_UP, CROWD, THOUSAND, P50, P99),
    Figure("p50 ms right after 2,000 joined", "storm", "stormP50", 2),
    *(STORM, MEMORY),
    Figure("CPU ms of a join, of 1,000", "thousand", "joinCpuMs", 2),
    Figure("share of a core for 1,000 idle sockets", "thousand", "idle", 3),
]


@dataclass(frozen=True)
class Bar:
    """Our figure, beside another's in the same round or beside nobody's."""

    figure: Figure
    ours: str
    other: str | None
    bound: float
    at_most: bool

    def line(self, rounds: Rounds) -> Line | None:
        """None where something was not measured."""
        ours = self.figure.of(rounds, self.ours)
        if self.other is None:
            values, what = ours, ""
        else:
            theirs = self.figure.of(rounds, self.other)
            values = [
                mine / other for mine, other in zip(ours, theirs, strict=False) if other
            ]
            what = f" of {CONTESTANTS[self.other].says}"
        if not values:
            return None
        middle = statistics.median(values)
        is_met = middle <= self.bound if self.at_most else middle >= self.bound
        sign = "≤" if self.at_most else "≥"
        return [
            f"{CONTESTANTS[self.ours].says}: {self.figure.what}",
            f"{middle:.2f} ({min(values):.2f}-{max(values):.2f}){what}",
            f"{sign} {self.bound:g}",
            met(is_met),
        ]


def at_most(figure: Figure, other: str | None, bound: float) -> Bar:
    return Bar(figure, "parley", other, bound, at_most=True)


def at_least(figure: Figure, other: str, bound: float, ours: str = "parley") -> Bar:
    return Bar(figure, ours, other, bound, at_most=False)


BARS = [
    at_most(SETTING_UP, "socketio", 1.0),
    at_least(CROWD, "socketio", 0.35),
    at_least(THOUSAND, "socketio", 0.35),
    at_least(CROWD, "socketio", 0.35, "parley-plain"),
    at_least(CROWD, "tutorial", 5),
    at_least(THOUSAND, "tutorial", 5),
    at_least(CROWD, "tutorial-2", 4, "parley-2"),
    at_most(P50, "ws", 2),
    at_most(P99, "socketio", 2),
    at_most(STORM, "socketio", 2),
    at_most(MEMORY, None, 30),
]


def figure_lines(rounds: Rounds, contestants: Sequence[str]) -> list[Line]:
    """Every figure of everybody."""
    lines: list[Line] = [["", *(CONTESTANTS[name].says for name in contestants)]]
    for figure in FIGURES:
        cells = [figure.shown(figure.of(rounds, name)) for name in contestants]
        if any(cells):
            lines.append([figure.what, *cells])
    return lines


def bar_lines(rounds: Rounds) -> list[Line]:
    """Every bar that can be judged."""
    head: Line = ["", "median (least-greatest) of the rounds", "bar", "met"]
    judged = [line for bar in BARS if (line := bar.line(rounds)) is not None]
    return [head, *judged, *fault_lines(rounds)]


def fault_lines(rounds: Rounds) -> Iterable[Line]:
    """What we lost, doubled and so on: nothing is allowed."""
    ours: Callable[[str], bool] = lambda name: name.startswith("parley")  # noqa: E731
    samples = [
        sample
        for (_, contestant), taken in rounds.items()
        if ours(contestant)
        for sample in taken
    ]
    if not samples:
        return []
    total = {
        fault: sum(sample.faults[fault] for sample in samples)
        for fault in samples[0].faults
    }
    words = ", ".join(f"{count} {fault}" for fault, count in total.items())
    return [
        [
            "Parley: what must not happen, all workloads",
            words,
            "0",
            met(not any(total.values())),
        ]
    ]


def other_faults(rounds: Rounds) -> list[str]:
    """Remarks on who else lost something."""
    remarks: list[str] = []
    for (workload, name), samples in rounds.items():
        if name.startswith("parley"):
            continue
        total = {
            fault: sum(sample.faults[fault] for sample in samples)
            for fault in samples[0].faults
        }
        wrong = ", ".join(f"{n} {fault}" for fault, n in total.items() if n)
        if wrong:
            remarks.append(f"{CONTESTANTS[name].says}, {workload}: {wrong}.")
    return remarks

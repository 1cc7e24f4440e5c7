"""What was measured in the lab: told at once, and as a table for docs/measured.md."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from bench import table
from tests.network.paths import Meeting

HEAD = ["who, who", "path, of each end", "times", "to connect, s: p50", "p95"]


@dataclass
class Ledger:
    tell: Callable[[str], None]
    meetings: dict[str, list[Meeting]] = field(default_factory=dict)

    def note(self, case: str, meeting: Meeting) -> None:
        self.meetings.setdefault(case, []).append(meeting)
        self.tell(f"{case}: {meeting.kind}, {meeting.seconds:.2f} s")

    def lines(self) -> list[table.Line]:
        return [HEAD, *(line(*each) for each in self.meetings.items())]


def line(case: str, meetings: list[Meeting]) -> table.Line:
    kinds = sorted({meeting.kind for meeting in meetings})
    took = sorted(meeting.seconds for meeting in meetings)
    p95 = took[min(len(took) - 1, round(0.95 * len(took)))]
    return [
        *(case, " or ".join(kinds), str(len(took))),
        *(f"{statistics.median(took):.2f}", f"{p95:.2f}"),
    ]

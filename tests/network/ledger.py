"""What was measured in the lab: told at once, and as tables for docs/measured.md."""

from __future__ import annotations

import os
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from bench import table
from tests.network.paths import Meeting

MEETINGS = ["who, who", "path, at each end", "times", "to connect, s: p50", "p95"]
TROUBLES = ["what is wrong", "both told which two and why, after s"]
LINES = ["one of two has a line with", "to connect, s", "sound made up", "chat"]


@dataclass
class Ledger:
    """Of a whole run; `tell` prints."""

    tell: Callable[[str], None] = print
    meetings: dict[str, list[Meeting]] = field(default_factory=dict)
    troubles: list[table.Line] = field(default_factory=list)
    lines: list[table.Line] = field(default_factory=list)

    def note(self, case: str, meeting: Meeting) -> None:
        self.meetings.setdefault(case, []).append(meeting)
        self.tell(f"{case}: {meeting.kind}, {meeting.seconds:.2f} s")

    def note_trouble(self, what: str, seconds: float) -> None:
        self.troubles.append([what, f"{seconds:.1f}"])
        self.tell(f"{what}: both are told after {seconds:.1f} s")

    def note_line(
        self, line: str, meeting: Meeting, concealed: float, written: int
    ) -> None:
        """`concealed` is the share of sound that was made up for what got lost."""
        chat = f"{written} messages, each read once, in order"
        self.lines.append(
            [line, f"{meeting.seconds:.2f}", f"{100 * concealed:.1f}%", chat]
        )
        self.tell(", ".join(self.lines[-1]))

    def write(self) -> None:
        """Put it all into docs/measured.md, between the marks of the lab."""
        of_meetings = [MEETINGS, *(row(*each) for each in self.meetings.items())]
        every = (of_meetings, [TROUBLES, *self.troubles], [LINES, *self.lines])
        tables = [each for each in every if each[1:]]
        load = f"Load average of the last 15 minutes: {os.getloadavg()[2]:.1f}."
        table.write("network", [load, *map(table.as_markdown, tables)])


def row(case: str, meetings: list[Meeting]) -> table.Line:
    kinds = sorted({meeting.kind for meeting in meetings})
    took = sorted(meeting.seconds for meeting in meetings)
    p95 = took[min(len(took) - 1, round(0.95 * len(took)))]
    return [
        *(case, " or ".join(kinds), str(len(took))),
        *(f"{statistics.median(took):.2f}", f"{p95:.2f}"),
    ]

"""What was measured in the lab: told at once, and as tables for docs/measured.md."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from bench import table
from tests.network.paths import Meeting

MEETINGS = ["who, who", "path, at each end", "times", "to connect, s: p50", "p95"]
LINES = ["one of two has a line with", "to connect, s", "sound made up", "chat"]


@dataclass
class Ledger:
    """Of a whole run; `tell` prints."""

    tell: Callable[[str], None] = print
    meetings: dict[str, list[Meeting]] = field(default_factory=dict)
    lines: list[table.Line] = field(default_factory=list)

    def note(self, case: str, meeting: Meeting) -> None:
        self.meetings.setdefault(case, []).append(meeting)
        self.tell(f"{case}: {meeting.kind}, {meeting.seconds:.2f} s")

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
        tables = (of_meetings, [LINES, *self.lines])
        table.write(
            "network", [table.as_markdown(each) for each in tables if len(each) > 1]
        )


def row(case: str, meetings: list[Meeting]) -> table.Line:
    kinds = sorted({meeting.kind for meeting in meetings})
    took = sorted(meeting.seconds for meeting in meetings)
    p95 = took[min(len(took) - 1, round(0.95 * len(took)))]
    return [
        *(case, " or ".join(kinds), str(len(took))),
        *(f"{statistics.median(took):.2f}", f"{p95:.2f}"),
    ]

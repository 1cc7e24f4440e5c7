"""Results as a table: on the terminal, and between the marks of docs/measured.md."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from bench import machine

MEASURED = Path("docs/measured.md")

Line = Sequence[str]


def met(bar_is_met: bool) -> str:
    return "yes" if bar_is_met else "NO"


def as_text(lines: Sequence[Line]) -> str:
    """The first line is the head."""
    columns = range(len(lines[0]))
    widths = [max(len(line[column]) for line in lines) for column in columns]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        for line in lines
    )


def as_markdown(lines: Sequence[Line]) -> str:
    head, *rest = lines
    parts = [head, ["---"] * len(head), *rest]
    return "\n".join(f"| {' | '.join(line)} |" for line in parts)


def write(mark: str, parts: Sequence[str]) -> None:
    """Put day, machine and these paragraphs between the two comments named `mark`."""
    comment = f"<!-- {mark} -->"
    before, found, rest = MEASURED.read_text().partition(comment)
    _, ended, after = rest.partition(comment)
    if not found or not ended:
        raise ValueError(f"{MEASURED} lacks its two marks {comment}")
    day = datetime.datetime.now(datetime.UTC).date()
    stamp = f"{day}, commit {machine.commit()}, {machine.described()}."
    MEASURED.write_text(before + "\n\n".join([comment, stamp, *parts, comment]) + after)

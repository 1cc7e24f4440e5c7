"""The log as a table for other programs (RFC 4180)."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from itertools import islice

from .models import AuditEntry
from .names import named

ROWS_AT_MOST = 100_000
AT_ONCE = 500
HEADINGS = (
    *("time", "act", "actor", "actor is", "room", "room is", "target", "target is"),
    *("reason", "address", "details"),
)
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


def table(entries: Iterable[AuditEntry]) -> bytes:
    """All of them, with names as they are now; UTF-8 with the mark that Excel needs."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, quoting=csv.QUOTE_ALL)
    writer.writerow(HEADINGS)
    for some in _parts(iter(entries)):
        known = named({mark for entry in some for mark in entry.marks})
        for entry in some:
            entry.known = known
            writer.writerow([plain(cell) for cell in _cells(entry)])
    return made.getvalue().encode("utf-8-sig")


def plain(text: str) -> str:
    """The text, so that no spreadsheet takes it for a formula."""
    begins = text.lstrip(" \u00a0\u200b\ufeff")
    return f"'{text}" if text[:1] in _FORMULAS or begins[:1] in _FORMULAS else text


def _parts(entries: Iterator[AuditEntry]) -> Iterator[list[AuditEntry]]:
    while some := list(islice(entries, AT_ONCE)):
        yield some


def _cells(entry: AuditEntry) -> Iterator[str]:
    yield entry.at.isoformat(timespec="seconds")
    yield entry.action
    for mark in (entry.actor, entry.room_mark, entry.target):
        found = entry.name_of(mark)
        yield mark
        yield found.text if found else ""
    yield entry.reason
    yield entry.address
    yield json.dumps(entry.details, ensure_ascii=False) if entry.details else ""

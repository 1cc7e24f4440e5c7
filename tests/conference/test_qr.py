"""The QR code in a terminal: what a phone sees, and where it is left out."""

import fcntl
import os
import struct
import termios
from collections.abc import Iterator
from io import StringIO
from typing import TextIO

import pytest
import qrcode

from conference import qr

LINK = "https://192.168.100.200:8000"
SEEN = {"█": (True, True), "▀": (True, False), "▄": (False, True), " ": (False, False)}


def modules(lines: list[str]) -> list[list[bool]]:
    """What is dark in the drawing, as rows of modules."""
    return [
        [SEEN[character][half] for character in line]
        for line in lines
        for half in (0, 1)
    ]


def test_every_module_stands_where_the_standard_puts_it() -> None:
    seen = modules(qr.drawing(LINK))
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_L, border=0)
    code.add_data(LINK)
    expected = [[bool(module) for module in row] for row in code.get_matrix()]
    size = len(expected)
    inner = [row[4 : 4 + size] for row in seen[4 : 4 + size]]
    assert inner == expected
    # The finder pattern in three corners (ISO/IEC 18004, 6.3.3.1).
    for row, column in ((0, 0), (0, size - 7), (size - 7, 0)):
        assert inner[row][column : column + 7] == [True] * 7
        assert inner[row + 1][column + 1 : column + 6] == [False] * 5


def test_a_quiet_zone_surrounds_it() -> None:
    seen = modules(qr.drawing(LINK))
    for row in (*seen[:4], *seen[-4:]):
        assert not any(row)
    for row in seen:
        assert not any(row[:4])
        assert not any(row[-4:])
    assert len({len(row) for row in seen}) == 1


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[TextIO]:
    """A real terminal of 120 columns, which knows UTF-8."""
    monkeypatch.setenv("TERM", "xterm-256color")
    outer, inner = os.openpty()
    with os.fdopen(inner, "w", encoding="utf-8") as out:
        resize(out, 120)
        yield out
    os.close(outer)


def resize(out: TextIO, columns: int) -> None:
    fcntl.ioctl(out, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))


def test_a_terminal_shows_it(terminal: TextIO) -> None:
    assert qr.can_show(qr.drawing(LINK), terminal)


def test_a_narrow_terminal_does_not(terminal: TextIO) -> None:
    lines = qr.drawing(LINK)
    resize(terminal, len(lines[0]))
    assert qr.can_show(lines, terminal)
    resize(terminal, len(lines[0]) - 1)
    assert not qr.can_show(lines, terminal)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_nor_one_without_the_characters(terminal: TextIO, encoding: str) -> None:
    terminal.reconfigure(encoding=encoding)  # type: ignore[attr-defined]
    assert not qr.can_show(qr.drawing(LINK), terminal)


def test_nor_one_that_knows_no_colours(
    terminal: TextIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert not qr.can_show(qr.drawing(LINK), terminal)


def test_nor_does_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    assert not qr.can_show(qr.drawing(LINK), StringIO())

"""A QR code (ISO/IEC 18004) drawn in a terminal, for a phone to read."""

import os
from typing import Protocol

import qrcode

# Of light modules on each side; readers look for it.
QUIET_ZONE = 4
# A character shows two modules, one above the other: (upper is dark, lower is dark).
BLOCKS = {
    (True, True): "█",
    (True, False): "▀",
    (False, True): "▄",
    (False, False): " ",
}
# Dark on light, whatever the terminal's own colours are.
BLACK_ON_WHITE, PLAIN = "\x1b[30;107m", "\x1b[0m"


class Terminal(Protocol):
    """As much of a text stream as has to be known."""

    @property
    def encoding(self) -> str: ...

    def isatty(self) -> bool: ...

    def fileno(self) -> int: ...


def drawing(text: str) -> list[str]:
    """The lines of the code, as wide as each other, quiet zone included."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_L, border=QUIET_ZONE)
    code.add_data(text)
    code.make(fit=True)
    rows = [[bool(module) for module in row] for row in code.get_matrix()]
    if len(rows) % 2:
        rows.append([False] * len(rows[0]))
    return [
        "".join(BLOCKS[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    ]


def coloured(lines: list[str]) -> list[str]:
    return [f"{BLACK_ON_WHITE}{line}{PLAIN}" for line in lines]


def can_show(lines: list[str], out: Terminal) -> bool:
    """Whether `out` is a terminal that has these characters, colours and the room."""
    if not out.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        return False
    try:
        "".join(BLOCKS.values()).encode(out.encoding or "ascii")
        room = os.get_terminal_size(out.fileno()).columns
    except (UnicodeEncodeError, LookupError, OSError):
        return False
    # A terminal that does not know its size says 0.
    return len(lines[0]) <= (room or 80)

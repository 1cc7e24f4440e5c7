"""What a person or a room may be called.

A name is shown to people who did not choose it, beside names that others chose: it
must not be able to reverse the text around it, to hide, or to climb over its line.
This module knows no framework, so that the wire's door may use it too.
"""

import unicodedata
from collections.abc import Iterable

NAME_LENGTH = 60
"""The most characters a name may have, after cleaning."""

_RAW_LENGTH = 1000
_MARKS_IN_A_ROW = 4
"""What any living script needs; more of them only paint over other lines."""

_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_VISIBLE_INITIALS = frozenset("LNPS")

# Default_Ignorable_Code_Point (Unicode 15, DerivedCoreProperties) and blanks whose
# category says "letter", "mark" or "symbol" although they draw nothing.
_BLANKS = frozenset(
    {
        0x034F,  # combining grapheme joiner
        0x115F,  # Hangul fillers
        0x1160,
        0x3164,
        0xFFA0,
        0x17B4,  # Khmer inherent vowels
        0x17B5,
        0x2800,  # Braille pattern blank
        *range(0x180B, 0x1810),  # Mongolian selectors
        *range(0xFE00, 0xFE10),  # variation selectors
        *range(0xE0000, 0xE1000),  # tags and more variation selectors
    }
)


class BadName(ValueError):
    """The text cannot be a name; the message says why, in words for its author."""

    code = "bad-name"


def clean_name(text: str) -> str:
    """Return `text` as it will be shown: NFKC, one line, 1 to 60 visible characters.

    Control, bidirectional, zero-width and other invisible characters are dropped and
    white space becomes single spaces. Cleaning a clean name changes nothing.
    Raises BadName where nothing visible is left or too much is.
    """
    if len(text) > _RAW_LENGTH:
        raise BadName(f"Use at most {NAME_LENGTH} characters.")
    name = visible_line(text)
    if not any(unicodedata.category(char)[0] in _VISIBLE_INITIALS for char in name):
        raise BadName("Type a name that can be seen.")
    if len(name) > NAME_LENGTH:
        raise BadName(f"Use at most {NAME_LENGTH} characters.")
    return name


def visible_line(text: str) -> str:
    """What of `text` can be seen, as one line: NFKC, rid of what a name may not hold.

    Of any length, and maybe empty; for other short texts that people show each other.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    spaced = " ".join(unicodedata.normalize("NFKC", text).split())
    kept = _without_towers(char for char in spaced if not _is_invisible(char))
    # What was dropped may have kept characters apart that compose, or two spaces.
    return " ".join(unicodedata.normalize("NFKC", kept).split())


def visible_lines(text: str) -> str:
    """What of `text` can be seen, in its lines: for longer texts, which have several.

    Each line is a visible line; of empty ones, one stays between others.
    """
    kept = [""]
    for line in map(visible_line, text.splitlines()):
        if line or kept[-1]:
            kept.append(line)
    return "\n".join(kept).strip("\n")


def _is_invisible(char: str) -> bool:
    return unicodedata.category(char) in _INVISIBLE_CATEGORIES or ord(char) in _BLANKS


def _without_towers(chars: Iterable[str]) -> str:
    """Drop marks that have no letter under them and those above the fourth."""
    kept: list[str] = []
    marks = _MARKS_IN_A_ROW
    for char in chars:
        if unicodedata.category(char) in ("Mn", "Me"):
            marks += 1
            if marks > _MARKS_IN_A_ROW:
                continue
        else:
            marks = _MARKS_IN_A_ROW if char == " " else 0
        kept.append(char)
    return "".join(kept)

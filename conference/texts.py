"""A site's own words, written as plain text, read as headings, paragraphs and links.

Nothing in them is ever taken for markup: the parts are put into a template, which
escapes each.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from .models import SiteText

DEFAULT_PRIVACY = Path(__file__).with_name("privacy.txt")
HEADING = re.compile(r"(#{1,6})\s+(.*)")
# Addresses of pages and of mailboxes; a sign that ends the sentence is none of theirs.
ADDRESS = re.compile(
    r"""(?P<page>https?://[^\s<>"]*[^\s<>".,;:!?'\u2019\u201d)\]])"""
    r"|(?P<mailbox>[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Words, and where they lead to, if anywhere."""

    words: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A heading or a paragraph: lines of pieces."""

    heading: bool
    lines: tuple[tuple[Piece, ...], ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database said, and when (seconds of the machine's own count)."""

    written: bool
    at: float


_known: dict[str, _Known] = {}


def of_place(place: str) -> str | None:
    """The site's text for this place; else the product's own, if it has one."""
    written = SiteText.objects.filter(place=place).values_list("text", flat=True)
    if text := written.first():
        return text
    return default_privacy() if place == SiteText.Place.PRIVACY else None


def legal_is_written() -> bool:
    """Whether the site has a legal notice, which every footer asks.

    What this process changes it knows at once, what another one does within
    `settings.LEGAL_NOTICE_SECONDS`.
    """
    now, known = time.monotonic(), _known.get("legal")
    if known is None or now - known.at >= settings.LEGAL_NOTICE_SECONDS:
        written = SiteText.objects.filter(place=SiteText.Place.LEGAL).exists()
        known = _known["legal"] = _Known(written, now)
    return known.written


@receiver([post_save, post_delete], sender=SiteText)
def _forget(**_: object) -> None:
    transaction.on_commit(_known.clear)


@cache
def default_privacy() -> str:
    """What Parley keeps, where the site does not say it in its own words."""
    return DEFAULT_PRIVACY.read_text()


def blocks(text: str) -> Iterator[Block]:
    """Empty lines end a paragraph; # and a space begin a heading of one line."""
    paragraph: list[str] = []
    for line in [*text.splitlines(), ""]:
        heading = HEADING.fullmatch(line.strip())
        if (heading or not line.strip()) and paragraph:
            yield Block(False, tuple(map(_pieces, paragraph)))
            paragraph = []
        if heading:
            yield Block(True, (_pieces(heading[2]),))
        elif line.strip():
            paragraph.append(line.strip())


def _pieces(line: str) -> tuple[Piece, ...]:
    found, end = [], 0
    for match in ADDRESS.finditer(line):
        if match.start() > end:
            found.append(Piece(line[end : match.start()]))
        mailbox = match["mailbox"]
        found.append(Piece(match[0], f"mailto:{mailbox}" if mailbox else match[0]))
        end = match.end()
    if end < len(line):
        found.append(Piece(line[end:]))
    return tuple(found)

"""Tries what the settings lead to, and says in words what is wrong and what to do.

Nothing here writes into the database, sends a mail or shows a secret. Each check is a
generator of findings in a file of its own; examination.py runs them all.
"""

from dataclasses import dataclass
from enum import IntEnum

from django.conf import settings

from ..origin import is_local


class State(IntEnum):
    """How a matter stands; the command ends with the worst as its exit code."""

    GOOD = 0
    LOOK = 1
    BAD = 2

    @property
    def word(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """What was `found` about something, and what to `do`, where that helps."""

    state: State
    about: str
    found: str
    do: str = ""


def good(about: str, found: str) -> Finding:
    return Finding(State.GOOD, about, found)


def look(about: str, found: str, do: str) -> Finding:
    return Finding(State.LOOK, about, found, do)


def bad(about: str, found: str, do: str) -> Finding:
    return Finding(State.BAD, about, found, do)


def at_home() -> bool:
    """Whether the site is for this machine or its own network alone."""
    return bool(settings.LAN) or is_local(settings.SITE_URL)

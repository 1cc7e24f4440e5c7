"""Somebody whose page obeys nobody: real Chromium, real modules, no manners."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rooms.signalling.protocol import VERSION
from tests.browser.person import Person

ROGUE = (Path(__file__).parent / "rogue.js").read_text()
COMPLAINTS = "WebSocket connection to|status of 4"
"""What the browser says of sockets and pages that a server refuses."""


def rogue(person: Person) -> Person:
    """Before they come in: from now on their page does what it likes."""
    person.context.add_init_script(ROGUE)
    person.excuse(COMPLAINTS)
    return person


def tells(person: Person, message: dict[str, Any]) -> None:
    """Say this to the server on the socket that serves the page."""
    person.page.evaluate("(message) => rogue.tell(message)", message)


def shouts(person: Person, message: dict[str, Any]) -> int:
    """Say this to every other page, past the server; to how many it went."""
    return int(person.page.evaluate("(message) => rogue.shout(message)", message))


def tokens(person: Person) -> list[str]:
    """The resume tokens that this page was given."""
    found: list[str] = person.page.evaluate("() => rogue.tokens")
    return found


def close_codes(person: Person) -> list[int]:
    """How the server ended each socket of this page."""
    found: list[int] = person.page.evaluate("() => rogue.codes")
    return found


def comes_back(person: Person, token: str) -> tuple[list[str], int]:
    """Ask for the seat with an old token: what the server says, and its close code."""
    answer: dict[str, Any] = person.page.evaluate(
        "([token, protocol]) => rogue.comeBack(token, protocol)", [token, VERSION]
    )
    return answer["said"], answer["code"]


class Claims:
    """What somebody says of their slots, to everybody or to some, whatever is true."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.version = 1_000_000
        self.slots = {
            "microphone": "on",
            "camera": "on",
            "screen": "off",
            "screenAudio": "off",
        }

    def _next(self, slots: dict[str, str]) -> dict[str, Any]:
        self.version += 1
        self.slots |= slots
        return {"type": "state", "version": self.version, "slots": self.slots}

    def to_all(self, **slots: str) -> None:
        message = self._next(slots)
        shouts(self.person, message)
        tells(self.person, message)

    def past_the_server(self, **slots: str) -> None:
        shouts(self.person, self._next(slots))

"""What may go wrong on the wire, and why a socket is closed."""

from enum import IntEnum
from typing import Literal

ErrorCode = Literal[
    "bad-message",
    "too-large",
    "too-fast",
    "not-yet",
    "unknown-seat",
    "bad-name",
    "bad-protocol",
    "ticket-refused",
    "not-kept",
    "not-allowed",
    "locked",
    "kept-out",
    "try-again",
    "undeliverable",
]

ERRORS: dict[ErrorCode, str] = {
    "bad-message": "The server did not understand that.",
    "too-large": "That is too long to send.",
    "too-fast": "That was too much at once. Wait a moment.",
    "not-yet": "Join the call first.",
    "unknown-seat": "That person is no longer in the call.",
    "bad-name": "Enter a name with 1 to 60 visible characters.",
    "bad-protocol": "This page is out of date. Reload it.",
    "ticket-refused": "This page is no longer valid. Open the link again.",
    "not-kept": "This room does not keep its chat.",
    "not-allowed": "You may not do that here.",
    "locked": "The host has locked this room. Nobody new comes in.",
    "kept-out": "The host does not let you into this room.",
    "try-again": "The server could not do that just now. Try again.",
    "undeliverable": "That did not reach the other person. Try again.",
}

FORGIVEN: frozenset[ErrorCode] = frozenset(
    {"unknown-seat", "try-again", "undeliverable"}
)
"""Errors that honest clients meet in numbers; they do not count as abuse."""


class Close(IntEnum):
    """Why the server closed a socket; below 4000 the standard's own codes."""

    RESTART = 1012
    ABUSE = 4400
    TICKET_REFUSED = 4401
    REVOKED = 4403
    UNKNOWN_ROOM = 4404
    HELLO_TIMEOUT = 4408
    MOVED = 4409
    ROOM_DELETED = 4410
    ENDED = 4411
    REMOVED = 4412
    SLOW_READER = 4413
    BAD_PROTOCOL = 4426


class ProtocolError(Exception):
    """A frame that is not acted on; `about` and `to` are what could be read of it.

    `words` are for people, where the code's own do not say it.
    """

    def __init__(
        self, code: ErrorCode, about: str = "", to: str = "", words: str = ""
    ) -> None:
        super().__init__(code)
        self.code: ErrorCode = code
        self.about = about
        self.to = to
        self.words = words


class Revoked(ProtocolError):
    """The right to this seat was taken back: nothing can follow, and no other try."""

    def __init__(self, about: str = "") -> None:
        super().__init__("ticket-refused", about)

"""With what right somebody stands at a door or sits, and how it is taken back."""

from dataclasses import dataclass, replace
from typing import Literal

from .holder import Socket
from .protocol import Close, ErrorCode
from .seats import Seat


@dataclass(frozen=True, slots=True)
class Right:
    """What let somebody in; the same for who sits and has no socket just now.

    `browser` is the guest cookie, `revocations` are those of account and room as
    signed, `bind` stands for the browser's session, and `login` names its log-in (0:
    none is known). `invited`: a role or an accepted invitation let the person in;
    `role` is what they are in the room, as far as the call knows.
    """

    seat: str
    person: str
    browser: str
    user: int | None
    revocations: tuple[int, int]
    bind: str
    login: int
    invited: bool
    role: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How those go whose right it was: what they are told, and what the others are."""

    code: Close
    error: ErrorCode
    reason: Literal["removed", "revoked"]
    words: str = ""

    def saying(self, words: str) -> "TakenBack":
        """The same, with words of one's own for who goes; none: the usual ones."""
        return replace(self, words=words)


REVOKED = TakenBack(Close.REVOKED, "ticket-refused", "revoked")
REMOVED = TakenBack(Close.REMOVED, "kept-out", "removed")
REFUSED = TakenBack(Close.TICKET_REFUSED, "ticket-refused", "revoked")
"""For who came in while no rows could be read, and should not have; a page may ask."""


def of_socket(socket: Socket) -> Right:
    entry = socket.entry
    return Right(
        entry.seat,
        entry.person,
        entry.browser,
        entry.user,
        entry.revocations,
        socket.bind,
        entry.login,
        entry.invited,
        entry.role,
    )


def of_seat(seat: Seat[Socket]) -> Right:
    """That of the socket which serves it, or as it was signed when it was taken."""
    if seat.holder is not None:
        return of_socket(seat.holder)
    claim = seat.claim
    return Right(
        claim.seat,
        claim.person,
        claim.browser,
        claim.user,
        claim.revocations,
        claim.bind,
        claim.login,
        claim.invited,
        claim.role,
    )

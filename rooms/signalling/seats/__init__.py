"""Who sits in a room, who waits for a place, and for how long an empty chair is kept.

Pure rules: no socket, no task, no clock of its own. Each method returns, in order, what
became true; telling people is for others. A *holder* is whatever serves a seat at the
moment: a seat outlives it.
"""

from .facts import (
    Away,
    Changed,
    Fact,
    Joined,
    Knocked,
    Left,
    LobbyChanged,
    Moved,
    Queued,
    Reason,
    Refused,
    TurnedAway,
    Welcomed,
    Whole,
)
from .lobby import KNOCKS_AT_MOST, REFUSED_SECONDS, Knock, Threshold
from .past import FREED_AT_MOST, GRACE_SECONDS
from .seat import Claim, Clock, Seat
from .seats import HOLD_SECONDS, SILENT_SECONDS, Seats

__all__ = [
    "FREED_AT_MOST",
    "GRACE_SECONDS",
    "HOLD_SECONDS",
    "KNOCKS_AT_MOST",
    "REFUSED_SECONDS",
    "SILENT_SECONDS",
    "Away",
    "Changed",
    "Claim",
    "Clock",
    "Fact",
    "Joined",
    "Knock",
    "Knocked",
    "Left",
    "LobbyChanged",
    "Moved",
    "Queued",
    "Reason",
    "Refused",
    "Seat",
    "Seats",
    "Threshold",
    "TurnedAway",
    "Welcomed",
    "Whole",
]

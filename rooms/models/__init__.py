"""What the server remembers of rooms."""

from .ban import Ban
from .barred import Barred
from .day import Day
from .invitation import (
    Acceptance,
    AccountNeeded,
    Invitation,
    InvitationRefused,
    State,
)
from .live_call import LiveCall
from .membership import Membership, Role
from .message import Message
from .postage import NoMail, Postage
from .prohibition import Prohibition
from .report import Report, ReportNote
from .room import Room
from .seat import Seat
from .visit import Visit

__all__ = [
    "Acceptance",
    "AccountNeeded",
    "Ban",
    "Barred",
    "Day",
    "Invitation",
    "InvitationRefused",
    "LiveCall",
    "Membership",
    "Message",
    "NoMail",
    "Postage",
    "Prohibition",
    "Report",
    "ReportNote",
    "Role",
    "Room",
    "Seat",
    "State",
    "Visit",
]

"""What the server remembers of rooms."""

from .invitation import (
    Acceptance,
    AccountNeeded,
    Invitation,
    InvitationRefused,
    NoMail,
    State,
)
from .membership import Membership, Role
from .message import Message
from .room import Room
from .seat import Seat
from .visit import Visit

__all__ = [
    "Acceptance",
    "AccountNeeded",
    "Invitation",
    "InvitationRefused",
    "Membership",
    "Message",
    "NoMail",
    "Role",
    "Room",
    "Seat",
    "State",
    "Visit",
]

"""What the server remembers of rooms."""

from .invitation import (
    Acceptance,
    AccountNeeded,
    Invitation,
    InvitationRefused,
    State,
)
from .membership import Membership, Role
from .message import Message
from .postage import NoMail, Postage
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
    "Postage",
    "Role",
    "Room",
    "Seat",
    "State",
    "Visit",
]

"""Rooms and what belongs to them, in the administration."""

from .invitation import AcceptanceAdmin, InvitationAdmin, NoMailAdmin
from .membership import MembershipAdmin
from .message import MessageAdmin
from .room import RoomAdmin
from .seat import SeatAdmin

__all__ = [
    "AcceptanceAdmin",
    "InvitationAdmin",
    "MembershipAdmin",
    "MessageAdmin",
    "NoMailAdmin",
    "RoomAdmin",
    "SeatAdmin",
]

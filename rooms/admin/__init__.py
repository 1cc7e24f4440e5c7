"""Rooms and what belongs to them, in the administration."""

from .membership import MembershipAdmin
from .message import MessageAdmin
from .room import RoomAdmin
from .seat import SeatAdmin

__all__ = ["MembershipAdmin", "MessageAdmin", "RoomAdmin", "SeatAdmin"]

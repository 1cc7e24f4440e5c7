"""What the server remembers of rooms."""

from .membership import Membership
from .message import Message
from .room import Room
from .seat import Seat

__all__ = ["Membership", "Message", "Room", "Seat"]

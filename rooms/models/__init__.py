"""What the server remembers of rooms."""

from .membership import Membership, Role
from .message import Message
from .room import Room
from .seat import Seat

__all__ = ["Membership", "Message", "Role", "Room", "Seat"]

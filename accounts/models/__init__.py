"""Who people are."""

from .suspension import Suspension
from .user import User

__all__ = ["Suspension", "User"]

"""Pages of one's own account that allauth does not bring."""

from .pictures import picture
from .profile import profile

__all__ = ["picture", "profile"]

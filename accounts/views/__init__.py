"""Pages of one's own account that allauth does not bring."""

from .deletion import delete_account
from .export import export
from .pictures import picture, picture_change, picture_remove
from .profile import appearance, profile
from .recovery_codes import recovery_codes, recovery_codes_file
from .sessions import sessions

__all__ = [
    "appearance",
    "delete_account",
    "export",
    "picture",
    "picture_change",
    "picture_remove",
    "profile",
    "recovery_codes",
    "recovery_codes_file",
    "sessions",
]

"""Pages of one's own account that allauth does not bring."""

from .addresses import Addresses
from .deletion import delete_account
from .export import export
from .links import confirm_email, new_password
from .own_keys import KeyRemoval, KeyRename
from .passkeys import PasskeyLogin
from .pictures import picture, picture_change, picture_remove
from .profile import appearance, profile
from .recovery_codes import recovery_codes, recovery_codes_file
from .sessions import sessions
from .sign_up import SignUp

__all__ = [
    "Addresses",
    "KeyRemoval",
    "KeyRename",
    "PasskeyLogin",
    "SignUp",
    "appearance",
    "confirm_email",
    "delete_account",
    "export",
    "new_password",
    "picture",
    "picture_change",
    "picture_remove",
    "profile",
    "recovery_codes",
    "recovery_codes_file",
    "sessions",
]

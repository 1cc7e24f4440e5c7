"""What forms of accounts say when something is missing or wrong, in our words."""

from typing import Any

from django.core.exceptions import ValidationError

MISSING = {
    "login": "Type your e-mail address.",
    "email": "Type your e-mail address.",
    "password": "Type your password.",
    "oldpassword": "Type the password you have now.",
    "password1": "Type a password.",
    "password2": "Type the same password again.",
    "code": "Type the code.",
}
INCOMPLETE_ADDRESS = "This is not a whole e-mail address, like you@example.org."
LONGEST_ADDRESS = 254
"""RFC 5321, 4.5.3.1.3, without its angle brackets."""
TOO_LONG_ADDRESS = "No address is that long. Type one of at most 254 characters."

REFUSED = {
    "account_inactive": "This account is closed. Ask the people who run this site.",
    "cannot_remove_primary_email": "This is your main address, so it stays.",
    "duplicate_email": "You have this address already.",
    "email_password_mismatch": "This e-mail and password do not belong together.",
    "email_taken": "Somebody has an account with this address. Is it yours? Log in.",
    "enter_current_password": "This is not your password.",
    "incorrect_password": "This is not your password.",
    "invalid_login": "This e-mail and password do not belong together.",
    "invalid_password_reset": "This link is used or too old. Ask for a new one.",
    "main_elsewhere": (
        "Another account has this as its main address. If it is yours, log in there "
        "and choose another one first."
    ),
    "rate_limited": "That was too often. Wait a few minutes, then try again.",
    "too_many_login_attempts": (
        "Too many tries. Wait a while, then try again, or choose a new password."
    ),
    "unverified_primary_email": "Confirm this address first.",
}
"""By allauth's names for what it refuses; `main_elsewhere` is ours."""


def refuse_unmailable(address: str) -> None:
    """Raise ValidationError where an address is longer than mail or our rows allow.

    Or where it holds what nobody can see: between quotes, RFC 5322 has room for control
    characters, and so has Django.
    """
    if len(address) > LONGEST_ADDRESS:
        raise ValidationError(TOO_LONG_ADDRESS, code="too_long")
    if not address.isprintable():
        raise ValidationError(INCOMPLETE_ADDRESS, code="invalid")


class OurWords:
    """For a form of allauth's: its rules in our words, and one about addresses."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined] # a form's
        for name, field in fields.items():
            if name in MISSING:
                field.error_messages["required"] = MISSING[name]
            if name in ("login", "email"):
                field.error_messages["invalid"] = INCOMPLETE_ADDRESS
                field.validators.append(refuse_unmailable)

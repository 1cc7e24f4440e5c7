"""Second factors: how their secrets are kept, and how they are called."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from conference.sealing import seal, unseal

from .models import User

PURPOSE = "second-factor"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc] # has no types
    """Secrets of authenticator apps and recovery codes rest sealed."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "add_email_blocked": (
            "With two-step log-in on, no address can be added. Turn it off first."
        ),
        "cannot_delete_authenticator": "This has to stay.",
        "cannot_generate_recovery_codes": (
            "Codes come with two-step log-in. Set up an app or a passkey first."
        ),
        "incorrect_code": "This did not fit. Look for the newest code, then try again.",
        "unverified_email": (
            "First confirm your e-mail addresses, or remove those you cannot confirm."
        ),
    }

    def encrypt(self, text: str) -> str:
        return seal(text.encode(), PURPOSE).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(encrypted_text.encode(), PURPOSE).decode()

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """“Passkey”, “Passkey 2”…: what it is called until its owner says otherwise."""
        count = Authenticator.objects.filter(user=user, type=type).count()
        return f"Passkey {count + 1}" if count else "Passkey"

    def _get_site_name(self) -> str:
        """Whom an authenticator shows; allauth's own is the host that was asked for."""
        return settings.SITE_NAME

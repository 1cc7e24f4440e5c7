"""Whether somebody proves who they are twice, and the way back for who cannot."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction

from conference.audit import Action, record

from .models import User
from .sessions import end_sessions

KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
"""Recovery codes alone, a leftover of one of these, are no second step."""


def has_second_step(person: Any) -> bool:
    """Whether this visitor's account is opened by more than a password."""
    return bool(is_mfa_enabled(person, types=KINDS))


def take_away(user: User) -> int:
    """Let the password alone open the account again, and log it out everywhere.

    Returns how many apps, passkeys and sets of codes it had.
    """
    with transaction.atomic():
        gone, _ = Authenticator.objects.filter(user=user).delete()
        record(Action.SECOND_FACTOR_RESET, target=f"u:{user.pk}")
    end_sessions(user)
    return int(gone)

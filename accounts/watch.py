"""Says who guesses: in the log, for programs that watch it, and in the audit log.

One line for each password or code that was looked at and found wrong, with the address
it came from and nothing else: what people mistype is often a password, too. The audit
log names the account that was meant, if there is one, by its number.
"""

import logging
from typing import Any

from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from conference.audit import Action, record
from conference.client import of_request

from .models import User

log = logging.getLogger(__name__)


@receiver(user_login_failed)
def wrong_password(
    request: HttpRequest | None, credentials: dict[str, Any], **_: Any
) -> None:
    log.warning("Wrong password, from %s", of_request(request) if request else "here")
    email = str(credentials.get("email") or credentials.get("username") or "").lower()
    # Asked alike for addresses that nobody has: an answer must not take longer.
    number = User.objects.filter(email=email).values_list("pk", flat=True).first()
    _note(request, number, "password")


@receiver(authentication_failed)
def wrong_code(request: HttpRequest, user: User, **_: Any) -> None:
    log.warning("Wrong second factor, from %s", of_request(request))
    _note(request, user.pk, "second factor")


def _note(request: HttpRequest | None, number: int | None, what: str) -> None:
    record(
        Action.SIGN_IN_FAILED,
        target=f"u:{number}" if number is not None else "",
        address=of_request(request) if request else "",
        details={"wrong": what},
    )

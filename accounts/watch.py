"""Says in the log who guesses, for people and programs that watch it.

One line for each password or code that was looked at and found wrong, with the address
it came from and nothing else: what people mistype is often a password, too.
"""

import logging
from typing import Any

from allauth.mfa.signals import authentication_failed
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from conference.client import of_request

log = logging.getLogger(__name__)


@receiver(user_login_failed)
def wrong_password(request: HttpRequest | None, **_: Any) -> None:
    log.warning("Wrong password, from %s", of_request(request) if request else "here")


@receiver(authentication_failed)
def wrong_code(request: HttpRequest, **_: Any) -> None:
    log.warning("Wrong second factor, from %s", of_request(request))

"""Browsers in which somebody has logged in before.

Wrong passwords count by account, so that nobody guesses from a thousand addresses; and
so that nobody shuts people out by guessing at their accounts, a browser that has been
in counts for itself. Its cookie opens nothing: it only says whose count to use.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

SALT = "accounts.known"
MAX_AGE = 180 * 24 * 3600
"""Seconds for which a browser is remembered after its last log-in."""


def remember(response: HttpResponse, email: str) -> None:
    """Let the browser say from now on that it has been in with this address."""
    response.set_cookie(
        settings.KNOWN_COOKIE_NAME,
        signing.dumps([_mark(email), secrets.token_urlsafe(12)], salt=SALT),
        max_age=MAX_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def count_of(request: HttpRequest, email: str) -> str:
    """Whose wrong passwords are counted: the address's, or those of this browser."""
    address = email.lower()
    try:
        mark, browser = signing.loads(
            request.COOKIES.get(settings.KNOWN_COOKIE_NAME, ""),
            salt=SALT,
            max_age=MAX_AGE,
        )
    except (signing.BadSignature, ValueError):
        return address
    return f"{address} {browser}" if mark == _mark(address) else address


def _mark(email: str) -> str:
    return salted_hmac(SALT, email.lower(), algorithm="sha256").hexdigest()

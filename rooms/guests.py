"""How somebody without an account is the same somebody on the next page.

A guest is a random number in a signed cookie, and nothing in the database. It opens
nothing by itself; it ties tickets to a browser and messages to their writer.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE_SECONDS = 365 * 24 * 60 * 60
_SALT = "rooms.guests"


@dataclass(frozen=True, slots=True)
class Guest:
    """`id` are 128 random bits, `cookie` its signed form."""

    id: str
    cookie: str
    is_new: bool

    @classmethod
    def of(cls, request: HttpRequest) -> "Guest":
        """The guest this browser is known as, or a new one to be remembered."""
        cookie = request.COOKIES.get(settings.GUEST_COOKIE_NAME, "")
        signer = signing.Signer(salt=_SALT)
        try:
            return cls(signer.unsign(cookie), cookie, is_new=False)
        except signing.BadSignature:
            identity = secrets.token_hex(16)
            return cls(identity, signer.sign(identity), is_new=True)

    def remember(self, response: HttpResponse) -> None:
        """Give a new guest their cookie; a known one has it."""
        if self.is_new:
            response.set_cookie(
                settings.GUEST_COOKIE_NAME,
                self.cookie,
                max_age=COOKIE_SECONDS,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )

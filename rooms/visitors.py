"""Who is at a door: an account, a guest's cookie, or nobody known."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from accounts.models import User
from accounts.requests import signed_in

from .guests import Guest


@dataclass(frozen=True, slots=True)
class Visitor:
    """`guest` is the guest id of the browser; accounts are known by their account.

    `proof` is what the browser shows for a room's password (rooms.passwords).
    """

    user: User | None
    guest: str
    proof: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Visitor":
        proof = request.COOKIES.get(settings.ROOM_PASSWORD_COOKIE_NAME, "")
        return cls(signed_in(request), Guest.of(request).id, proof)

    @property
    def person(self) -> str:
        """`u:<account>` or `g:<guest>`; the same for the same somebody everywhere."""
        return f"g:{self.guest}" if self.user is None else f"u:{self.user.pk}"

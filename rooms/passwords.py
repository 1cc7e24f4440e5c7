"""A room's password: what is kept of it, and how a browser shows that it was given.

Kept is a slow hash. A browser to which the right one was given has a proof, a signed
cookie for this room and this guest cookie; it holds for twelve hours, as tokens do, and
no longer than the password: whoever has the new one's hash has another mark.
"""

import hashlib
import hmac
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.http import HttpResponse
from django.urls import reverse

if TYPE_CHECKING:
    from .models import Room

LONGEST = 128
PROOF_SECONDS = 12 * 60 * 60
_SALT = "rooms.passwords.proof"


def put(room: "Room", text: str) -> None:
    """Ask for this password from now on; empty: for none. A running call follows."""
    room.change(password=make_password(_plain(text)) if text else "")


def is_right(room: "Room", text: str) -> bool:
    """Whether this is the room's password. Slow on purpose: count tries before."""
    if not room.password or len(text) > LONGEST:
        return False
    return check_password(_plain(text), room.password)


def mark_of(room: "Room") -> str:
    """What stands for the present password in tokens; empty: none is asked for.

    It changes with the password, and with our key; there is no way back from it.
    """
    if not room.password:
        return ""
    key = _key(settings.SECRET_KEY)
    return hmac.digest(key, room.password.encode(), "sha256").hex()[:32]


def proves(proof: str, room: "Room", guest: str) -> bool:
    """Whether the right password of this room was given in this guest's browser."""
    signer = signing.TimestampSigner(salt=_SALT)
    try:
        signed = signer.unsign(proof, max_age=PROOF_SECONDS)
    except signing.BadSignature:
        return False
    return hmac.compare_digest(signed, _proven(room, guest))


def remember(response: HttpResponse, room: "Room", guest: str) -> None:
    """Give the browser its proof; it brings it to this room's pages alone."""
    signer = signing.TimestampSigner(salt=_SALT)
    response.set_cookie(
        settings.ROOM_PASSWORD_COOKIE_NAME,
        signer.sign(_proven(room, guest)),
        max_age=PROOF_SECONDS,
        path=reverse("call", args=[room.link]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _proven(room: "Room", guest: str) -> str:
    return f"{room.pk}.{guest}.{mark_of(room)}"


def _plain(text: str) -> str:
    """The same for the same password, whatever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"rooms.passwords.mark" + secret.encode()).digest()

"""Things the database keeps and must not be able to tell: sealed with SECRET_KEY.

Fernet (AES-128-CBC and HMAC-SHA256) under a key derived by HKDF (RFC 5869), another
one for each purpose.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBroken(Exception):
    """Sealed under another SECRET_KEY, for another purpose, or damaged."""


def seal(data: bytes, purpose: str) -> bytes:
    return _box(purpose).encrypt(data)


def unseal(sealed: bytes, purpose: str) -> bytes:
    """What was sealed for this purpose; raises SealBroken."""
    try:
        return _box(purpose).decrypt(sealed)
    except InvalidToken as fault:
        raise SealBroken from fault


def _box(purpose: str) -> Fernet:
    key = HKDF(SHA256(), 32, salt=None, info=f"parley.{purpose}".encode())
    secret = settings.SECRET_KEY.encode()
    return Fernet(base64.urlsafe_b64encode(key.derive(secret)))

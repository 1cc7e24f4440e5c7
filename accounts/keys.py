"""How a passkey is named in addresses: by 128 bits that count nothing."""

import hmac

from allauth.mfa.models import Authenticator
from django.http import Http404
from django.utils.crypto import salted_hmac

from .models import User

_SALT = "accounts.keys"


def address_part(key: Authenticator) -> str:
    """The same for the same key, and no way from it to the number of its row."""
    return salted_hmac(_SALT, str(key.pk), algorithm="sha256").hexdigest()[:32]


def own_key(user: User, part: str) -> Authenticator:
    """The person's own passkey of that name; Http404 where they have no such one."""
    mine = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    for key in mine:
        if hmac.compare_digest(address_part(key), part):
            return key
    raise Http404

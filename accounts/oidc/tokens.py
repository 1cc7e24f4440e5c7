"""The ID token: who somebody is, signed (OpenID Connect Core 1.0, 3.1.3.7)."""

from typing import Any

import jwt
from django.utils.crypto import constant_time_compare, salted_hmac

from .asking import ask
from .faults import Unusable

# Signatures that only the provider can make, not everybody who knows the client secret.
ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
]
CLOCKS_APART = 60
"""Seconds by which the provider's clock may differ from ours."""


def nonce_for(state: str) -> str:
    """What the ID token must repeat: bound to the state, which is good once."""
    return salted_hmac("accounts.oidc.nonce", state, algorithm="sha256").hexdigest()


def read(
    token: object, provider: dict[str, Any], client_id: str, nonce: str
) -> dict[str, Any]:
    """The claims of the provider's ID token for us and for this very log-in.

    Raises Unusable for a token that is missing, forged, old, or another's.
    """
    if not isinstance(token, str):
        raise Unusable("the answer holds no ID token")
    try:
        claims = jwt.decode(
            token,
            _key(token, provider["jwks_uri"]),
            algorithms=ALGORITHMS,
            issuer=provider["issuer"],
            audience=client_id,
            leeway=CLOCKS_APART,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except (jwt.PyJWTError, TypeError, ValueError) as fault:
        raise Unusable(f"ID token: {fault}") from fault
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise Unusable("ID token: names nobody")
    if not constant_time_compare(str(claims.get("nonce", "")), nonce):
        raise Unusable("ID token: belongs to another log-in")
    if claims.get("azp", client_id) != client_id:
        raise Unusable("ID token: was made for another client")
    return claims


def _key(token: str, url: str) -> Any:
    """The provider's key that the token names, or its only one for signatures."""
    wanted = jwt.get_unverified_header(token).get("kid")
    keys = [
        key
        for key in jwt.PyJWKSet.from_dict(ask(url)).keys
        if key.public_key_use in (None, "sig") and wanted in (None, key.key_id)
    ]
    if len(keys) != 1:
        raise Unusable(f"ID token: {len(keys)} keys for {wanted!r}")
    return keys[0].key

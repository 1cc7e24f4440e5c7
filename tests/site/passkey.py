"""A passkey as a browser would have registered it (WebAuthn, 6.5)."""

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
)

ID = b"a-passkey-of-tests"


def registered() -> dict[str, Any]:
    """What the site keeps of it."""
    drawn = ec.generate_private_key(ec.SECP256R1()).public_key()
    key = ES256.from_cryptography_key(drawn)  # type: ignore[no-untyped-call]
    flags = AuthenticatorData.FLAG.AT | AuthenticatorData.FLAG.UP
    data = AuthenticatorData.create(
        hashlib.sha256(b"localhost").digest(),
        flags,
        0,
        AttestedCredentialData.create(Aaguid.NONE, ID, key),
    )
    said = {
        "type": "webauthn.create",
        "challenge": "AAAA",
        "origin": "http://localhost",
    }
    return {
        "name": "Key",
        "credential": {
            "id": _text(ID),
            "rawId": _text(ID),
            "type": "public-key",
            "response": {
                "clientDataJSON": _text(json.dumps(said).encode()),
                "attestationObject": _text(AttestationObject.create("none", data, {})),
            },
            "clientExtensionResults": {"credProps": {"rk": True}},
        },
    }


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()

"""A passkey as a browser would have registered it (WebAuthn, 6.5)."""

import hashlib
import json
from base64 import urlsafe_b64encode
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
)

ID = b"a-passkey-of-tests"


def drawn() -> ec.EllipticCurvePrivateKey:
    """The half of it that never leaves its device."""
    return ec.generate_private_key(ec.SECP256R1())


def registered(secret: ec.EllipticCurvePrivateKey | None = None) -> dict[str, Any]:
    """What the site keeps of it."""
    public = (secret or drawn()).public_key()
    key = ES256.from_cryptography_key(public)  # type: ignore[no-untyped-call]
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


def signed(
    secret: ec.EllipticCurvePrivateKey, challenge: str, site: str, owner: str
) -> dict[str, Any]:
    """What a browser at `site` says with it, once its owner is recognised (6.3.3)."""
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV
    data = AuthenticatorData.create(hashlib.sha256(site.encode()).digest(), flags, 1)
    said = {
        "type": "webauthn.get",
        "challenge": challenge,
        "origin": f"http://{site}",
    }
    client = json.dumps(said).encode()
    seal = secret.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
    return {
        "id": _text(ID),
        "rawId": _text(ID),
        "type": "public-key",
        "response": {
            "clientDataJSON": _text(client),
            "authenticatorData": _text(data),
            "signature": _text(seal),
            "userHandle": _text(owner.encode()),
        },
        "clientExtensionResults": {},
    }


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()

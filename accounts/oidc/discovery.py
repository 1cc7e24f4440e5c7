"""What a provider says of itself (OpenID Connect Discovery 1.0, 4)."""

from typing import Any

from conference.origin import origin_of

from .asking import ask
from .faults import Unusable

PATH = "/.well-known/openid-configuration"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OPTIONAL = ("userinfo_endpoint",)


def discover(issuer: str) -> dict[str, Any]:
    """The provider's description of itself, which must be that of this very issuer.

    Raises Unusable where it cannot be had, names another issuer, or lacks an address.
    """
    said = ask(f"{issuer}{PATH}")
    if str(said.get("issuer", "")).rstrip("/") != issuer:
        raise Unusable(f"{issuer} says it is {said.get('issuer')!r}")
    for name in NEEDED + tuple(name for name in OPTIONAL if name in said):
        try:
            origin_of(str(said.get(name, "")))
        except ValueError as fault:
            raise Unusable(f"{issuer}: {name} {fault}") from fault
    return said

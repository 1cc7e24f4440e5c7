"""Whose address a request or socket came from: the only place that decides it.

Limits count by it, so a forged header must not change it: of `X-Forwarded-For` only as
many entries are believed, counted from the right, as there are proxies of our own
(`TRUSTED_PROXIES`).
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from .origin import LOOPBACK, host_of

UNKNOWN = "0.0.0.0"  # noqa: S104
PASSED_ON = frozenset(
    {
        *(b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"),
        *(b"x-real-ip", b"forwarded", b"via"),
    }
)
"""Headers that proxies add, one or the other."""

Headers = Mapping[str, str] | Iterable[tuple[bytes, bytes]]


def client_address(headers: Headers, peer: str | None) -> str:
    """The address of the client behind our own proxies, as canonical text.

    `headers` are a request's (names in any case) or an ASGI scope's; `peer` is whoever
    opened the connection. What cannot be read as an address is passed over.
    """
    if settings.TRUSTED_PROXIES:
        hops = forwarded(headers)[-settings.TRUSTED_PROXIES :]
        if hops and (address := canonical(hops[0])):
            return address
    return canonical(peer or "") or UNKNOWN


def of_request(request: HttpRequest) -> str:
    return client_address(request.headers, request.META.get("REMOTE_ADDR"))


def of_scope(scope: Mapping[str, Any]) -> str:
    client = scope.get("client")
    return client_address(scope["headers"], client[0] if client else None)


def came_straight(scope: Mapping[str, Any]) -> bool:
    """Whether a program on this very machine asks, and asks this very process.

    What a proxy passes on did not; nor did a page that calls its own name this machine
    (DNS rebinding), for it names that in `Host`.
    """
    headers = list(scope["headers"])
    client = scope.get("client")
    peer = canonical(client[0] if client else "")
    hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
    return (
        peer is not None
        and ip_address(peer).is_loopback
        and len(hosts) == 1
        and names_this_machine(hosts[0])
        and not any(name.lower() in PASSED_ON for name, _ in headers)
    )


def names_this_machine(host: str) -> bool:
    """Whether a `Host` header holds a name of this very machine, with a port or not."""
    try:
        return host_of(f"http://{host}") in LOOPBACK
    except ValueError:
        return False


def forwarded(headers: Headers) -> list[str]:
    """All hops of all `X-Forwarded-For` headers, in the order they were added."""
    if isinstance(headers, Mapping):
        sent = [v for k, v in headers.items() if k.lower() == "x-forwarded-for"]
    else:
        sent = [
            value.decode("latin-1")
            for name, value in headers
            if name.lower() == b"x-forwarded-for"
        ]
    return [hop.strip() for value in sent for hop in value.split(",")]


def canonical(text: str) -> str | None:
    """An IP address without port, brackets or zone; v4 in v6 becomes v4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)

"""Origins in full: scheme, host and port (RFC 6454), of the site and of its sockets."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from .asgi_types import Application, Receive, Scope, Send

DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def origin_of(url: str) -> str:
    """`scheme://host[:port]` in lower case, without the scheme's own port.

    Raises ValueError for what is not an http(s) address, also for the origin `null`.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in DEFAULT_PORTS:
        raise ValueError("must begin with http:// or https://")
    if not parts.hostname or parts.username is not None:
        raise ValueError("must name a host, and no user")
    host = host_of(url.strip())
    port = parts.port
    if port is None or port == DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def site_origin(url: str) -> str:
    """The origin of the site's address, which has no path."""
    parts = urlsplit(url.strip())
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("must be an address without a path, as https://call.example")
    return origin_of(url)


def host_of(url: str) -> str:
    """The host's name without a port, an IPv6 address in brackets as in `Host`."""
    name = urlsplit(url).hostname or ""
    return f"[{name}]" if ":" in name else name


def is_local(site: str) -> bool:
    """Whether the site is one of this very machine, which browsers trust as https."""
    return host_of(site) in LOOPBACK


def own_origins(site: str) -> list[str]:
    """Every origin that is this site: one, or three for a site on this very machine."""
    if not is_local(site):
        return [site]
    host = host_of(site)
    return [site.replace(f"//{host}", f"//{each}", 1) for each in LOOPBACK]


class OriginCheck:
    """Refuses (403) every socket that a page of another origin opens, or no page.

    Channels' own validators compare host names only, or answer a malformed origin with
    400; a browser sends exactly one Origin with each WebSocket (RFC 6455, 4.1).
    """

    def __init__(self, app: Application, origins: Iterable[str]) -> None:
        self.app = app
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.allows([v for k, v in scope["headers"] if k.lower() == b"origin"]):
            await self.app(scope, receive, send)
            return
        await receive()  # websocket.connect; closing before accepting is a 403
        await send({"type": "websocket.close", "code": 1008, "reason": "origin"})

    def allows(self, sent: list[bytes]) -> bool:
        try:
            return len(sent) == 1 and origin_of(sent[0].decode("ascii")) in self.origins
        except ValueError:
            return False

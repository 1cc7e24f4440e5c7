"""One port for https, and for whoever types http:// there.

A TLS connection begins with a handshake record, whose first byte is 22 (RFC 8446, 5.1);
no HTTP request does. Such a request is sent on to the same place with https, for this
time only (307, kept by nobody): or browsers would do so for ever, also when another
program on this port speaks http.
"""

from collections.abc import Sequence
from typing import Any

from twisted.internet.interfaces import IProtocolFactory
from twisted.internet.protocol import Protocol
from twisted.internet.ssl import PrivateCertificate
from twisted.protocols.policies import TimeoutMixin
from twisted.protocols.tls import TLSMemoryBIOFactory

from .headers import BARE
from .origin import origin_of

TLS_HANDSHAKE = b"\x16"
HEAD_END = b"\r\n\r\n"
HEAD_LIMIT_BYTES = 16 * 1024
# For the first byte, and for the head of a plain request.
PATIENCE_SECONDS = 20


class Doorway(TLSMemoryBIOFactory):
    """Speaks TLS (1.2 and newer) before `pages`, and sends plain requests there.

    `pem` holds key and certificate; `origins` are those of the site, its own first.
    """

    def __init__(
        self, pem: bytes, pages: IProtocolFactory, *, origins: Sequence[str]
    ) -> None:
        super().__init__(PrivateCertificate.loadPEM(pem).options(), False, pages)
        self.origins = origins

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        return Arrival(super().buildProtocol(addr), self.origins)


class Arrival(Protocol, TimeoutMixin):
    """A connection of which it is not known yet what it speaks."""

    transport: Any

    def __init__(self, secure: Any, origins: Sequence[str]) -> None:
        self.secure = secure
        self.origins = origins
        self.heard = b""

    def connectionMade(self) -> None:  # noqa: N802
        self.setTimeout(PATIENCE_SECONDS)

    def connectionLost(self, reason: Any = None) -> None:  # noqa: N802
        self.setTimeout(None)

    def timeoutConnection(self) -> None:  # noqa: N802
        self.transport.abortConnection()

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self.heard += data
        if self.heard.startswith(TLS_HANDSHAKE):
            self.hand_over()
        elif HEAD_END in self.heard:
            self.transport.write(sent_on(self.heard, self.origins))
            self.transport.loseConnection()
        elif len(self.heard) > HEAD_LIMIT_BYTES:
            self.transport.abortConnection()

    def hand_over(self) -> None:
        """From now on the connection is TLS's, which keeps a clock of its own."""
        self.setTimeout(None)
        self.transport.protocol = self.secure
        self.secure.makeConnection(self.transport)
        self.secure.dataReceived(self.heard)


def sent_on(request: bytes, origins: Sequence[str]) -> bytes:
    """The answer to a plain request: the same address with https.

    To another host than the site's own nobody is sent, whatever the request names.
    """
    first, *rest = request.partition(HEAD_END)[0].decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value.strip()
        for name, _, value in (x.partition(":") for x in rest)
    }
    try:
        origin = origin_of(f"https://{headers.get('host', '')}")
    except ValueError:
        origin = ""
    words = first.split(" ")
    path = words[1] if len(words) == 3 else ""
    if not (path.startswith("/") and path.isascii() and path.isprintable()):
        path = "/"
    place = origin if origin in origins else origins[0]
    lines = [
        "HTTP/1.1 307 Temporary Redirect",
        f"Location: {place}{path}",
        *(f"{name}: {value}" for name, value in BARE.items()),
        "Cache-Control: no-store",
        *("Connection: close", "Content-Length: 0", "", ""),
    ]
    return "\r\n".join(lines).encode()

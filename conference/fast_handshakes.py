"""A short way to a WebSocket, for requests as browsers make them.

daphne lets Twisted read the head of a request, makes a request of it, writes that out
again and has autobahn read it once more: a fifth of what it costs to take a person in.
A head that comes whole, alone and without anything unusual goes to autobahn as it is;
all other bytes go to Twisted, as if this module were not there.
"""

import re
from typing import Any

from daphne.ws_protocol import WebSocketFactory
from twisted.internet.protocol import Protocol
from twisted.protocols.policies import ProtocolWrapper

from .bodies import BoundedFactory
from .fast_sockets import FastSocket

HEAD_BYTES = 8192
FIELDS = 64

HEAD = re.compile(
    rb"GET (?P<path>/[!\"$-~]*) HTTP/1\.1\r\n"
    rb"(?P<fields>(?:[A-Za-z0-9-]++: [!-~](?:[ -~]*[!-~])?\r\n){1,%d})\r\n" % FIELDS
)
"""Less than RFC 9112 allows: nothing folded, no fragment, nothing beyond ASCII."""

UNUSUAL = {b"content-length", b"transfer-encoding", b"expect", b"daphne-root-path"}


class FastFactory(BoundedFactory):
    """Lets each connection say first what it wants, where sockets are fast."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        sockets = self.server.ws_factory
        if issubclass(sockets.protocol, FastSocket):
            return Reception(self, sockets, addr)
        return self.pages(addr)

    def pages(self, addr: Any) -> Any:
        """Twisted's way for a connection."""
        return super().buildProtocol(addr)


class Reception(Protocol):
    """A connection that has said nothing yet."""

    transport: Any

    def __init__(
        self, factory: FastFactory, sockets: WebSocketFactory, addr: Any
    ) -> None:
        self.factory = factory
        self.sockets = sockets
        self.addr = addr

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        transport = self.transport
        path = asked_for(data)
        if path is None:
            protocol = self.factory.pages(self.addr)
        else:
            protocol = self.sockets.buildProtocol(self.addr)
            protocol._raw_query_string = path.partition(b"?")[2]
        if isinstance(transport, ProtocolWrapper):
            transport.wrappedProtocol = protocol
        else:
            transport.protocol = protocol
        protocol.makeConnection(transport)
        protocol.dataReceived(data)


def asked_for(data: bytes) -> bytes | None:
    """The path of a plain WebSocket handshake (RFC 6455, 4.1); None for all else."""
    if len(data) > HEAD_BYTES or (head := HEAD.fullmatch(data)) is None:
        return None
    lines = [line.partition(b": ") for line in head["fields"].split(b"\r\n")[:-1]]
    fields = {name.lower(): value for name, _, value in lines}
    if len(fields) != len(lines) or not UNUSUAL.isdisjoint(fields):
        return None
    return head["path"] if fields.get(b"upgrade") == b"websocket" else None

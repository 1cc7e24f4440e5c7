"""How long the body of a request may be, in daphne; what is longer is never stored."""

import asyncio
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest
from django.conf import settings

from .headers import BARE

LIMIT_BYTES = 64 * 1024
# For who is refused, to read why and hang up.
REFUSED_SECONDS = 3
TOO_LARGE_WORDS = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    "<title>This is too large</title><h1>This is too large</h1>"
    "<p>Nothing was changed. Go back and send something smaller.</p>"
)
TOO_LARGE = "\r\n".join(
    [
        "HTTP/1.1 413 Content Too Large",
        *(f"{name}: {value}" for name, value in BARE.items()),
        *("Content-Type: text/html", f"Content-Length: {len(TOO_LARGE_WORDS)}"),
        *("Connection: close", "", TOO_LARGE_WORDS),
    ]
).encode()


def hang_up(transport: Any) -> None:
    if transport.connected:
        transport.abortConnection()


class BoundedRequest(WebRequest):  # type: ignore[misc]
    """Refuses a body over the limit while it arrives; Twisted would store it."""

    refused = False
    received = 0
    most = LIMIT_BYTES

    def gotLength(self, length: int | None) -> None:  # noqa: N802
        super().gotLength(length)
        self.most = self.allowed()
        if length is not None and length > self.most:
            self.refuse()

    def allowed(self) -> int:
        """How long the body may be; called when the head of the request is read.

        Only browsers that come with a session may send more; whether it is anybody's
        is asked by the view.
        """
        # Twisted tells the request its path after the body only.
        path = self.channel._path.partition(b"?")[0].decode("latin-1")
        if self.getCookie(settings.SESSION_COOKIE_NAME.encode()) is None:
            return LIMIT_BYTES
        return settings.LARGE_BODIES.get(path, LIMIT_BYTES)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802
        self.received += len(data)
        if self.received > self.most:
            self.refuse()
        if not self.refused:
            super().handleContentChunk(data)

    def refuse(self) -> None:
        if not self.refused:
            self.refused = True
            transport = self.channel.transport
            transport.write(TOO_LARGE)
            self.channel.loseConnection()
            # TLS would listen on until the other side hangs up as well.
            loop = asyncio.get_running_loop()
            loop.call_later(REFUSED_SECONDS, hang_up, transport)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        for name, value in BARE.items():
            self.setHeader(name.encode(), value.encode())
        super().basic_error(status, status_text, body)

    def process(self) -> Any:
        if self.refused:
            return None
        processed = super().process()
        if self.transport is None:
            # A socket has the line now. What has read the request would otherwise hold
            # it, and be held by it, until the collector comes by.
            self.channel.requests.clear()
        return processed


class BoundedFactory(HTTPFactory):  # type: ignore[misc]
    """daphne's factory, making requests of the kind above."""

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol

"""daphne's WebSocket, with reasons for its end and the headers of this site."""

import time
from typing import Any

from daphne.ws_protocol import WebSocketProtocol

from .headers import BARE

RESTARTING = 1012
TOO_BIG = 1009

WAITING_BYTES = 1024 * 1024
"""A client for whom more than this waits in our memory is cut off."""

FRAMES_A_SECOND = 2000
"""Of all kinds; what the application counts, it counts by its own, lower rates."""

PONGS_AT_ONCE = 200
"""And one more a second: further pings get no answer, which might never be read."""


class FrankSocket(WebSocketProtocol):  # type: ignore[misc]
    """Says why it closes, and refuses a handshake with the headers of this site.

    autobahn lets servers say 1000 and 3000 to 4999 only; 1012, "the server restarts",
    is missed (RFC 6455, 7.4; IANA). It drops the line of who sends too much, without
    the 1009 that would tell them. And it lets a client send without end what reaches
    no application: pings, empty fragments, anything after a close frame.
    """

    second = 0
    frames = 0
    pongs_left = PONGS_AT_ONCE

    def onFrameBegin(self) -> None:  # noqa: N802
        self.count_frames(1)
        super().onFrameBegin()

    def count_frames(self, came: int) -> None:
        """Cut off who sends more frames than anybody needs to."""
        second = int(time.monotonic())
        if second != self.second:
            earned = self.pongs_left + second - self.second
            self.pongs_left = min(earned, PONGS_AT_ONCE)
            self.second, self.frames = second, 0
        self.frames += came
        if self.frames > FRAMES_A_SECOND:
            self.wasNotCleanReason = "it sends more frames than anybody needs to"
            self.dropConnection(abort=True)

    def onPing(self, payload: bytes) -> None:  # noqa: N802
        if self.pongs_left > 0:
            self.pongs_left -= 1
            super().onPing(payload)

    def handle_reply(self, message: dict[str, Any]) -> None:
        super().handle_reply(message)
        # What a client says to have heard may be a lie.
        if bytes_kept(self.transport) > WAITING_BYTES:
            self.cut_off()

    def cut_off(self) -> None:
        self.wasNotCleanReason = "it does not read what it is sent"
        self.dropConnection(abort=True)

    def serverClose(self, code: int | None = None) -> None:  # noqa: N802
        self.sendCloseFrame(code=1000 if code is None else code)

    def _max_message_size_exceeded(self, size: int, limit: int, reason: str) -> None:
        # What else belongs to the message is thrown away as it comes.
        self.failedByMe = True
        self.sendCloseFrame(code=TOO_BIG)

    def sendHttpErrorResponse(  # noqa: N802
        self,
        code: int,
        reason: str,
        responseHeaders: Any = None,  # noqa: N803
    ) -> None:
        headers = [*(responseHeaders or []), *BARE.items(), ("Content-Length", "0")]
        super().sendHttpErrorResponse(code, reason, headers)

    def connectionLost(self, *reason: Any) -> None:  # noqa: N802
        super().connectionLost(*reason)
        # Both would hold the socket that holds them, until the collector comes by.
        for told in (self.is_open, self.is_closed):
            told.addCallback(_nothing)

    def send_away(self) -> None:
        if self.state == self.STATE_OPEN:
            self.serverClose(RESTARTING)


def bytes_kept(transport: Any) -> int:
    """How much has not left this process; 0 where the connection does not say."""
    kept = len(getattr(transport, "dataBuffer", b""))
    kept += getattr(transport, "_tempDataLen", 0)
    return int(kept - getattr(transport, "offset", 0))


def _nothing(_: Any) -> None:
    return None

"""Sockets that a test opens by hand at a real server."""

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from conference.headers import PAGE_POLICY
from tests.servers import Parley

NOTHING = "default-src 'none'"


def opened(server: Parley, origin: str | None = None) -> ClientConnection:
    """A socket to a room that is not there: the server's limits hold all the same."""
    return connect(
        server.url.replace("http", "ws", 1) + "/ws/rooms/abcd-efgh-jkmn-pqrs/",
        origin=Origin(origin or server.url),
        ssl=server.trust,
        max_size=None,
    )


def close_code(door: ClientConnection) -> int | None:
    """Hear the socket to its end; None where the line was cut without a close frame."""
    try:
        while True:
            door.recv(timeout=10)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def assert_guarded(answer: str) -> None:
    """A bare answer forbids as much as a page does."""
    lines = answer.lower().splitlines()
    assert "x-content-type-options: nosniff" in lines
    assert f"permissions-policy: {PAGE_POLICY}" in lines
    assert any(line.startswith(f"content-security-policy: {NOTHING}") for line in lines)

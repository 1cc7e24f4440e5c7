"""Who may open a socket: pages of this very origin, and nobody else."""

import asyncio
from typing import Any

import pytest

from conference.asgi_types import Receive, Scope, Send
from conference.origin import OriginCheck, origin_of, own_origins, site_origin

LOCAL = own_origins("http://localhost:8000")
PUBLIC = own_origins("https://call.example.org")


async def accepting(scope: Scope, receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})


def answer(origins: list[str], *sent: bytes) -> dict[str, Any]:
    """The first thing that the check, or the application behind it, answers."""
    said: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: dict[str, Any]) -> None:
        said.append(message)

    scope = {
        "type": "websocket",
        "path": "/ws/rooms/x/",
        "headers": [(b"host", b"evil"), *((b"origin", value) for value in sent)],
    }
    asyncio.run(OriginCheck(accepting, origins)(scope, receive, send))
    return said[0]


@pytest.mark.parametrize(
    ("origins", "origin"),
    [
        (LOCAL, b"http://localhost:8000"),
        (LOCAL, b"http://127.0.0.1:8000"),
        (LOCAL, b"http://[::1]:8000"),
        (LOCAL, b"HTTP://LOCALHOST:8000"),
        (PUBLIC, b"https://call.example.org"),
        (PUBLIC, b"https://call.example.org:443"),
    ],
)
def test_own_pages_come_in(origins: list[str], origin: bytes) -> None:
    assert answer(origins, origin)["type"] == "websocket.accept"


@pytest.mark.parametrize(
    ("origins", "sent"),
    [
        (LOCAL, []),
        (LOCAL, [b"null"]),
        (LOCAL, [b""]),
        (LOCAL, [b"http://localhost:8001"]),
        (LOCAL, [b"https://localhost:8000"]),
        (LOCAL, [b"http://localhost"]),
        (LOCAL, [b"http://localhost:8000.evil.example"]),
        (LOCAL, [b"http://localhost:99999"]),
        (LOCAL, [b"http://me@localhost:8000"]),
        (LOCAL, [b"http://[::1:8000"]),
        (LOCAL, [b"\xff\xfe"]),
        (LOCAL, [b"http://localhost:8000", b"http://localhost:8000"]),
        (PUBLIC, [b"http://call.example.org"]),
        (PUBLIC, [b"https://call.example.org:8443"]),
        (PUBLIC, [b"https://evil.call.example.org"]),
        (PUBLIC, [b"https://call.example.org.evil.example"]),
        (PUBLIC, [b"http://localhost:8000"]),
    ],
)
def test_others_do_not(origins: list[str], sent: list[bytes]) -> None:
    assert answer(origins, *sent)["type"] == "websocket.close"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Call.Example.org/", "https://call.example.org"),
        ("http://host:80", "http://host"),
        ("http://host:443", "http://host:443"),
        ("http://[2001:DB8::1]:8000", "http://[2001:db8::1]:8000"),
    ],
)
def test_site_origin(url: str, origin: str) -> None:
    assert site_origin(url) == origin


@pytest.mark.parametrize("url", ["", "host", "ftp://host", "http://", "http://h/x?y"])
def test_no_site_origin(url: str) -> None:
    with pytest.raises(ValueError, match="must"):
        site_origin(url)


def test_a_bad_port_is_no_origin() -> None:
    with pytest.raises(ValueError, match=r"[Pp]ort"):
        origin_of("http://host:port")


def test_a_name_that_begins_like_localhost_is_not_this_machine() -> None:
    assert own_origins("http://localhost.example") == ["http://localhost.example"]

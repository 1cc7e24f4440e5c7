"""Where a plain request is sent on to."""

import pytest

from conference.doorway import sent_on

ORIGINS = ["https://192.168.1.20:8000", "https://localhost:8000"]


def location(request: str) -> str:
    answer = sent_on(request.encode("latin-1"), ORIGINS).decode()
    head, _, body = answer.partition("\r\n\r\n")
    assert body == ""
    lines = head.split("\r\n")
    assert lines[0].startswith("HTTP/1.1 307 ")
    assert "Cache-Control: no-store" in lines
    return lines[1].removeprefix("Location: ")


def asked(path: str, host: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"


@pytest.mark.parametrize(
    ("path", "host", "place"),
    [
        ("/", "localhost:8000", "https://localhost:8000/"),
        ("/r/a-b/?x=1", "LOCALHOST:8000", "https://localhost:8000/r/a-b/?x=1"),
        ("/rooms/", "192.168.1.20:8000", "https://192.168.1.20:8000/rooms/"),
        ("/rooms/", "evil.example", "https://192.168.1.20:8000/rooms/"),
        ("/rooms/", "localhost", "https://192.168.1.20:8000/rooms/"),
        ("/", "", "https://192.168.1.20:8000/"),
        ("/", "[::1", "https://192.168.1.20:8000/"),
        ("//evil.example/", "localhost:8000", "https://localhost:8000//evil.example/"),
        ("http://evil.example/", "localhost:8000", "https://localhost:8000/"),
        ("/\xe4", "localhost:8000", "https://localhost:8000/"),
        ("/a\x0bb", "localhost:8000", "https://localhost:8000/"),
        ("/a\nSet-Cookie:x", "localhost:8000", "https://localhost:8000/"),
        ("/a b", "localhost:8000", "https://localhost:8000/"),
    ],
)
def test_only_to_the_site_itself(path: str, host: str, place: str) -> None:
    assert location(asked(path, host)) == place


@pytest.mark.parametrize(
    "request_", ["\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"]
)
def test_who_names_no_host_is_sent_to_the_sites_address(request_: str) -> None:
    assert location(request_) == "https://192.168.1.20:8000/"

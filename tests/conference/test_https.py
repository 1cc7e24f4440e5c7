"""A site behind its own proxy on https, from the first redirect to a guest's socket."""

import http.client
import json
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from rooms.signalling.protocol import VERSION
from tests.servers import Parley, folder_for, listens

SITE = "https://call.example.org"
HOST = {"Host": "call.example.org"}
PROXIED = HOST | {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}


@pytest.fixture(scope="module")
def server() -> Iterator[Parley]:
    with folder_for("https") as folder:
        server = Parley(folder, TRUSTED_PROXIES="1", ALLOWED_HOSTS="")
        server.env["SITE_URL"] = SITE
        server.prepare()
        try:
            server.process.start().wait_until(lambda: listens(server.port))
            yield server
        finally:
            server.end()


def get(
    server: Parley, path: str, headers: dict[str, str]
) -> tuple[http.client.HTTPResponse, str]:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        return answer, answer.read().decode()
    finally:
        line.close()


def cookies_of(answer: http.client.HTTPResponse) -> SimpleCookie:
    cookies = SimpleCookie()
    for value in answer.headers.get_all("Set-Cookie") or []:
        cookies.load(value)
    return cookies


def test_plain_http_is_sent_to_https(server: Parley) -> None:
    answer, _ = get(server, "/rooms/", HOST)
    assert answer.status == 301
    assert answer.headers["Location"] == f"{SITE}/rooms/"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "camera=()" in answer.headers["Permissions-Policy"]


def test_another_host_is_refused(server: Parley) -> None:
    answer, _ = get(server, "/", PROXIED | {"Host": "evil.example"})
    assert answer.status == 400


def test_cookies_and_transport_are_bound_to_https(server: Parley) -> None:
    answer, _ = get(server, "/accounts/login/", PROXIED)
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = cookies_of(answer)["__Host-parley_csrf"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""


def test_a_guest_reaches_the_door_of_a_room(server: Parley) -> None:
    email = "owner@example.org"
    server.env["DJANGO_SUPERUSER_PASSWORD"] = "correct horse battery"
    server.manage("createsuperuser", "--noinput", "--email", email)
    link = server.manage("create_room", "Friday", "--owner", email).strip()
    path = link.removeprefix(SITE)
    assert path.startswith("/r/")

    answer, page = get(server, path, PROXIED)
    assert answer.status == 200
    data = re.search(r'<script id="call-data"[^>]*>(.*?)</script>', page)
    assert data is not None
    call = json.loads(data[1])
    sent = "; ".join(f"{name}={c.value}" for name, c in cookies_of(answer).items())
    with connect(
        f"ws://127.0.0.1:{server.port}{call['socket']}",
        origin=Origin(SITE),
        additional_headers={"Cookie": sent},
    ) as door:
        hello = {"type": "hello", "protocol": VERSION, "instance": "a1"}
        door.send(json.dumps(hello | {"ticket": call["ticket"]}))
        assert json.loads(door.recv(timeout=10))["type"] == "door"

"""`manage.py serve` as a process of its own: what it says, what it lets in."""

import contextlib
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from conference.env import BASE_DIR
from conference.headers import PAGE_POLICY
from tests.servers import (
    Parley,
    Process,
    environment,
    free_port,
    listens,
    parley_server,
)

NOTHING = "default-src 'none'"


@pytest.fixture(scope="module")
def server() -> Iterator[Parley]:
    with parley_server() as started:
        yield started


def opened(server: Parley, origin: str | None = None) -> ClientConnection:
    """A socket to a room that is not there: the server's limits hold all the same."""
    return connect(
        f"ws://localhost:{server.port}/ws/rooms/abcd-efgh-jkmn-pqrs/",
        origin=Origin(origin or server.url),
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


def test_it_says_where_everything_is(server: Parley) -> None:
    said = server.words()
    assert f"SQLite, {server.folder / 'parley.sqlite3'}" in said
    assert "in memory, for one process" in said
    assert "no mail server is set" in said
    assert f"127.0.0.1 port {server.port}, no proxy is trusted" in said
    assert f"Open {server.url}\n" in said
    assert "manage.py createsuperuser" in said


def test_a_port_in_use_is_one_line(server: Parley, tmp_path: Path) -> None:
    (tmp_path / "static").symlink_to(server.folder / "static")
    second = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=BASE_DIR,
        env=environment(tmp_path, server.port),
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"127.0.0.1 port {server.port} cannot be used" in second.stderr
    assert second.stderr.count("\n") == 1, second.stderr


def test_missing_static_files_are_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=BASE_DIR,
        env=environment(tmp_path, free_port()),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "manage.py collectstatic" in done.stderr


def test_passwords_are_masked(tmp_path: Path) -> None:
    code = (
        "import django; django.setup();"
        "from conference.banner import banner; print(banner())"
    )
    env = environment(
        tmp_path,
        8000,
        DATABASE_URL="postgres://me:hunter2@db.example/parley",
        REDIS_URL="redis://:hunter2@cache.example/0",
        TRUSTED_PROXIES="2",
        DJANGO_SETTINGS_MODULE="conference.settings",
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "PostgreSQL, postgres://me:***@db.example/parley" in said
    assert "Redis, redis://:***@cache.example/0" in said
    assert "behind 2 trusted proxies" in said
    assert "hunter2" not in said


def test_it_does_not_say_what_serves(server: Parley) -> None:
    with urllib.request.urlopen(f"{server.url}/", timeout=10) as answer:
        assert "Server" not in answer.headers
    with opened(server) as door:
        assert door.response is not None
        assert "Server" not in door.response.headers


def test_static_files_come_compressed_and_for_ever(server: Parley) -> None:
    with urllib.request.urlopen(f"{server.url}/", timeout=10) as answer:
        page = answer.read().decode()
    path = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    request = urllib.request.Request(
        server.url + path, headers={"Accept-Encoding": "gzip, br"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.headers["Content-Encoding"] == "br"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Set-Cookie"] is None


def test_a_static_file_that_can_be_opened_by_itself_may_do_nothing(
    server: Parley,
) -> None:
    picture = f"{server.url}/static/icons/favicon.svg"
    with urllib.request.urlopen(picture, timeout=10) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Permissions-Policy"] == PAGE_POLICY
        assert answer.headers["Content-Security-Policy"].startswith(NOTHING)


@pytest.mark.parametrize(
    "origin", ["null", "http://localhost:1", "https://evil.example", "nonsense"]
)
def test_sockets_of_other_origins_are_refused(server: Parley, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        opened(server, origin).close()
    assert refused.value.response.status_code in (400, 403)


def test_a_socket_without_origin_is_refused(server: Parley) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://localhost:{server.port}/ws/rooms/x/").close()
    assert refused.value.response.status_code == 403
    assert refused.value.response.headers["Content-Security-Policy"].startswith(NOTHING)
    assert refused.value.response.headers["Permissions-Policy"] == PAGE_POLICY
    assert refused.value.response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_header_that_is_none_is_refused_with_the_same_guard(server: Parley) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 10) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: a\x0bb\r\n\r\n")
        answer = line.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 400 ")
    assert_guarded(answer)


def test_a_frame_over_64_kib_ends_the_socket(server: Parley) -> None:
    with opened(server) as door:
        door.send("x" * (64 * 1024 + 1))
        assert close_code(door) == 1009


def test_a_message_over_64_kib_in_small_frames_ends_the_socket(server: Parley) -> None:
    with opened(server) as door:
        door.send("x" * 1024 for _ in range(65))
        assert close_code(door) == 1009


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_64_kib_is_refused(server: Parley, chunked: bool) -> None:
    size = 64 * 1024 + 1
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
    body = b"x" * size
    if chunked:
        body = f"{size:x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    head = f"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n{framing}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), 10) as line:
        with contextlib.suppress(OSError):
            line.sendall(head.encode() + body)
        answer = line.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert_guarded(answer)


def test_a_body_within_the_limit_is_read(server: Parley) -> None:
    request = urllib.request.Request(
        f"{server.url}/accounts/login/", data=b"x=" + b"y" * 60_000
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10)
    # No CSRF token came with it: Django has read it, and says so.
    assert refused.value.code == 403
    refused.value.close()


ACCEPT_ALL = """
import sys
from conference.server import Server

async def application(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass

Server(application, "127.0.0.1", int(sys.argv[1]), lambda: None).run()
"""


def test_who_does_not_answer_a_ping_is_dropped(tmp_path: Path) -> None:
    port = free_port()
    process = Process([sys.executable, "-c", ACCEPT_ALL, str(port)], tmp_path)
    try:
        process.start().wait_until(lambda: listens(port))
        with socket.create_connection(("127.0.0.1", port), 20) as line:
            line.sendall(
                b"GET / HTTP/1.1\r\nHost: localhost\r\n"
                b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                b"Sec-WebSocket-Version: 13\r\n\r\n"
            )
            said = b""
            with contextlib.suppress(ConnectionResetError):
                # The handshake, a ping or two, a close: what says more pings on.
                for _ in range(10):
                    more = line.recv(4096)
                    if not more:
                        break
                    said += more
                else:
                    pytest.fail("it was not dropped")
        head, _, frames = said.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 ")
        assert frames[0] == 0x80 | 0x9, "a ping comes first"
    finally:
        process.end()


def test_a_stop_tells_sockets_and_leaves_nothing_behind() -> None:
    with parley_server() as server:
        with opened(server) as door:
            server.process.end(signal.SIGTERM)
            assert close_code(door) == 1012
        assert "Traceback" not in server.words()

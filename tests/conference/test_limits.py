"""What strangers may send: the same limits over http and over the https of LAN=1."""

import contextlib
import os
import signal
import socket
import ssl
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from conference.headers import PAGE_POLICY
from conference.tls import Store
from tests.conference.sockets import NOTHING, assert_guarded, close_code, opened
from tests.lan import lan_server
from tests.servers import (
    ROOT,
    Parley,
    Process,
    free_port,
    listens,
    parley_server,
    wait_until,
)

SERVERS: dict[str, Callable[[], AbstractContextManager[Parley]]] = {
    "http": parley_server,
    "https": lan_server,
}


@pytest.fixture(scope="module", params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Parley]:
    with SERVERS[request.param]() as started:
        yield started


@pytest.mark.parametrize(
    "origin", ["null", "http://localhost:1", "https://evil.example", "nonsense"]
)
def test_sockets_of_other_origins_are_refused(server: Parley, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        opened(server, origin).close()
    assert refused.value.response.status_code in (400, 403)


def test_a_socket_without_origin_is_refused(server: Parley) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{server.url.replace('http', 'ws', 1)}/ws/rooms/x/", ssl=server.trust)
    assert refused.value.response.status_code == 403
    assert refused.value.response.headers["Content-Security-Policy"].startswith(NOTHING)
    assert refused.value.response.headers["Permissions-Policy"] == PAGE_POLICY
    assert refused.value.response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_header_that_is_none_is_refused_with_the_same_guard(server: Parley) -> None:
    with server.line() as line:
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
    with server.line() as line:
        with contextlib.suppress(OSError):
            line.sendall(head.encode() + body)
        answer = line.recv(4096).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert_guarded(answer)


def test_who_goes_on_sending_is_cut_off(server: Parley) -> None:
    """Also over TLS, which would wait for the other side to hang up."""
    head = b"POST /accounts/login/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1%s\r\n\r\n"
    with server.line() as line:
        line.sendall(head % (b"0" * 9))

        def is_cut() -> bool:
            try:
                line.sendall(b"x" * 1024)
            except OSError:
                return True
            return False

        wait_until(is_cut, "the line is cut")


def test_a_body_within_the_limit_is_read(server: Parley) -> None:
    request = urllib.request.Request(
        f"{server.url}/accounts/login/", data=b"x=" + b"y" * 60_000
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request, timeout=10, context=server.trust)
    # No CSRF token came with it: Django has read it, and says so.
    assert refused.value.code == 403
    refused.value.close()


ACCEPT_ALL = """
import pathlib, sys
from conference.doorway import Doorway
from conference.server import Server

async def application(scope, receive, send):
    await receive()
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass

def secure(pages):
    return Doorway(pathlib.Path(sys.argv[2]).read_bytes(), pages, origins=[])

options = {"entrance": secure} if sys.argv[2:] else {}
Server(application, "127.0.0.1", int(sys.argv[1]), lambda: None, **options).run()
"""


SILENT = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\n\r\n"
)


def heard_in_silence(line: socket.socket) -> bytes:
    """All that a socket is told that never says a word, up to the end of the line."""
    said = b""
    with contextlib.suppress(ConnectionResetError, ssl.SSLEOFError):
        line.sendall(SILENT)
        # The handshake, a ping or two, a close: what says more pings on.
        for _ in range(10):
            more = line.recv(4096)
            if not more:
                break
            said += more
        else:
            pytest.fail("it was not dropped")
    return said


def test_who_does_not_answer_a_ping_is_dropped(tmp_path: Path) -> None:
    store = Store(tmp_path / "tls", "Parley", ["localhost"])
    store.prepare()
    trust = ssl.create_default_context(cafile=str(store.public))
    lines: list[socket.socket] = []
    with contextlib.ExitStack() as opened:
        for secret in ([], [str(store.site)]):
            port = free_port()
            command = [sys.executable, "-c", ACCEPT_ALL, str(port), *secret]
            process = Process(command, tmp_path)
            opened.callback(process.end)
            process.start().wait_until(partial(listens, port))
            line = socket.create_connection(("127.0.0.1", port), 20)
            if secret:
                line = trust.wrap_socket(line, server_hostname="localhost")
            lines.append(opened.enter_context(line))
        with ThreadPoolExecutor(len(lines)) as pool:
            for said in pool.map(heard_in_silence, lines):
                head, _, frames = said.partition(b"\r\n\r\n")
                assert head.startswith(b"HTTP/1.1 101 ")
                assert frames[0] == 0x80 | 0x9, "a ping comes first"


@pytest.mark.parametrize("start", SERVERS.values(), ids=SERVERS)
def test_a_stop_tells_sockets_and_leaves_nothing_behind(
    start: Callable[[], AbstractContextManager[Parley]],
) -> None:
    with start() as server:
        with opened(server) as door:
            server.process.end(signal.SIGTERM)
            assert close_code(door) == 1012
        assert "Traceback" not in server.words()


ANSWER_AFTER_THE_END_BEGAN = """
import asyncio, sys
from conference.server import Server

ending = asyncio.Event()

async def farewell():
    ending.set()

async def application(scope, receive, send):
    print("asked", flush=True)
    await ending.wait()
    # Longer than the server waits for the last frames to leave.
    await asyncio.sleep(0.5)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"answered all the same"})

Server(application, "127.0.0.1", int(sys.argv[1]), lambda: None, farewell).run()
"""


def test_who_has_asked_before_the_end_is_answered(tmp_path: Path) -> None:
    port = free_port()
    program = [sys.executable, "-c", ANSWER_AFTER_THE_END_BEGAN, str(port)]
    process = Process(program, tmp_path, os.environ | {"PYTHONPATH": str(ROOT)})
    try:
        process.start().wait_until(lambda: listens(port))
        with socket.create_connection(("127.0.0.1", port), 10) as line:
            line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            process.wait_until(lambda: "asked" in process.words())
            os.killpg(process.pid, signal.SIGTERM)
            heard = b""
            while more := line.recv(4096):
                heard += more
        assert b"answered all the same" in heard
    finally:
        process.end()

"""LAN=1 from this machine's own address: https, wss, and what a plain request gets."""

import http.client
import json
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from conference.env import BASE_DIR
from conference.headers import PAGE_POLICY
from rooms.signalling.protocol import VERSION
from tests.browser.visitor import Visitor
from tests.lan import LanParley, lan_server, own_address
from tests.servers import environment, free_port


@pytest.fixture(scope="module")
def server() -> Iterator[LanParley]:
    with lan_server() as started:
        yield started
        assert "Traceback" not in started.words(), started.words()


@pytest.fixture(scope="module")
def owner(server: LanParley) -> Visitor:
    """Signed up on this very machine, where sign-up is open."""
    visitor = Visitor(server.here, trust=server.trust)
    visitor.sign_up("owner@example.com", "Olive Owner")
    return visitor


def opened(server: LanParley, path: str) -> http.client.HTTPResponse:
    request = urllib.request.Request(server.url + path)
    answer: http.client.HTTPResponse = urllib.request.urlopen(
        request, timeout=10, context=server.trust
    )
    return answer


def test_it_says_the_link_the_warning_and_whom_to_trust(server: LanParley) -> None:
    said = server.words()
    assert f"Parley made a certificate authority: {server.authority}." in said
    assert f"Open {server.url}\n" in said
    assert '"not private"' in said
    assert f"{server.url}/lan/" in said
    assert "\x1b" not in said, "a log gets no picture"


def test_pages_come_over_https_with_cookies_bound_to_it(server: LanParley) -> None:
    assert "//127." not in server.url
    assert "//localhost" not in server.url
    with opened(server, "/accounts/login/") as answer:
        (cookie,) = answer.headers.get_all("Set-Cookie") or []
        assert cookie.startswith("__Host-parley_csrf=")
        assert "Secure" in cookie
        # A promise for years, made for an address that others get tomorrow.
        assert answer.headers["Strict-Transport-Security"] is None


def posted(server: LanParley, **headers: str) -> int:
    """What a form with a good token is answered that comes with these headers."""
    visitor = Visitor(server.url, trust=server.trust)
    page = visitor.get("/accounts/login/")
    token = page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    request = urllib.request.Request(
        f"{server.url}/accounts/login/",
        f"csrfmiddlewaretoken={token}".encode(),
        headers,
    )
    try:
        with visitor.opener.open(request, timeout=10) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as refused:
        refused.close()
        return refused.code


def test_a_form_of_the_site_is_taken(server: LanParley) -> None:
    assert posted(server, Origin=server.url) == 200
    assert posted(server, Referer=f"{server.url}/accounts/login/") == 200


def test_a_form_from_elsewhere_is_refused(server: LanParley) -> None:
    assert posted(server, Origin="https://evil.example") == 403
    assert posted(server, Origin=server.url.replace("https", "http", 1)) == 403
    # Asked of secure requests alone: the application knows that this is https.
    assert posted(server) == 403


def test_a_guest_reaches_the_door_over_wss(server: LanParley, owner: Visitor) -> None:
    link = owner.new_room()
    guest = Visitor(server.url, trust=server.trust)
    call = guest.call_data(link)
    with connect(
        server.url.replace("https", "wss", 1) + call["socket"],
        ssl=server.trust,
        origin=Origin(server.url),
        additional_headers={"Cookie": guest.cookies()},
    ) as door:
        hello = {"type": "hello", "protocol": VERSION, "instance": "a1"}
        door.send(json.dumps(hello | {"ticket": call["ticket"]}))
        assert json.loads(door.recv(timeout=10))["type"] == "door"


@pytest.mark.parametrize("scheme", ["http", "ws", "wss"])
def test_a_socket_of_another_scheme_is_refused(server: LanParley, scheme: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(
            f"{server.url.replace('https', 'wss', 1)}/ws/rooms/x/",
            ssl=server.trust,
            origin=Origin(server.url.replace("https", scheme, 1)),
        )
    assert refused.value.response.status_code == 403


def test_the_certificate_is_made_for_this_machine_too(server: LanParley) -> None:
    for host in ("localhost", "127.0.0.1", own_address()):
        line = http.client.HTTPSConnection(
            host, server.port, timeout=10, context=server.trust
        )
        line.request("GET", "/")
        assert line.getresponse().status == 200
        line.close()


def test_old_tls_is_refused(server: LanParley) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old = server.trust
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with (
        socket.create_connection((own_address(), server.port), 10) as plain,
        pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"),
    ):
        old.wrap_socket(plain, server_hostname=own_address())


def said_plainly(server: LanParley, words: bytes) -> str:
    with socket.create_connection((own_address(), server.port), 10) as line:
        line.sendall(words)
        heard = b""
        while more := line.recv(4096):
            heard += more
    return heard.decode()


def test_a_plain_request_is_sent_on_and_not_for_good(server: LanParley) -> None:
    head = f"GET /r/abc/?x=1 HTTP/1.1\r\nHost: {server.host}\r\n\r\n"
    answer = said_plainly(server, head.encode())
    assert answer.startswith("HTTP/1.1 307 ")
    lines = answer.splitlines()
    assert f"Location: {server.url}/r/abc/?x=1" in lines
    assert "Cache-Control: no-store" in lines
    assert f"Permissions-Policy: {PAGE_POLICY}" in lines


def pour(line: socket.socket) -> None:
    while True:
        line.sendall(b"x" * 4096)


def test_a_plain_head_without_end_is_cut_off(server: LanParley) -> None:
    with (
        socket.create_connection((own_address(), server.port), 10) as line,
        pytest.raises(OSError, match=r"reset|Broken pipe"),
    ):
        pour(line)


def test_what_is_no_tls_after_all_is_cut_off(server: LanParley) -> None:
    with socket.create_connection((own_address(), server.port), 10) as line:
        line.sendall(b"\x16 is no handshake, whatever its first byte says")
        heard = b""
        while more := line.recv(4096):
            heard += more
    assert b"HTTP" not in heard
    assert server.answers()


def test_the_next_start_makes_no_new_certificate() -> None:
    with lan_server() as server:
        before = server.authority.read_bytes()
        server.end()
        said = len(server.words())
        server.start()
        assert server.authority.read_bytes() == before
        assert "made a certificate" not in server.words()[said:]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "tls").write_text("not a folder")
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=BASE_DIR,
        env=environment(tmp_path, free_port(), LAN="1", SITE_URL=""),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"{tmp_path / 'tls'} cannot be written" in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr

"""Parley behind a real nginx with deploy/nginx.conf, and what the doctor says of it."""

from __future__ import annotations

import json
import re
import ssl
import urllib.request
from collections.abc import Iterator

import pytest
from django.conf import settings as product
from pytest_django import Settings
from websockets.sync.client import connect
from websockets.typing import Origin

from conference.doctor import State
from conference.doctor.address import check
from rooms.signalling.protocol import VERSION
from tests.browser.visitor import PASSWORD
from tests.conference.doctor.command import examined
from tests.conference.doctor.heard import all_good, said
from tests.proxy import Nginx, nginx
from tests.servers import Parley, folder_for, listens


@pytest.fixture(scope="module")
def proxy() -> Iterator[Nginx]:
    with nginx() as made:
        yield made


@pytest.fixture(scope="module")
def server(proxy: Nginx) -> Iterator[Parley]:
    with folder_for("proxied") as folder:
        folder.chmod(0o700)
        server = Parley(folder, TRUSTED_PROXIES="1", SIGNUP="open")
        server.env["SITE_URL"] = proxy.url
        server.prepare()
        try:
            server.process.start().wait_until(lambda: listens(server.port))
            yield server
        finally:
            server.end()


@pytest.fixture
def here(
    settings: Settings,
    server: Parley,
    proxy: Nginx,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """These settings are the ones of that server."""
    monkeypatch.setenv("SSL_CERT_FILE", str(proxy.authority))
    settings.SITE_URL = proxy.url
    settings.SECURE = True
    settings.TRUSTED_PROXIES = 1
    settings.SECRET_KEY = server.env["SECRET_KEY"]


def test_a_guest_gets_through_to_a_call(server: Parley, proxy: Nginx) -> None:
    email = "owner@example.org"
    server.env["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
    server.manage("createsuperuser", "--noinput", "--email", email)
    link = server.manage("create_room", "Friday", "--owner", email).strip()
    assert link.startswith(f"{proxy.url}/r/")
    trusting = ssl.create_default_context(cafile=str(proxy.authority))
    with proxy.serving(server.port):
        with urllib.request.urlopen(link, timeout=20, context=trusting) as answer:
            page = answer.read().decode()
            cookies = answer.headers.get_all("Set-Cookie")
            assert answer.headers["Strict-Transport-Security"]
        data = re.search(r'<script id="call-data"[^>]*>(.*?)</script>', page)
        assert data is not None
        call = json.loads(data[1])
        with connect(
            f"wss://localhost:{proxy.port}{call['socket']}",
            ssl=trusting,
            origin=Origin(proxy.url),
            additional_headers={
                "Cookie": "; ".join(each.partition(";")[0] for each in cookies)
            },
        ) as door:
            hello = {"type": "hello", "protocol": VERSION, "instance": "a1"}
            door.send(json.dumps(hello | {"ticket": call["ticket"]}))
            assert json.loads(door.recv(timeout=20))["type"] == "door"


def test_the_doctor_finds_nothing_to_mend(server: Parley, proxy: Nginx) -> None:
    with proxy.serving(server.port):
        report = examined(server.env | {"SSL_CERT_FILE": str(proxy.authority)})
    for about in ("Settings", "Address", "TLS", "Proxy", "WebSockets", "Database"):
        found = [each for each in report.findings if each["about"] == about]
        assert {each["state"] for each in found} == {"good"}, found


@pytest.mark.django_db
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("line", "instead", "words"),
    [
        ("proxy_set_header Upgrade $http_upgrade;", "", "do not reach Parley"),
        (
            "proxy_set_header X-Forwarded-Proto $scheme;",
            "",
            "leads back to itself for ever",
        ),
        (
            "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
            "",
            "can write their own address",
        ),
        (
            "proxy_set_header Host $http_host;",
            "proxy_set_header Host elsewhere.example;",
            "refuses the name",
        ),
    ],
    ids=["sockets", "scheme", "address", "host"],
)
def test_a_line_that_is_missing(
    server: Parley, proxy: Nginx, line: str, instead: str, words: str
) -> None:
    with proxy.serving(server.port, **{line: instead}):
        said(check(), State.BAD, words)


@pytest.mark.django_db
@pytest.mark.usefixtures("here")
def test_a_proxy_that_nobody_counted(
    server: Parley, proxy: Nginx, settings: Settings
) -> None:
    """Two hops arrive where one is trusted."""
    line = "$proxy_add_x_forwarded_for"
    two = {line: f'"{line}, 198.51.100.9"'}
    with proxy.serving(server.port, **two):
        said(check(), State.BAD, "2 proxies stand before Parley, 1 are trusted")


@pytest.mark.django_db
@pytest.mark.usefixtures("here")
def test_two_processes_that_nothing_joins(server: Parley, proxy: Nginx) -> None:
    second = Parley(server.folder, TRUSTED_PROXIES="1")
    for name in ("SITE_URL", "SECRET_KEY"):
        second.env[name] = server.env[name]
    both = {"#server 127.0.0.1:8001": f"server 127.0.0.1:{second.port}"}
    try:
        second.process.start().wait_until(lambda: listens(second.port))
        with proxy.serving(server.port, **both):
            said(check(), State.BAD, "2 processes serve the site")
    finally:
        second.end()


@pytest.mark.usefixtures("here")
def test_a_parley_that_is_down(proxy: Nginx) -> None:
    with proxy.serving(1):
        said(check(), State.BAD, "does not reach Parley (502)")


@pytest.mark.django_db
@pytest.mark.usefixtures("here")
def test_all_is_well_again(server: Parley, proxy: Nginx) -> None:
    assert proxy.url == product.SITE_URL
    with proxy.serving(server.port):
        assert "What it says of people's addresses is right." in all_good(check())

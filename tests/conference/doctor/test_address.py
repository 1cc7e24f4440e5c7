"""The doctor at the site's own address: a real Parley, or what stands in its place."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from conference.certificates import Authority
from conference.doctor import State
from conference.doctor.address import check
from rooms.models import Seat
from tests.conference.doctor.heard import all_good, said
from tests.factories import make_room, make_seat, make_user
from tests.servers import Parley, free_port, parley_server


@pytest.fixture(scope="module")
def server() -> Iterator[Parley]:
    with parley_server() as started:
        yield started


@pytest.fixture
def here(settings: Settings, server: Parley) -> None:
    """These settings are the ones of that server."""
    settings.SITE_URL = server.url
    settings.SECRET_KEY = server.env["SECRET_KEY"]


Answering = Callable[..., str]


@pytest.fixture
def answering() -> Iterator[Answering]:
    """Something else that answers at an address, with the same bytes each time."""
    with contextlib.ExitStack() as servers:

        def start(answer: bytes, context: ssl.SSLContext | None = None) -> str:
            listening = servers.enter_context(socket.create_server(("127.0.0.1", 0)))
            port: int = listening.getsockname()[1]

            def serve() -> None:
                # Until the listening socket is closed.
                with contextlib.suppress(OSError):
                    while True:
                        line, _ = listening.accept()
                        with line, contextlib.suppress(OSError):
                            spoken = (
                                context.wrap_socket(line, server_side=True)
                                if context
                                else line
                            )
                            spoken.recv(1 << 16)
                            spoken.sendall(answer.replace(b"PORT", str(port).encode()))
                            spoken.close()

            threading.Thread(target=serve, daemon=True).start()
            return f"{'https' if context else 'http'}://localhost:{port}"

        yield start


def http(status: str, *lines: str, body: str = "") -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *lines, "", body]
    return "\r\n".join(head).encode()


@pytest.mark.django_db
@pytest.mark.usefixtures("here")
def test_this_very_parley_answers() -> None:
    found = all_good(check())
    assert any("leads to this very Parley" in each for each in found)
    assert "They reach Parley." in found
    assert "None stands before Parley, and none is trusted." in found


@pytest.mark.django_db
def test_trust_in_a_proxy_that_is_not_there(settings: Settings) -> None:
    """Parley would believe any address that is written in front of it."""
    with parley_server(TRUSTED_PROXIES="1") as gullible:
        settings.SITE_URL = gullible.url
        settings.SECRET_KEY = gullible.env["SECRET_KEY"]
        settings.TRUSTED_PROXIES = 1
        said(check(), State.BAD, "can write their own address")


@pytest.mark.django_db
@pytest.mark.usefixtures("here")
def test_processes_that_nothing_joins(settings: Settings) -> None:
    room = make_room(make_user())
    make_seat(room)
    make_seat(room)
    Seat.objects.filter(pk=make_seat(room).pk).update(process="process-2")
    said(check(), State.BAD, "2 processes serve the site, and nothing joins them")
    settings.REDIS_URL = "redis://127.0.0.1/0"
    if connection.vendor == "sqlite":
        said(check(), State.LOOK, "share one SQLite file")
    else:
        said(check(), State.GOOD, "joined by Redis")
    Seat.objects.update(seen=timezone.now() - timedelta(hours=1))
    all_good(check())


@pytest.mark.usefixtures("here")
def test_a_parley_with_another_key(settings: Settings) -> None:
    settings.SECRET_KEY = "the key of some other site, which has nothing to do with it"
    said(check(), State.BAD, "Something else answers")


def test_nobody_is_there(settings: Settings) -> None:
    settings.SITE_URL = f"http://localhost:{free_port()}"
    said(check(), State.BAD, "Nobody listens")
    settings.SITE_URL = "http://parley.invalid"
    said(check(), State.BAD, "is not known")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http("200 OK", body="It works!"), "Something else answers"),
        (http("200 OK", body='{"proof": "x"}'), "Something else answers"),
        (http("200 OK", body="[]"), "Something else answers"),
        (http("404 Not Found"), "Something else answers"),
        (http("400 Bad Request"), "refuses the name"),
        (http("502 Bad Gateway"), "does not reach Parley (502)"),
        (
            http("301 Moved Permanently", "Location: http://localhost:PORT/x"),
            "leads back to itself for ever",
        ),
        (http("302 Found", "Location: https://example.org/"), "leads elsewhere"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"),
        (b"", "cannot be reached"),
    ],
)
def test_something_else_is_there(
    settings: Settings, answering: Answering, answer: bytes, words: str
) -> None:
    settings.SITE_URL = answering(answer)
    said(check(), State.BAD, words)


def test_it_speaks_no_tls(settings: Settings, answering: Answering) -> None:
    url = answering(http("200 OK"))
    settings.SITE_URL = url.replace("http:", "https:")
    said(check(), State.BAD, "speaks no TLS")


@pytest.mark.parametrize(
    ("names", "days", "trusted", "words"),
    [
        (["localhost"], 0, True, "certificate has expired"),
        (["localhost"], 90, False, "unable to get local issuer certificate"),
        (["other.local"], 90, True, "Hostname mismatch"),
    ],
)
def test_a_certificate_that_browsers_refuse(
    settings: Settings,
    answering: Answering,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    names: list[str],
    days: int,
    trusted: bool,
    words: str,
) -> None:
    context, authority = secured(tmp_path, names, days)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    settings.SITE_URL = answering(http("200 OK"), context)
    finding = said(check(), State.BAD, "Browsers will not trust")
    assert words in finding.found


def test_a_certificate_that_ends_soon(
    settings: Settings,
    answering: Answering,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    context, authority = secured(tmp_path, ["localhost"], 9)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    settings.SITE_URL = answering(http("200 OK"), context)
    said(check(), State.LOOK, "days more")


def secured(folder: Path, names: list[str], days: int) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with such a certificate, and the authority that vouches."""
    authority = Authority.make("Authority of a test", names)
    chain, public = folder / "site.pem", folder / "ca.crt"
    chain.write_bytes(authority.certify("A test", names, days).pem())
    public.write_bytes(authority.public_pem())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context, public

"""The doctor and a real coturn."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from conference.certificates import Authority
from conference.doctor import State, relay
from conference.doctor.relay import Server, check_stun, check_turn
from tests.conference.doctor.heard import all_good, said
from tests.factories import make_room, make_user
from tests.servers import Turn, free_port, turn_server

SECRET = "not the secret of that relay"


@pytest.fixture(scope="module")
def turn() -> Iterator[Turn]:
    with turn_server() as started:
        yield started


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silence is silence sooner."""
    monkeypatch.setattr(relay, "SECONDS", 0.6)


@pytest.mark.parametrize("transport", ["", "?transport=udp", "?transport=tcp"])
def test_a_relay_that_works(settings: Settings, turn: Turn, transport: str) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = [turn.url + transport], turn.secret
    (found,) = all_good(check_turn())
    assert "takes our credentials and relays at 127.0.0.1" in found
    settings.STUN_URLS = [f"stun:127.0.0.1:{turn.port}"]
    (found,) = all_good(check_stun())
    assert "sees us as 127.0.0.1" in found


def test_another_secret(settings: Settings, turn: Turn) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = [turn.url], SECRET
    finding = said(check_turn(), State.BAD, "refuses our credentials (401)")
    assert "manage.py relay_secret" in finding.do
    assert SECRET not in str(finding)


def test_a_relay_whose_address_nobody_reaches(settings: Settings, turn: Turn) -> None:
    settings.SITE_URL = "https://call.example.org"
    settings.TURN_URLS, settings.TURN_SECRET = [turn.url], turn.secret
    finding = said(check_turn(), State.BAD, "which nobody outside reaches")
    assert "external-ip" in finding.do


def test_relays_that_do_not_reach_each_other(settings: Settings) -> None:
    """A relay at an address that its own file denies, as on a private network."""
    with turn_server(lets_in=False) as turn:
        settings.TURN_URLS, settings.TURN_SECRET = [turn.url], turn.secret
        finding = said(check_turn(), State.BAD, "does not reach another")
    assert "min-port to max-port" in finding.do


def test_a_relay_that_leads_into_the_house(settings: Settings) -> None:
    hole = "--allowed-peer-ip=169.254.0.0-169.254.255.255"
    with turn_server(hole) as turn:
        settings.TURN_URLS, settings.TURN_SECRET = [turn.url], turn.secret
        settings.SITE_URL = "https://call.example.org"
        finding = said(check_turn(), State.BAD, "into your own network")
    assert "169.254.169.254" in finding.found
    assert "10.0.0.1" not in finding.found
    assert "denied-peer-ip" in finding.do


def test_a_relay_that_has_no_more_to_give(settings: Settings) -> None:
    with turn_server("--user-quota=1") as turn:
        settings.TURN_URLS, settings.TURN_SECRET = [turn.url], turn.secret
        finding = said(check_turn(), State.BAD, "refuses to relay (486)")
    assert "quotas" in finding.do


Certified = Callable[..., Path]


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certified:
    """A certificate of an authority that is trusted here, or is not."""

    def make(*names: str, days: int = 90, trusted: bool = True) -> Path:
        authority = Authority.make("Authority of a test", names)
        chain, public = tmp_path / "turn.pem", tmp_path / "ca.crt"
        chain.write_bytes(authority.certify("A test", names, days).pem())
        public.write_bytes(authority.public_pem())
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(public))
        return chain

    return make


@contextlib.contextmanager
def secured(chain: Path, settings: Settings) -> Iterator[Turn]:
    """coturn with TLS on a port of its own, which TURN_URLS names."""
    port = free_port()
    options = (f"--tls-listening-port={port}", f"--cert={chain}", f"--pkey={chain}")
    with turn_server(*options) as turn:
        settings.TURN_URLS = [f"turns:localhost:{port}"]
        settings.TURN_SECRET = turn.secret
        yield turn


def test_a_relay_over_tls(settings: Settings, certified: Certified) -> None:
    with secured(certified("localhost"), settings):
        (found,) = all_good(check_turn())
    assert "turns:localhost" in found
    assert "relays at 127.0.0.1" in found


@pytest.mark.parametrize(
    ("names", "days", "trusted", "words"),
    [
        (["localhost"], 0, True, "certificate has expired"),
        (["localhost"], 90, False, "unable to get local issuer certificate"),
        (["turn.local"], 90, True, "Hostname mismatch"),
    ],
)
def test_a_certificate_that_browsers_refuse(
    settings: Settings,
    certified: Certified,
    names: list[str],
    days: int,
    trusted: bool,
    words: str,
) -> None:
    with secured(certified(*names, days=days, trusted=trusted), settings):
        finding = said(check_turn(), State.BAD, "its certificate is not trusted")
    assert words in finding.found
    assert "cert= and pkey=" in finding.do


@pytest.mark.usefixtures("brief")
def test_all_that_are_silent_are_told_of_in_the_time_of_one(settings: Settings) -> None:
    with contextlib.ExitStack() as silent:
        ports = []
        for _ in range(4):
            one = silent.enter_context(socket.socket(type=socket.SOCK_DGRAM))
            one.bind(("127.0.0.1", 0))
            ports.append(one.getsockname()[1])
        settings.TURN_URLS = [f"turn:127.0.0.1:{port}" for port in ports]
        settings.TURN_SECRET = SECRET
        findings = list(check_turn())
    assert ["there was no answer" in each.found for each in findings] == [True] * 4


@pytest.mark.django_db
def test_rooms_that_hide_addresses_in_vain(settings: Settings) -> None:
    settings.TURN_URLS = []
    hiding = make_room(make_user(), relay_only=True)
    finding = said(check_turn(), State.BAD, "1 room hides network addresses")
    assert "TURN_URLS" in finding.do
    make_room(hiding.owner, "Another", relay_only=True)
    said(check_turn(), State.BAD, "2 rooms hide network addresses")


@pytest.mark.parametrize("transport", ["", "?transport=tcp"])
@pytest.mark.usefixtures("brief")
def test_a_relay_that_is_not_there(settings: Settings, transport: str) -> None:
    settings.TURN_URLS = [f"turn:127.0.0.1:{free_port()}{transport}"]
    settings.TURN_SECRET = SECRET
    finding = said(check_turn(), State.BAD, "cannot be used")
    assert "firewall" in finding.do
    settings.STUN_URLS = [f"stun:127.0.0.1:{free_port()}"]
    said(check_stun(), State.BAD, "cannot be used")


@pytest.mark.usefixtures("brief")
def test_a_relay_without_the_certificate_it_speaks_of(
    settings: Settings, turn: Turn
) -> None:
    settings.TURN_URLS = [f"turns:127.0.0.1:{turn.port}"]
    settings.TURN_SECRET = turn.secret
    said(check_turn(), State.BAD, "cannot be used")


def test_an_address_that_browsers_do_not_take(settings: Settings) -> None:
    settings.TURN_URLS, settings.TURN_SECRET = ["turn://relay.example.org"], SECRET
    said(check_turn(), State.BAD, "no address that browsers take")


@pytest.mark.django_db
def test_none_is_right_at_home_and_told_elsewhere(settings: Settings) -> None:
    settings.STUN_URLS = settings.TURN_URLS = []
    all_good([*check_turn(), *check_stun()])
    settings.SITE_URL = "https://call.example.org"
    said(check_turn(), State.LOOK, "strict networks")
    said(check_stun(), State.LOOK, "within one network only")
    settings.LAN = True
    all_good([*check_turn(), *check_stun()])


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("turn:relay.example", Server("relay.example", 3478, False, False)),
        ("turns:relay.example", Server("relay.example", 5349, True, True)),
        ("stun:[2001:db8::1]:99", Server("2001:db8::1", 99, False, False)),
        ("turn:1.2.3.4:5?transport=tcp", Server("1.2.3.4", 5, False, True)),
        ("turn:relay.example:x", None),
        ("turn:relay.example?x=1", None),
    ],
)
def test_addresses_are_read_as_browsers_do(url: str, server: Server | None) -> None:
    assert Server.parse(url) == server

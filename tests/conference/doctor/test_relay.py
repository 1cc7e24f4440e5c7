"""The doctor and a real coturn."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from conference.doctor import State, relay
from conference.doctor.relay import Server, check_stun, check_turn
from tests.conference.doctor.heard import all_good, said
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
    assert "static-auth-secret" in finding.do
    assert SECRET not in str(finding)


def test_a_relay_whose_address_nobody_reaches(settings: Settings, turn: Turn) -> None:
    settings.SITE_URL = "https://call.example.org"
    settings.TURN_URLS, settings.TURN_SECRET = [turn.url], turn.secret
    finding = said(check_turn(), State.BAD, "which nobody outside reaches")
    assert "external-ip" in finding.do


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

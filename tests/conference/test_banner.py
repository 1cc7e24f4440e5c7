"""What the program says to whoever started it."""

import os
from io import StringIO

import pytest
from pytest_django import Settings

from conference import lan, qr
from conference.banner import banner
from conference.tls import store

HOME, CABLE, BRIDGE = "192.168.1.20", "10.0.0.7", "172.17.0.1"


class Screen(StringIO):
    """A terminal that remembers nothing and can show everything."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1


@pytest.fixture
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((120, 50)))


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[str]:
    """As after LAN=1 on a machine with these addresses."""
    held = [HOME, CABLE, BRIDGE]
    monkeypatch.setattr(lan, "addresses", lambda: held)
    settings.LAN = True
    settings.SITE_URL = f"https://{HOME}:8000"
    return held


def test_on_one_machine_it_names_the_way_to_others(settings: Settings) -> None:
    said = banner()
    assert f"Open {settings.SITE_URL}\n" in said
    assert "on this machine only; for others: make run LAN=1" in said


def test_a_site_for_others_is_not_told_of_the_local_network(settings: Settings) -> None:
    settings.SITE_URL = "https://call.example.org"
    said = banner()
    assert "LAN=1" not in said
    assert "not private" not in said


def test_the_network_gets_links_and_is_told_of_the_warning(network: list[str]) -> None:
    said = banner()
    assert f"Open https://{HOME}:8000\n" in said
    assert "on this machine, https://localhost:8000" in said
    assert f"try https://{CABLE}:8000, https://{BRIDGE}:8000" in said
    (warning,) = (line for line in said.splitlines() if '"not private"' in line)
    assert "Advanced" in warning
    assert "go on" in warning
    (trust,) = (line for line in said.splitlines() if "ca.crt" in line)
    assert str(store().public) in trust
    assert f"https://{HOME}:8000/lan/" in trust
    assert said.isascii(), "a terminal that knows little cannot print it"


def test_a_single_address_is_told_of_no_other(network: list[str]) -> None:
    del network[1:]
    assert "does not reach" not in banner()


@pytest.mark.usefixtures("network", "_wide")
def test_a_terminal_gets_the_link_as_a_code_as_well() -> None:
    said = banner(Screen())
    for line in qr.drawing(f"https://{HOME}:8000"):
        assert line in said


@pytest.mark.usefixtures("_wide")
def test_a_link_for_this_machine_alone_gets_no_code() -> None:
    assert "█" not in banner(Screen())


@pytest.mark.usefixtures("_wide")
def test_without_a_network_it_says_what_to_do(
    network: list[str], settings: Settings
) -> None:
    network.clear()
    settings.SITE_URL = "https://localhost:8000"
    said = banner(Screen())
    assert "No network was found" in said
    assert "Connect to Wi-Fi or by cable, then start again" in said
    assert "█" not in said

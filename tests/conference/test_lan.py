"""Which of this machine's addresses a friend is told."""

import socket
from dataclasses import dataclass
from typing import Any

import ifaddr
import pytest

from conference import lan

Cards = dict[str, list[str]]


@dataclass
class Network:
    """A machine with these cards, whose way outward begins at `outward`."""

    patch: pytest.MonkeyPatch

    def has(self, cards: Cards, outward: str = "") -> None:
        adapters = [
            ifaddr.Adapter(name, name, [_ip(text, name) for text in texts])
            for name, texts in cards.items()
        ]
        self.patch.setattr(ifaddr, "get_adapters", lambda: adapters)
        self.patch.setattr(lan, "_outward", lambda: outward)


def _ip(text: str, name: str) -> ifaddr.IP:
    held: Any = (text, 0, 0) if ":" in text else text
    return ifaddr.IP(held, 24, name)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    return Network(monkeypatch)


def test_the_card_of_the_default_route_comes_first(network: Network) -> None:
    cards = {"lo": ["127.0.0.1"], "eth0": ["10.0.0.7"], "wlan0": ["192.168.1.20"]}
    network.has(cards, outward="192.168.1.20")
    assert lan.addresses() == ["192.168.1.20", "10.0.0.7"]
    assert lan.site_url(8000) == "https://192.168.1.20:8000"


@pytest.mark.parametrize("bridge", ["docker0", "br-12ab", "virbr0", "vmnet8", "veth1"])
def test_bridges_of_containers_come_last(network: Network, bridge: str) -> None:
    network.has({bridge: ["172.17.0.1"], "eth0": ["10.0.0.7"]})
    assert lan.addresses() == ["10.0.0.7", "172.17.0.1"]


@pytest.mark.parametrize("tunnel", ["tun0", "wg0", "utun4", "tailscale0", "ppp0"])
def test_a_tunnel_that_takes_the_default_route_does_not_come_first(
    network: Network, tunnel: str
) -> None:
    cards = {tunnel: ["10.8.0.2"], "en0": ["192.168.1.20"]}
    network.has(cards, outward="10.8.0.2")
    assert lan.addresses() == ["192.168.1.20", "10.8.0.2"]


def test_what_nobody_else_reaches_is_not_told(network: Network) -> None:
    network.has({"lo": ["127.0.0.1", "::1"], "eth0": ["169.254.3.4", "fe80::1"]})
    assert lan.addresses() == []
    assert lan.site_url(8000) == "https://localhost:8000"


def test_every_way_to_the_site_is_an_origin_of_it(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.has({"eth0": ["10.0.0.7"]}, outward="10.0.0.7")
    monkeypatch.setattr(socket, "gethostname", lambda: "Kitchen.fritz.box")
    assert lan.origins(8443) == [
        "https://10.0.0.7:8443",
        "https://kitchen.local:8443",
        "https://localhost:8443",
        "https://127.0.0.1:8443",
        "https://[::1]:8443",
    ]


@pytest.mark.parametrize("name", ["", "under_score", "-dash", "a" * 64])
def test_a_name_that_is_no_host_name_is_left_out(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: name)
    assert lan.local_name() is None


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("10.0.0.7", True),
        ("fd00::7", True),
        ("10.0.0.8", False),
        ("0.0.0.0", False),  # noqa: S104
        ("", False),
        ("kitchen.local", False),
    ],
)
def test_own_addresses_are_those_that_a_card_holds(
    network: Network, address: str, own: bool
) -> None:
    network.has({"eth0": ["10.0.0.7", "fd00::7"]})
    assert lan.is_own(address) is own


def test_this_very_machine_knows_its_own_addresses() -> None:
    for address in lan.addresses():
        assert lan.is_own(address)

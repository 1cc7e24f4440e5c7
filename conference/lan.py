"""This machine's addresses on its own network."""

import socket
from ipaddress import IPv4Address, ip_address

import ifaddr

# Never sent to: asking for the way there tells which of our addresses leads outside.
_ELSEWHERE = ("192.0.2.254", 9)


def addresses() -> list[str]:
    """IPv4 addresses that others can reach, the one of the default route first."""
    found = [
        str(ip.ip)
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
        if ip.is_IPv4 and _reachable(ip_address(str(ip.ip)))
    ]
    first = _outward()
    return sorted(dict.fromkeys(found), key=lambda address: address != first)


def site_url(port: int) -> str:
    """Where others on the network find the site; this machine alone, if on none."""
    found = addresses()
    return f"https://{found[0] if found else 'localhost'}:{port}"


def origins(port: int) -> list[str]:
    """Every origin under which the site is reached on this network."""
    hosts = [*addresses(), "localhost", "127.0.0.1", "[::1]"]
    return [f"https://{host}:{port}" for host in hosts]


def _reachable(address: object) -> bool:
    return isinstance(address, IPv4Address) and not (
        address.is_loopback or address.is_link_local or address.is_unspecified
    )


def _outward() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return ""
        outward: str = probe.getsockname()[0]
        return outward

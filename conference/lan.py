"""This machine's addresses on its own network."""

import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

import ifaddr

from .origin import origin_of

# Never sent to: asking for the way there tells which of our addresses leads outside.
_ELSEWHERE = ("192.0.2.254", 9)
# Networks that exist within this machine or go through a tunnel: hardly where a friend
# in the same house is.
_APART = re.compile(
    r"(docker|br-|veth|virbr|lxc|lxd|podman|cni|vmnet|vboxnet|bridge)"
    r"|(tun|tap|utun|wg|ppp|ipsec|tailscale|zt)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")

Address = IPv4Address | IPv6Address


def addresses() -> list[str]:
    """IPv4 addresses that others can reach, the likeliest first.

    That is the one of the default route, unless it is a tunnel's; addresses of bridges
    and tunnels come last.
    """
    outward = _outward()
    found = {
        str(address): (bool(_APART.match(name)), str(address) != outward)
        for name, address in _held()
        if _reachable(address)
    }
    return sorted(found, key=found.__getitem__)


def network_of(address: str) -> IPv4Network | None:
    """The network in which this machine has this IPv4 address; None if it has not."""
    for adapter in ifaddr.get_adapters():
        for ip in adapter.ips:
            if ip.ip == address:
                return IPv4Network(f"{address}/{ip.network_prefix}", strict=False)
    return None


def is_own(address: str) -> bool:
    """Whether this address is loopback or one that this very machine holds.

    `address` is canonical, as of `client.of_request`; anything else is not ours.
    """
    try:
        asked = ip_address(address)
    except ValueError:
        return False
    return asked.is_loopback or asked in {held for _, held in _held()}


def machine() -> str:
    """This machine's name, without its network's; "localhost" if it has none."""
    label = socket.gethostname().partition(".")[0].lower()
    return label if _LABEL.fullmatch(label) else "localhost"


def local_name() -> str | None:
    """`<name>.local`, by which devices with multicast DNS (RFC 6762) find us."""
    return None if machine() == "localhost" else f"{machine()}.local"


def hosts() -> list[str]:
    """Every name and address the site is reached by on this network, as in `Host`."""
    name = local_name()
    own = ["localhost", "127.0.0.1", "[::1]"]
    return [*addresses(), *([name] if name else []), *own]


def site_url(port: int) -> str:
    """Where others on the network find the site; this machine alone, if on none."""
    found = addresses()
    return origin_of(f"https://{found[0] if found else 'localhost'}:{port}")


def origins(port: int) -> list[str]:
    """Every origin under which the site is reached on this network."""
    return [origin_of(f"https://{host}:{port}") for host in hosts()]


def _held() -> list[tuple[str, Address]]:
    """The addresses of all network cards, each with its card's name."""
    return [
        (
            str(adapter.nice_name),
            ip_address(ip.ip if isinstance(ip.ip, str) else ip.ip[0]),
        )
        for adapter in ifaddr.get_adapters()
        for ip in adapter.ips
    ]


def _reachable(address: Address) -> bool:
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

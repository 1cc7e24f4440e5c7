"""A small internet: one bridge of public addresses, on which everything else stands.

203.0.113.0/25 and 2001:db8::/64 are the bridge itself; each home has 2001:db8:N::/64,
and, without a NAT, eight addresses of 203.0.113.128/25, behind a router of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from tests.network.namespace import Namespace

V4 = IPv4Address("203.0.113.0")
V6 = IPv6Address("2001:db8::")
ROUTED = V4 + 128
# Homes have numbers from 1 on; so many addresses on the bridge are kept for servers.
SERVERS = 20
HOMES = 15

# No address is in use twice here, so no interface need wait until it knows that; and
# nobody is told of a shorter way, which would outlive the home it leads to.
QUICK = tuple(
    f"{version}/conf/{which}/{switch}=0"
    for which in ("all", "default")
    for version, switch in (
        ("ipv6", "accept_dad"),
        ("ipv6", "accept_redirects"),
        ("ipv4", "accept_redirects"),
        ("ipv4", "send_redirects"),
    )
)
FORWARDS = ("ipv4/ip_forward=1", "ipv6/conf/all/forwarding=1")


PLAIN = """\
for switch in /proc/sys/net/bridge/bridge-nf-call-*tables; do
  if [ -e "$switch" ]; then echo 0 > "$switch"; fi
done
"""


def bridge(host: Namespace, name: str) -> None:
    """A bridge that carries all frames: else iptables may judge them, too.

    Its address stays: else it is the lowest among its ports, another with each of them,
    and whoever had it as gateway speaks to nobody for a while.
    """
    host.run("sh", "-ec", PLAIN)
    host.ip(
        f"link add {name} address 02:00:00:00:00:01 type bridge mcast_snooping 0",
    )


@dataclass(frozen=True)
class Address:
    """Where a host stands on the bridge."""

    v4: IPv4Address
    v6: IPv6Address


def on_bridge(number: int) -> Address:
    return Address(V4 + number, V6 + int(str(number), 16))


class Internet:
    """The bridge, and the router that whoever stands on it sends all else to.

    That one drops what leads out of the lab and says nothing: coturn 4.6 stalls a relay
    whose peer is answered with "unreachable".
    """

    def __init__(self, ground: Namespace) -> None:
        self.host = ground
        self._homes = set(range(1, HOMES + 1))
        here = on_bridge(1)
        ground.switch(*QUICK, *FORWARDS)
        bridge(ground, "net")
        ground.ip(
            "link set lo up",
            f"addr add {here.v4}/25 dev net",
            f"addr add {here.v6}/64 dev net nodad",
            "link set net up",
        )
        ground.rules(
            "*filter\n:FORWARD DROP\n-A FORWARD -s {0} -d {0} -j ACCEPT\nCOMMIT".format(
                f"{V4}/24"
            ),
            4,
        )
        ground.rules(
            "*filter\n:FORWARD DROP\n-A FORWARD -s {0} -d {0} -j ACCEPT\nCOMMIT".format(
                f"{V6}/32"
            ),
            6,
        )

    def number(self) -> int:
        """A home's number, which nobody has; given back by `forget`."""
        number: int = min(self._homes)
        self._homes.remove(number)
        return number

    def forget(self, number: int) -> None:
        self._homes.add(number)

    def attach(self, host: Namespace, place: int, interface: str) -> Address:
        """Give a host an interface on the bridge, with the addresses of this place."""
        here, hub = on_bridge(place), on_bridge(1)
        host.switch(*QUICK)
        self.host.ip(
            f"link add n{place} type veth peer name {interface} netns {host.pid}",
            f"link set n{place} master net up",
        )
        host.ip(
            "link set lo up",
            # As whoever stood here before: neighbours remember for a while.
            f"link set {interface} address 02:00:00:00:00:{place:02x}",
            f"addr add {here.v4}/25 dev {interface}",
            f"addr add {here.v6}/64 dev {interface} nodad",
            f"link set {interface} up",
            f"route add default via {hub.v4}",
            f"route add default via {hub.v6}",
        )
        return here

    def detach(self, place: int) -> None:
        self.host.ip(f"link del n{place}")

    def lead(self, number: int, router: Address) -> None:
        """What is for the public addresses of this home goes to its router."""
        self.host.ip(
            f"route replace {routed(number)}/29 via {router.v4}",
            f"route replace {prefix(number)} via {router.v6}",
        )


def routed(number: int) -> IPv4Address:
    """The first of the eight public IPv4 addresses of a home without a NAT."""
    return ROUTED + 8 * number


def prefix(number: int) -> IPv6Network:
    """The IPv6 addresses of a home."""
    return IPv6Network((int(V6) + (int(str(number), 16) << 80), 64))

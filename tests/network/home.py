"""A network at somebody's home or work: its router, NAT, firewall and line."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Literal, get_args

from tests.network.internet import (
    FORWARDS,
    QUICK,
    SERVERS,
    Internet,
    bridge,
    prefix,
    routed,
)
from tests.network.namespace import Namespace

Nat = Literal["none", "cone", "symmetric"]
Firewall = Literal["open", "udp-blocked", "only-443"]
IPFamily = Literal[4, 6]
FAMILIES: tuple[IPFamily, ...] = get_args(IPFamily)

# Linux keeps a port where it can, towards everybody, and lets nobody in who was not
# written to: a port-restricted cone. At random, each destination sees another port.
NATS: dict[Nat, str] = {
    "none": "",
    "cone": "-A POSTROUTING -o wan -j MASQUERADE",
    "symmetric": "-A POSTROUTING -o wan -j MASQUERADE --random-fully",
}
FIREWALLS: dict[Firewall, str] = {
    "open": "-A FORWARD -i lan -j ACCEPT",
    "udp-blocked": "-A FORWARD -i lan -p udp -j DROP\n-A FORWARD -i lan -j ACCEPT",
    "only-443": "-A FORWARD -i lan -p tcp --dport 443 -j ACCEPT",
}
OPEN_TO_ALL = "-A FORWARD -i wan -j ACCEPT"
# Nothing is let in but answers. What is for the router itself is dropped, too: else it
# left an entry in the table of connections, which takes the port that a hole needs.
RULES = """\
*mangle
:LOSS - [0:0]
:CUT - [0:0]
-A FORWARD -j CUT
-A FORWARD -j LOSS
COMMIT
*filter
:FORWARD DROP [0:0]
{neighbours}
-A INPUT -i wan -j DROP
-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
{firewall}
{inwards}
COMMIT
"""
NEIGHBOURS = "-A INPUT -p ipv6-icmp -j ACCEPT"
# What waits for a narrow line is sent that much later at most, and dropped beyond it.
QUEUE_MS = 200
# As many as have a public address each.
MOST_HOSTS = 5


class Home:
    """Hosts at `number` have one way out. Both versions of IP are there."""

    def __init__(self, net: Internet, nat: Nat, firewall: Firewall) -> None:
        self.net = net
        self.nat = nat
        self.number = net.number()
        self.router = Namespace(f"router {self.number}", net.host)
        self.router.switch(*QUICK, *FORWARDS)
        self.public = net.attach(self.router, self._place, "wan")
        net.lead(self.number, self.public)
        self._free = {*range(1, MOST_HOSTS + 1)}
        self._taken: dict[str, int] = {}
        bridge(self.router, "lan")
        self.router.ip(
            f"addr add {self.gateway}/{self._length} dev lan",
            f"addr add {self.gateway_v6}/64 dev lan nodad",
            "link set lan up",
        )
        for family in FAMILIES:
            self.router.rules(
                RULES.format(
                    neighbours=NEIGHBOURS if family == 6 else "",
                    firewall=FIREWALLS[firewall],
                    inwards=OPEN_TO_ALL if nat == "none" else "",
                ),
                family,
            )
        if nat != "none":
            self.router.rules(f"*nat\n{NATS[nat]}\nCOMMIT", 4)

    @property
    def _place(self) -> int:
        return SERVERS + self.number

    @property
    def _length(self) -> int:
        return 29 if self.nat == "none" else 24

    @property
    def gateway(self) -> IPv4Address:
        first = IPv4Address(f"192.168.{self.number}.0")
        return (routed(self.number) if self.nat == "none" else first) + 1

    @property
    def gateway_v6(self) -> str:
        return f"{prefix(self.number)[1]}"

    @property
    def seen_as(self) -> list[str]:
        """Whence others see what comes from here, of each version of IP."""
        v4 = str(self.public.v4)
        if self.nat == "none":
            v4 = f"{routed(self.number)}/{self._length}"
        return [v4, str(prefix(self.number))]

    def attach(
        self, host: Namespace, interface: str, families: tuple[IPFamily, ...]
    ) -> str:
        """Give a host an interface here, with the way out; returns the router's end."""
        number = min(self._free)
        self._free.remove(number)
        end = f"p{number}"
        self._taken[end] = number
        self.router.ip(
            f"link add {end} type veth peer name {interface} netns {host.pid}",
            f"link set {end} master lan up",
        )
        host.ip(f"link set {interface} up")
        if 4 in families:
            host.ip(
                f"addr add {self.gateway + number}/{self._length} dev {interface}",
                f"route replace default via {self.gateway} dev {interface}",
            )
        if 6 in families:
            address = prefix(self.number)[1 + number]
            host.ip(
                f"addr add {address}/64 dev {interface} nodad",
                f"route replace default via {self.gateway_v6} dev {interface}",
            )
        return end

    def detach(self, end: str) -> None:
        """The interface is gone, at both of its ends."""
        self.router.ip(f"link del {end}")
        self._free.add(self._taken.pop(end))

    def carrier(self, end: str, is_up: bool) -> None:
        """Whether the other end finds itself in a network."""
        self.router.ip(f"link set {end} {'up' if is_up else 'down'}")

    # The line

    def uplink(self, rate: str) -> None:
        """So much leaves at most, in words of `tc` ("300kbit"); "": as much as can."""
        self._narrow("wan", rate)

    def downlink(self, rate: str) -> None:
        self._narrow("lan", rate)

    def _narrow(self, interface: str, rate: str) -> None:
        shaped = ["dev", interface, "root"]
        self.router.run("tc", "qdisc", "replace", *shaped, "pfifo")
        if rate:
            how = ["rate", rate, "burst", "10kb", "latency", f"{QUEUE_MS}ms"]
            self.router.run("tc", "qdisc", "replace", *shaped, "tbf", *how)

    def loss(self, share: float) -> None:
        """Of what goes through either way, this share is lost, each by itself."""
        rule = f"-A LOSS -m statistic --mode random --probability {share}"
        for family in FAMILIES:
            self.router.rules(f"*mangle\n-F LOSS\n{rule} -j DROP\nCOMMIT", family)

    def cut(self, *addresses: str) -> None:
        """From now on nothing goes to or comes from these, nor from whom they route."""
        for family, sign in ((4, "."), (6, ":")):
            lines = [
                f"-A CUT -{side} {address} -j DROP"
                for address in addresses
                if sign in address
                for side in "sd"
            ]
            self.router.rules("\n".join(["*mangle", *lines, "COMMIT"]), family)

    def cut_all(self) -> None:
        """Nothing goes through, and nobody is told: as if a cable lay cut outside."""
        self.cut("0.0.0.0/0", "::/0")

    def mend(self) -> None:
        """Whoever was cut off is not any more."""
        for family in FAMILIES:
            self.router.rules("*mangle\n-F CUT\nCOMMIT", family)

    def close(self) -> None:
        self.net.detach(self._place)
        self.net.forget(self.number)
        self.router.close()

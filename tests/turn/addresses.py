"""Addresses that no relay may lead to: several of every range that IANA keeps for a
special purpose (RFC 6890 and its registries), edges included, and of multicast."""

from __future__ import annotations

from ipaddress import ip_address, ip_network


def words(text: str) -> list[str]:
    return text.split()


V4_RANGES = words("""
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12
    192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24
    192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
    224.0.0.0/4 240.0.0.0/4
""")
V4_OTHERS = words("""
    10.0.0.7 100.100.100.200 127.0.0.53 127.1.2.3 169.254.169.254 169.254.170.2
    172.17.0.1 172.31.0.2 192.0.0.8 192.0.0.170 192.0.0.192 192.88.99.1 192.168.0.1
    192.168.178.1 224.0.0.251 239.255.255.250 240.0.0.1 255.255.255.255
""")
V6_RANGES = words("""
    ::1/128 ::ffff:0.0.0.0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64
    2001::/23 2001::/32 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:20::/28
    2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7
    fe80::/10 fec0::/10 ff00::/8
""")
V6_OTHERS = words("""
    :: ::7f00:1 ::a00:1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
    ::ffff:192.168.1.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b::a9fe:a9fe
    64:ff9b:1::a9fe:a9fe 2001:0:4136:e378:8000:63bf:3fff:fdd2 2002:7f00:1::1
    2002:a00:1::1 2002:a9fe:a9fe:: fd00::1 fd00:ec2::254 fd12:3456:789a::1
    fe80::1 fe80::a9fe:a9fe ff02::1 ff02::fb ff05::2
""")
PUBLIC_V4 = words("1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 128.0.0.1 223.255.255.254")
PUBLIC_V6 = words("2606:4700::1111 2a00:1450:4001::1 2001:4860:4860::8888")


def inside(ranges: list[str]) -> list[str]:
    """The first and last address of each range, and some between."""
    found = []
    for each in ranges:
        network = ip_network(each)
        last = network.num_addresses - 1
        steps = sorted({0, min(1, last), last // 3, max(last - 1, 0), last})
        found += [str(network[step]) for step in steps]
    return found


def unique(addresses: list[str]) -> list[str]:
    return list({ip_address(each): each for each in addresses}.values())


SPECIAL_V4 = unique(inside(V4_RANGES) + V4_OTHERS)
SPECIAL_V6 = unique(inside(V6_RANGES) + V6_OTHERS)

"""Slows down those who try links until one opens.

Only distinct links that opened nothing count: somebody who reloads a dead link is no
guesser. Each address has a fixed number of slots in the cache that all processes share;
a failed link takes one for a while, and `add` gives a slot to one taker only, so that
the limit holds exactly, whatever runs at once.
"""

import hashlib
from ipaddress import ip_address, ip_network

from django.core.cache import cache

GUESSES = 20
"""How many different links may fail…"""

WINDOW_SECONDS = 600
"""…from one address within this time."""

IPV6_PREFIX = 64


class TooManyGuesses(Exception):
    """So many links from this address opened nothing that none is tried any more."""

    code = "too-many-guesses"


def check(address: str) -> None:
    """Raise TooManyGuesses while all of the address's slots are taken."""
    if len(cache.get_many(_slots(address))) >= GUESSES:
        raise TooManyGuesses


def count_miss(address: str, link: str) -> None:
    """Note that this link opened nothing for somebody at this address."""
    mark = hashlib.sha256(link.encode()).hexdigest()
    slots = _slots(address)
    taken = cache.get_many(slots)
    if mark in taken.values():
        return
    for slot in slots:
        if slot not in taken and cache.add(slot, mark, WINDOW_SECONDS):
            return


def _slots(address: str) -> list[str]:
    owner = owner_of(address)
    return [f"guess:{owner}:{number}" for number in range(GUESSES)]


def owner_of(address: str) -> str:
    """Who guesses: an IPv4 address, or the /64 that one IPv6 machine commonly has."""
    parsed = ip_address(address)
    if parsed.version == 4:
        return str(parsed)
    return str(ip_network((parsed, IPV6_PREFIX), strict=False).network_address)

"""Sockets that have not said yet who they are, by the address they came from.

A page says hello as soon as its socket is open, so whoever holds many silent ones open
wants the server's memory. The oldest of them makes room for the newest: behind an
address that is shared with somebody like that, everybody else still comes in.
"""

from collections.abc import Hashable
from ipaddress import ip_network
from typing import Generic, TypeVar

Socket = TypeVar("Socket", bound=Hashable)

HOUSEHOLD_BITS = 64
"""An IPv6 address is one of so many bits' worth that one machine may pick from."""


class Strangers(Generic[Socket]):
    """The silent sockets of each address, the oldest first, `most` of them at most."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._silent: dict[str, dict[Socket, None]] = {}

    def __len__(self) -> int:
        return sum(map(len, self._silent.values()))

    def arrive(self, socket: Socket, address: str) -> Socket | None:
        """A socket was opened; returns the one that has to go for it, if one has to."""
        silent = self._silent.setdefault(household(address), {})
        silent[socket] = None
        if len(silent) <= self._most:
            return None
        oldest = next(iter(silent))
        del silent[oldest]
        return oldest

    def depart(self, socket: Socket, address: str) -> None:
        """It has said who it is, or is no more; one that is not known is no matter."""
        place = household(address)
        silent = self._silent.get(place, {})
        silent.pop(socket, None)
        if not silent:
            self._silent.pop(place, None)


def household(address: str) -> str:
    """What one machine cannot change about its address (RFC 6177)."""
    if ":" in address:
        return str(ip_network((address, HOUSEHOLD_BITS), strict=False))
    return address

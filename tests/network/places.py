"""The places that people are in, from the best connected to the worst."""

from __future__ import annotations

from dataclasses import dataclass

from tests.network.client import Client
from tests.network.home import Firewall, IPFamily, Nat
from tests.network.lab import Lab


@dataclass(frozen=True)
class Place:
    """Where somebody is, in words of `Lab.client`."""

    nat: Nat = "cone"
    firewall: Firewall = "open"
    families: tuple[IPFamily, ...] = (4,)

    def client(self, lab: Lab, name: str) -> Client:
        """A machine in a home of this kind."""
        return lab.client(
            name, nat=self.nat, firewall=self.firewall, families=self.families
        )


PUBLIC = Place("none")
CONE = Place()
BOTH = Place(families=(4, 6))
ONLY_V6 = Place(families=(6,))
SYMMETRIC = Place("symmetric")
NO_UDP = Place(firewall="udp-blocked")
ONLY_443 = Place(firewall="only-443")

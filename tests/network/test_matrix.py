"""Who connects with whom by which path, and how long that takes."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.network.conftest import Callers
from tests.network.home import IPFamily
from tests.network.lab import Lab
from tests.network.ledger import Ledger
from tests.network.paths import come, met
from tests.network.places import (
    BOTH,
    CONE,
    NO_UDP,
    ONLY_443,
    ONLY_V6,
    PUBLIC,
    SYMMETRIC,
    Place,
)

REPETITIONS = 10
DIRECT = {"srflx/udp", "prflx/udp"}
HOST = {"host/udp"}
TCP = {"relay/tcp"}
TLS = {"relay/tls"}


@dataclass(frozen=True)
class Case:
    """Two places, what each end may find as its own candidate, and what one must.

    `relayed`: one end's relay is in the path, whichever end's; each may send by the
    other's, and then has none of its own in use.
    """

    name: str
    one: Place
    other: Place
    allowed: set[str]
    needs: set[str] = field(default_factory=set)
    relayed: bool = False
    family: IPFamily = 4

    def __str__(self) -> str:
        return self.name


RELAYED = {"relay/udp", *DIRECT}
CASES = (
    Case("cone, cone", CONE, CONE, DIRECT),
    Case("public, symmetric", PUBLIC, SYMMETRIC, DIRECT | HOST),
    Case("cone, symmetric", CONE, SYMMETRIC, RELAYED, relayed=True),
    Case("symmetric, symmetric", SYMMETRIC, SYMMETRIC, RELAYED, relayed=True),
    Case("UDP blocked, cone", NO_UDP, CONE, RELAYED | TCP, TCP),
    Case("UDP blocked, UDP blocked", NO_UDP, NO_UDP, TCP, TCP),
    Case("only 443, cone", ONLY_443, CONE, RELAYED | TLS, TLS),
    Case("only 443, UDP blocked", ONLY_443, NO_UDP, TCP | TLS, TCP | TLS),
    Case("IPv6 only, IPv6 only", ONLY_V6, ONLY_V6, DIRECT | HOST, family=6),
    Case("IPv6 only, IPv4 only", ONLY_V6, CONE, RELAYED, relayed=True),
    Case("both IPs, both IPs", BOTH, BOTH, DIRECT | HOST, family=6),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_they_meet(
    lab: Lab, callers: Callers, ledger: Ledger, soak: bool, case: Case
) -> None:
    room = lab.site().new_room()
    mira = callers.at(case.one.client(lab, "Mira"))
    amara = callers.at(case.other.client(lab, "Amara"))
    for _ in range(REPETITIONS if soak else 1):
        come(mira, room)
        meeting = met(mira, amara, come(amara, room))
        ledger.note(case.name, meeting)
        kinds = {path.kind for path in meeting.paths}
        assert kinds <= case.allowed, meeting
        assert kinds >= case.needs, meeting
        if case.relayed:
            assert any(path.is_relayed for path in meeting.paths), meeting
        elif not case.needs:
            assert {path.family for path in meeting.paths} == {case.family}, meeting
        mira.press("Leave")
        amara.press("Leave")


def test_two_in_one_home_meet_within_it(
    lab: Lab, callers: Callers, ledger: Ledger
) -> None:
    room, home = lab.site().new_room(), lab.home("symmetric")
    mira, amara = (callers.at(lab.client(name, home)) for name in ("Mira", "Amara"))
    come(mira, room)
    meeting = met(mira, amara, come(amara, room))
    ledger.note("in one home", meeting)
    assert {path.local for path in meeting.paths} <= {"host", "prflx"}
    assert all(is_private(path.address) for path in meeting.paths), meeting


def is_private(address: str) -> bool:
    return address.startswith("192.168.")

"""Two who cannot reach each other are told which two, and why."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.network.conftest import Callers
from tests.network.lab import Lab
from tests.network.ledger import Ledger
from tests.network.paths import come
from tests.network.places import CONE, NO_UDP, SYMMETRIC, Place
from tests.network.site import Site

# The bound, and what a machine may take that does other things as well.
SAID_SECONDS = 15.0
BUSY = 4


@dataclass(frozen=True)
class Case:
    """What is wrong between two places, and what each end is told of it."""

    name: str
    one: Place
    other: Place
    site: Callable[[Lab], Site]
    told: str
    others: str = ""

    def __str__(self) -> str:
        return self.name


CASES = (
    Case(
        "no TURN set",
        SYMMETRIC,
        SYMMETRIC,
        Lab.with_stun_only,
        "This site has no relay (TURN) server set",
    ),
    Case(
        "UDP blocked",
        NO_UDP,
        CONE,
        Lab.with_stun_only,
        "Your network blocks UDP",
        "The network of Mira blocks UDP",
    ),
    Case(
        "TURN refused",
        SYMMETRIC,
        SYMMETRIC,
        Lab.with_wrong_secret,
        "relay (TURN) server turns you away",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_both_are_told_which_two_and_why(
    lab: Lab, callers: Callers, ledger: Ledger, soak: bool, case: Case
) -> None:
    site = case.site(lab)
    room = site.new_room()
    mira = callers.at(case.one.client(lab, "Mira"), site)
    amara = callers.at(case.other.client(lab, "Amara"), site)
    come(mira, room)
    begun = come(amara, room)
    bound = SAID_SECONDS * (1 if soak else BUSY)
    for person, other, words in (
        (mira, "Amara", case.told),
        (amara, "Mira", case.others or case.told),
    ):
        left = max(0.0, begun + bound - time.time())
        tile = person.tile(other)
        expect(tile).to_contain_text(words, timeout=left * 1000)
        expect(tile).to_contain_text(f"You and {other} cannot reach each other")
    ledger.note_trouble(case.name, time.time() - begun)
    for person in (mira, amara):
        assert not person.pairs(), "they have met after all"

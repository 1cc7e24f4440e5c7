"""Pages, sockets and servers die at random; who is gone is gone for everybody."""

from __future__ import annotations

import random
import signal
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import Error as BrowserError

from tests.browser.person import Person, meet
from tests.calls.conftest import Callers
from tests.calls.gatherings import owner_of
from tests.calls.roster import agree
from tests.calls.stack import Stack

pytestmark = pytest.mark.alone

PEOPLE = 4
KILLS = 6
KILLS_IN_FULL = 200
LOOK_EVERY = 10


class Party:
    """People in one room of two processes, of whom some die and others come."""

    def __init__(self, site: Stack, come: Callers, dice: random.Random) -> None:
        self.site = site
        self.come = come
        self.dice = dice
        self.room = owner_of(site).new_room()
        self.people: list[Person] = []
        self.number = 0
        self.ways: dict[str, Callable[[], None]] = {
            "a page that crashes": self.crash,
            "a page that crashes behind a dead network": self.vanish,
            "a tab that is closed": self.close,
            "a socket that is cut": self.cut,
            "SIGKILL of the first process": lambda: self.kill(0),
            "SIGKILL of the second process": lambda: self.kill(1),
        }

    def fill(self) -> None:
        """Let new people come until the party is complete."""
        while len(self.people) < PEOPLE:
            name = f"Guest-{self.number}"
            ports = [process.port for process in self.site.processes]
            way = ports[:: 1 if self.number % 2 else -1]
            self.number += 1
            self.site.proxy.lead(*way, owner=name)
            self.people.append(self.come(name).join(self.room))

    def crash(self) -> None:
        person = self.gone()
        # The renderer's process ends; nothing of the page runs any more.
        with pytest.raises(BrowserError, match="crash"):
            person.page.goto("chrome://crash")
        person.context.close()

    def vanish(self) -> None:
        """The server is not told that the socket is gone."""
        self.site.proxy.stall(owner=self.people[-1].name)
        self.crash()

    def close(self) -> None:
        self.gone().context.close()

    def cut(self) -> None:
        self.site.proxy.reset(owner=self.dice.choice(self.people).name)

    def kill(self, number: int) -> None:
        process = self.site.processes[number]
        process.end(signal.SIGKILL)
        process.start()

    def gone(self) -> Person:
        person = self.people.pop()
        self.come.forget(person)
        return person


def test_no_ghost_is_left_behind(
    two_processes: Stack,
    callers: Callable[[Stack], Callers],
    tell: Callable[[str], None],
    soak: bool,
) -> None:
    dice = random.Random(28)
    party = Party(two_processes, callers(two_processes), dice)
    kills = KILLS_IN_FULL if soak else KILLS
    # Each way at least once; in full, at random.
    ways = [*party.ways, *dice.choices([*party.ways], k=kills - len(party.ways))]
    dice.shuffle(ways)
    party.fill()
    meet(*party.people)
    for number, way in enumerate(ways, 1):
        party.ways[way]()
        if number % LOOK_EVERY == 0:
            agree(two_processes, party.people)
        party.fill()
        dice.shuffle(party.people)
    agree(two_processes, party.people)
    meet(*party.people)
    told = ", ".join(f"{count} of {way}" for way, count in Counter(ways).items())
    tell(f"no ghost after {kills} kills: {told}")

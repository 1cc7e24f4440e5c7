"""F4: a reader that stops costs half a megabyte, whatever it goes on sending."""

import time
from typing import Self

from rooms.loadtest.client import Frame
from rooms.signalling.backlog import BACKLOG_CHARACTERS
from tests.rooms.signalling.neighbour import Neighbour
from tests.servers import Parley

from .rough import Rough, memory_of

SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n" + "a=filler:" + "x" * 45_000 + "\r\n"
AT_ONCE = 110
"""Offers that one person may send at once, nearly."""

A_SECOND = 20
"""And then so many."""

BUFFER = 16 * 1024
"""What the system may take in for the reader, before the server has to keep it."""

SPARE = 12 * 1024 * 1024
"""Memory that Python and the system take and give back as they like."""

SLOTS = {"microphone": "on", "camera": "off", "screen": "off", "screenAudio": "off"}


class Flood:
    """People who send one other as much as they may."""

    def __init__(self, server: Parley, room: str, people: int, rounds: int) -> None:
        self.senders = [Rough(server, room, f"Sender {n}") for n in range(people)]
        self.rounds = rounds
        self.characters = 0
        self.told: list[Frame] = []
        """What the senders were told meanwhile."""

    def __enter__(self) -> Self:
        for sender in self.senders:
            sender.join()
        return self

    def __exit__(self, *_: object) -> None:
        for sender in self.senders:
            sender.close()

    def pour(self, target: Rough) -> None:
        """Send it all; the target reads it, or sends on without reading."""
        number = 0
        for turn in range(self.rounds):
            for _ in range(A_SECOND if turn else AT_ONCE):
                number += 1
                self._say(target, number)
            for sender in self.senders:
                self.told += sender.rest()
            if target.reads:
                # Pages ask whether the line is alive, also where nothing comes.
                target.ping()
            if turn + 1 < self.rounds:
                time.sleep(1.0)

    def hears_away(self, seat: str) -> None:
        """Return once they were told that nobody serves this seat any more."""
        away = {"type": "peer-away", "seat": seat, "away": True}
        while away not in self.told:
            self.told.append(self.senders[0].next())

    def _say(self, target: Rough, number: int) -> None:
        for sender in self.senders:
            sender.say(
                **{"type": "offer", "to": target.seat, "epoch": 1},
                **{"number": number, "sdp": SDP},
            )
            self.characters += len(SDP)
        if target.reads:
            target.here()
        elif number % 10 == 0:
            target.try_to_say(type="state", version=number, slots=SLOTS)


def test_memory_stays_as_with_a_reader_that_reads(
    server: Parley, room: str, neighbour: Neighbour, soak: bool
) -> None:
    people, rounds = (6, 20) if soak else (2, 1)
    with (
        Flood(server, room, people, rounds) as flood,
        Rough(server, room, "Prompt", prompt=True) as prompt,
    ):
        flood.pour(prompt.join())
        # Who reads was in the call all the time.
        assert not [m for m in flood.told if m.get("seat") == prompt.seat]
    control = memory_of(server)
    with (
        Flood(server, room, people, rounds) as flood,
        Rough(server, room, "Stopped", buffer=BUFFER) as stopped,
    ):
        stopped.join()
        stopped.stop_reading()
        flood.pour(stopped)
        grown = memory_of(server) - control
        print(  # noqa: T201
            f"F4: {flood.characters / 1e6:.0f} MB to a reader that stopped: "
            f"{control / 1e6:.0f} MB of memory, and {grown / 1e6:.1f} more"
        )
        assert flood.characters > 8 * BACKLOG_CHARACTERS
        assert grown < min(SPARE, flood.characters / 2)
        # It is cut in seconds although it goes on sending, and the others hear so.
        flood.hears_away(stopped.seat)
    neighbour.goes_on()

"""What was said while a room's home was looked for is heard as if it were said then."""

from unittest import mock

from rooms.signalling.cluster.attendance import Attendance
from rooms.signalling.cluster.parties import Party, Wire
from rooms.signalling.protocol import (
    Chat,
    Incoming,
    Join,
    Leave,
    ProtocolError,
    Rank,
    Restart,
    Slots,
)
from rooms.signalling.tickets import Entry
from tests.rooms.signalling.cluster.simulation import entry

JOIN = Join("Mira", 1, Slots("on", "on", "off", "off"))
CHAT = Chat("a-1", 1, "Hello", 1)
ASK = Restart("q8Jx2mT5s1aB", 0, "ice")


class Somebody:
    """Comes to the door, and by a join as far as the room lets them."""

    def __init__(self, far: Rank) -> None:
        self.wire: Wire = mock.Mock()
        self.entry = entry(7, "Mira")
        self.checked = True
        self.since = 0
        self.rank = Rank.ANYONE
        self.heard: list[Incoming] = []
        self._far = far

    def enter(self) -> None:
        self.rank = Rank.DOOR

    def act(self, message: Incoming) -> None:
        self.heard.append(message)
        if isinstance(message, Join):
            self.rank = self._far

    def show(self) -> None:
        raise AssertionError("nobody asks")

    def depart(self, how: str) -> None:
        raise AssertionError("nobody goes")


def attend(refused: list[ProtocolError]) -> Attendance:
    return Attendance(
        mock.Mock(),
        mock.Mock(),
        entry(7, "Mira"),
        "bind",
        "a",
        checked=True,
        refuse=refused.append,
    )


def sit(attendance: Attendance, somebody: Somebody) -> None:
    def converse(wire: Wire, entry: Entry, bind: str, instance: str, ok: bool) -> Party:
        return somebody

    attendance.sit_here(converse)


def arrive(far: Rank) -> tuple[Somebody, list[ProtocolError]]:
    """A socket whose home is found after it said three things."""
    somebody = Somebody(far)
    refused: list[ProtocolError] = []
    attendance = attend(refused)
    for message in (JOIN, CHAT, ASK):
        attendance.act(message)
    sit(attendance, somebody)
    assert somebody.wire is attendance
    return somebody, refused


def test_who_sits_is_heard() -> None:
    somebody, refused = arrive(Rank.SEAT)
    assert somebody.heard == [JOIN, CHAT, ASK]
    assert refused == []


def test_who_has_to_wait_for_a_place_is_told_that_it_is_too_early() -> None:
    somebody, refused = arrive(Rank.DOOR)
    assert somebody.heard == [JOIN]
    said = [(fault.code, fault.about, fault.to) for fault in refused]
    assert said == [("not-yet", "chat", ""), ("not-yet", "restart", ASK.to)]


def test_who_was_turned_away_and_left_asks_for_nothing_where_the_call_goes() -> None:
    first, second, third = (Somebody(Rank.DOOR) for _ in range(3))
    attendance = attend([])
    attendance.act(JOIN)
    sit(attendance, first)
    sit(attendance, second)
    attendance.act(Leave())
    sit(attendance, third)
    assert [each.heard for each in (first, second, third)] == [
        [JOIN],
        [JOIN, Leave()],
        [],
    ]
    assert third.rank is Rank.DOOR

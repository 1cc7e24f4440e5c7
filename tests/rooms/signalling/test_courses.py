"""Every order of knock, admit, refuse, leave, lose, return, remove and let back.

A model says of each step what has to come of it; the conversations, the call and the
hub are the product's own. All short courses are tried, and in full length (`make soak`)
longer ones, and every order in which each step comes once.
"""

import asyncio
import itertools
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from rooms.signalling.bus import KeptOut, LetBack
from rooms.signalling.call import Call
from rooms.signalling.conversation import Conversation
from rooms.signalling.lifecycle import hub
from rooms.signalling.protocol import (
    Close,
    Join,
    Leave,
    ProtocolError,
    Revoked,
    Slots,
)
from rooms.signalling.tickets import Entry, read_resume

from .meeting import Time

ROOM = 7
BIND = "a browser"
MIRA, AMARA = "g:mira", "u:1"
SLOTS = Slots("on", "on", "off", "off")
MOMENT, MOMENTS = 2.0, 31
"""A minute, in steps of which none is a process that stood still."""
REFUSED = 60.0

SHORT, LONG = 3, 5


OF_HER_OTHER_SEATS = {"peer-joined", "peer-left", "peer-away", "door"}
"""What she may hear inside: the owner does nothing but decide."""


class Line:
    """A socket's far end: what was said to it, and whether it was closed."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.code: int | None = None

    def post(self, frame: str) -> None:
        assert self.code is None, f"said after the end: {frame}"
        self.frames.append(json.loads(frame))

    def close(self, code: int) -> None:
        assert self.code is None
        self.code = code

    def took(self) -> list[dict[str, Any]]:
        """What was said since the last time."""
        frames, self.frames = self.frames, []
        return frames


def entry_of(person: str, seat: str) -> Entry:
    """What a page signs for somebody who is new: the owner, or a guest."""
    guest = person.startswith("g:")
    return Entry(
        room=ROOM,
        link="abcd-efgh-jkmn-pqrs",
        room_name="Lobby",
        limit=8,
        keeps_chat=False,
        access="anyone",
        room_version=1,
        person=person,
        user=None if guest else int(person[2:]),
        role="guest" if guest else "owner",
        guest=guest,
        seat=seat,
        # Tokens are read by the real clock.
        issued=int(time.time()),
        lobby=True,
        browser=person[2:] if guest else "",
    )


@dataclass
class Model:
    """What has to be true of Mira.

    `place` is where the page is that she has open: "", "door", "knocking" or "seated";
    `admitted`: it needs no host any more. `away` are seats whose socket was lost,
    `left` those she got up from, `barred` those to which the right was taken back.
    """

    place: str = ""
    admitted: bool = False
    banned: bool = False
    refused_until: float = 0.0
    away: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    barred: set[str] = field(default_factory=set)


class Course:
    """One order of events, from an empty lobby with the owner inside."""

    def __init__(self) -> None:
        self.time = Time()
        self._clock, hub.clock = hub.clock, self.time.clock
        self.model = Model()
        self._numbers = itertools.count()
        self.host = Line()
        owner = Conversation(self.host, entry_of(AMARA, "amara"), BIND, "page")
        owner.enter()
        owner.act(Join("Amara", 1, SLOTS))
        self.host.took()
        self.host_sees: set[str] = set()
        self.host_shown: list[str] = []
        self.line = Line()
        self.socket: Conversation | None = None
        self.token = ""
        self.token_seat = ""

    def end(self) -> None:
        hub.close_all(Close.RESTART)
        hub.clock = self._clock

    @property
    def call(self) -> Call:
        call = hub.get(ROOM)
        assert call is not None
        return call

    @property
    def seat(self) -> str:
        """That of the page she has open."""
        return "" if self.socket is None else self.socket.entry.seat

    # What may happen

    def knock(self) -> None:
        """She opens the link, if she has no page open, and asks to come in."""
        if self.socket is None:
            entry = entry_of(MIRA, f"mira{next(self._numbers)}")
            if not self._opens(entry, "kept-out" if self.model.banned else ""):
                return
            self.model.admitted = False
        self._asks()

    def back(self) -> None:
        """She loads the page anew, or comes back later: with her last seat's token."""
        model, seat = self.model, self.token_seat
        if not seat:
            return
        self._closes()
        void = seat in model.left | model.barred
        refusal = "kept-out" if model.banned else "ticket-refused" if void else ""
        if self._opens(read_resume(self.token, BIND), refusal):
            self.model.admitted = True
            self._asks()

    def admit(self) -> None:
        self.call.admit([self.seat or "nobody"])
        hub.settle(self.call)
        if self.model.place == "knocking":
            self._is_seated()

    def refuse(self) -> None:
        self.call.refuse([self.seat or "nobody"])
        hub.settle(self.call)
        if self.model.place == "knocking":
            self._hears("turned-away")
            self.model.place = "door"
            self.model.refused_until = self.time.since_1970 + REFUSED

    def leave(self) -> None:
        """She presses "Leave", and her page stays open."""
        if self.socket is None:
            return
        self.socket.act(Leave())
        if self.model.place == "seated":
            self.model.left.add(self.seat)
        self.model.place, self.model.admitted = "door", False

    def lose(self) -> None:
        """Her line breaks, and her page gives up."""
        if self.socket is None:
            return
        if self.model.place == "seated":
            self.model.away.add(self.seat)
        self.socket.depart("lost")
        self.socket, self.model.place = None, ""

    def remove(self) -> None:
        """A host sends her away, whatever page of hers is where."""
        model = self.model
        hub.hear(KeptOut(ROOM, MIRA, "", "mira"))
        model.barred |= model.away | ({self.seat} if self.seat else set())
        if self.socket is not None:
            *before, fault = self.line.took()
            assert {frame["type"] for frame in before} <= {"peer-revoked"}
            assert (fault["type"], fault["code"]) == ("error", "kept-out")
            assert self.line.code == Close.REMOVED
            self.socket.depart("lost")
        self.socket, model.place = None, ""
        model.away.clear()
        model.banned = True

    def let_back(self) -> None:
        hub.hear(LetBack(ROOM, MIRA, "mira"))
        self.model.banned = False

    def later(self) -> None:
        """A minute passes: whose socket is lost is given up."""
        for _ in range(MOMENTS):
            self.time.pass_by(MOMENT)
            hub.tick()
        self.model.away.clear()

    # What comes of it

    def _opens(self, entry: Entry, refusal: str) -> bool:
        """A page says hello; whether it stands at the door then."""
        self.line = Line()
        socket = Conversation(self.line, entry, BIND, f"page{next(self._numbers)}")
        if refusal:
            with pytest.raises(ProtocolError) as refused:
                socket.enter()
            assert refused.value.code == refusal
            assert isinstance(refused.value, Revoked) == (refusal == "ticket-refused")
            assert self.line.took() == []
            return False
        socket.enter()
        self.socket, self.model.place = socket, "door"
        (door,) = self.line.took()
        assert door["type"] == "door"
        assert bool(door["people"]) == entry.admitted
        return True

    def _closes(self) -> None:
        if self.socket is not None:
            self.socket.depart("closed")
        self.socket, self.model.place = None, ""

    def _asks(self) -> None:
        """She clicks on "Join"."""
        assert self.socket is not None
        self.socket.act(Join("Mira", 1, SLOTS))
        if self.model.place == "seated" or self.model.admitted:
            self._is_seated()
        elif self.time.since_1970 < self.model.refused_until:
            self._hears("turned-away")
        else:
            self._hears("knocking")
            self.model.place = "knocking"

    def _is_seated(self) -> None:
        (welcome,) = [each for each in self.line.took() if each["type"] != "door"]
        assert welcome["type"] == "welcome"
        self.token, self.token_seat = welcome["resume"], self.seat
        self.model.place = "seated"
        self.model.admitted = True
        self.model.away.discard(self.seat)
        self.model.left.discard(self.seat)

    def _hears(self, kind: str) -> None:
        assert [frame["type"] for frame in self.line.took()] == [kind]

    def check(self) -> None:
        """What is so is what the model says, and the host has been told just that."""
        model = self.model
        inside = model.away | ({self.seat} if model.place == "seated" else set())
        of_mira = [seat for seat in self.call.seats if seat.claim.person == MIRA]
        assert {seat.id for seat in of_mira} == inside
        assert not (model.banned and of_mira)
        knocking = [self.seat] if model.place == "knocking" else []
        assert [each.claim.seat for each in self.call.seats.waiting.knocks] == knocking
        self._host_hears()
        assert self.host_sees == inside
        assert self.host_shown == knocking
        # Whoever is not inside is told of nobody inside.
        heard = self.line.took()
        if model.place == "seated":
            assert {frame["type"] for frame in heard} <= OF_HER_OTHER_SEATS
            return
        for frame in heard:
            assert frame["type"] == "door"
            assert frame["people"] == [] or model.admitted

    def _host_hears(self) -> None:
        for frame in self.host.took():
            match frame["type"]:
                case "peer-joined":
                    seat = frame["person"]["seat"]
                    assert seat not in self.model.barred, "it is barred for ever"
                    self.host_sees.add(seat)
                case "peer-left":
                    self.host_sees.discard(frame["seat"])
                case "peer-revoked":
                    assert frame["seat"] in self.model.barred
                    assert frame["reason"] == "removed"
                    self.host_sees.discard(frame["seat"])
                case "knocks":
                    self.host_shown = [each["seat"] for each in frame["people"]]
                case kind:
                    assert kind == "peer-away"


STEPS: tuple[Callable[[Course], None], ...] = (
    Course.knock,
    Course.admit,
    Course.refuse,
    Course.leave,
    Course.lose,
    Course.back,
    Course.remove,
    Course.let_back,
    Course.later,
)


def take(courses: Iterable[tuple[Callable[[Course], None], ...]]) -> int:
    """Go through all of these; how many they were."""
    count = 0

    async def go() -> None:
        nonlocal count
        for steps in courses:
            course = Course()
            try:
                for step in steps:
                    # Nobody may ask for the same seat more often than once a second.
                    course.time.pass_by(1)
                    step(course)
                    course.check()
            except AssertionError as fault:
                names = " → ".join(step.__name__ for step in steps)
                raise AssertionError(f"{names}: {fault!r}") from fault
            finally:
                course.end()
            count += 1

    asyncio.run(go())
    return count


def test_every_course_of_a_few_steps(soak: bool) -> None:
    length = LONG if soak else SHORT
    courses = itertools.product(STEPS, repeat=length)
    count = take((Course.knock, *steps) for steps in courses)
    assert count == len(STEPS) ** length


def test_every_order_of_all_steps_from_inside(soak: bool) -> None:
    """Each once, after she was let in; in the short form, some of these orders."""
    begin = (Course.knock, Course.admit)
    orders = itertools.permutations(STEPS)
    some = itertools.islice(orders, 0, None, 1 if soak else 997)
    assert take((*begin, *order) for order in some) > 300

"""People come, lose their sockets and come back, in every order, and nobody notices.

Random courses of what may happen to several pages and their sockets, held against a
plain model. Everything between the wire and the seats is the product's own.
"""

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

import pytest

from rooms.signalling import lifecycle
from rooms.signalling.call import Call
from rooms.signalling.conversation import Conversation
from rooms.signalling.protocol import (
    Close,
    Join,
    Leave,
    ProtocolError,
    Slots,
    State,
    Unheard,
)
from rooms.signalling.seats import GRACE_SECONDS, HOLD_SECONDS, SILENT_SECONDS
from rooms.signalling.tickets import Entry, read_resume

from .meeting import Time

BIND = "browser"
SLOTS = Slots("on", "on", "off", "off")
STEP_SECONDS = 0.5

Seen = dict[str, tuple[str, int, bool, int]]
"""The others by their seats: instance, since, whether away, version."""


class Line:
    """One socket: what it brought its page, as the page understands it."""

    def __init__(self, page: "Page", entry: Entry) -> None:
        self.page = page
        self.code = 0
        self.others: Seen | None = None
        self.heard: list[str] = []
        self.conversation = Conversation(self, entry, BIND, page.instance)

    @property
    def sits(self) -> bool:
        return self.others is not None and not self.code

    def post(self, frame: str) -> None:
        assert not self.code, "nothing is said after goodbye"
        fields = json.loads(frame)
        self.heard.append(fields["type"])
        match fields["type"]:
            case "welcome":
                self.page.token = fields["resume"]
                self.page.since = fields["since"]
                self.page.missed.clear()
                self.others = {p["seat"]: seen(p) for p in fields["people"]}
            case "door":
                self.others = None
            case _ if self.others is None:
                assert fields["type"] in ("waiting", "error")
            case "peer-joined":
                person = fields["person"]
                assert self.others.get(person["seat"]) != seen(person)
                self.others[person["seat"]] = seen(person)
            case "peer-left":
                del self.others[fields["seat"]]
            case "peer-away":
                instance, since, was, version = self.others[fields["seat"]]
                assert was != fields["away"]
                away = fields["away"]
                self.others[fields["seat"]] = (instance, since, away, version)
            case "peer-state":
                instance, since, away, version = self.others[fields["from"]]
                assert fields["version"] > version
                version = fields["version"]
                self.others[fields["from"]] = (instance, since, away, version)
            case other:
                raise AssertionError(other)

    def close(self, code: int) -> None:
        self.code = self.code or code


def seen(person: dict[str, Any]) -> tuple[str, int, bool, int]:
    return (
        person["instance"],
        person["since"],
        person["away"],
        person["version"],
    )


@dataclass(eq=False)
class Page:
    """One life of a page; a reload is another."""

    entry: Entry
    instance: str
    token: str = ""
    since: int = 0
    version: int = 1
    lines: list[Line] = field(default_factory=list)
    missed: set[str] = field(default_factory=set)


class Course:
    """One random course. `expected` says by the rules alone who has to be there."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.time = Time()
        self.hub = lifecycle.hub
        self.limit = self.dice.choice((2, 3, 16))
        self.pages: dict[str, Page] = {}
        self.instances = 0
        self.names = [f"seat{n}" for n in range(self.dice.choice((2, 4, 6)))]
        self.began = 0.0
        self.call: Call | None = None
        self.there: dict[str, int] = {}
        self.given_up: dict[str, int] = {}
        self.until: dict[str, float] = {}
        self.due: dict[str, float] = {}
        self.silent: dict[str, float] = {}

    # What may happen

    def page(self, name: str) -> Page:
        page = self.pages.get(name)
        if page is None:
            page = self.reload(name)
        return page

    def reload(self, name: str) -> Page:
        before = self.pages.get(name)
        self.instances += 1
        entry = Entry(
            room=1,
            link="abcd",
            room_name="Room",
            limit=self.limit,
            keeps_chat=False,
            access="anyone",
            room_version=1,
            person=f"g:{name}",
            user=None,
            role="guest",
            guest=True,
            seat=name,
            issued=int(time.time()),
        )
        page = self.pages[name] = Page(entry, f"page{self.instances}")
        if before is not None:
            page.token = before.token
            # The old page's sockets end whenever the network tells of it.
            page.lines = before.lines
        return page

    def open(self, page: Page) -> Line | None:
        if len(page.lines) >= 3:
            return None
        entry = page.entry
        if page.token:
            entry = read_resume(page.token, BIND)
        line = Line(page, entry)
        try:
            line.conversation.enter()
        except ProtocolError:
            # The token of a seat that was left on purpose: another ticket is needed.
            page.token = ""
            return None
        page.lines.append(line)
        if self.call is not self.hub.get(1):
            self.call = self.hub.get(1)
            self.began = self.time.seconds
            self.given_up.clear()
        return line

    def join(self, line: Line) -> None:
        if line.code:
            # What was on its way when the socket was closed does nothing.
            line.conversation.act(Join(name="X", version=99, slots=SLOTS))
            return
        line.page.version += self.dice.randrange(2)
        before = self.hub.get(1)
        assert before is not None
        seat = before.seats.get(line.page.entry.seat)
        kept = seat.since if seat and seat.claim.instance == line.page.instance else 0
        signed = self.signed_since(line)
        sinces = {each.since for each in before.seats}
        heard = self.others_heard(line)
        message = Join(name="X", version=line.page.version, slots=SLOTS)
        line.conversation.act(message)
        if kept:
            assert line.page.since == kept, "the same life goes on"
            assert not {"peer-joined", "peer-left"} & set(self.news(line, heard))
        elif line.sits and seat is None and self.goes_on(line) and signed not in sinces:
            assert line.page.since == signed, "the process alone began anew"
        elif line.sits:
            assert line.page.since > max(signed, *sinces, 0), "a new life"

    def signed_since(self, line: Line) -> int:
        entry = line.conversation.entry
        return entry.since if entry.instance == line.page.instance else 0

    def goes_on(self, line: Line) -> bool:
        """Whether this process may not know yet that the page sat here."""
        given_up = self.given_up.get(line.page.entry.seat, 0)
        young = self.time.seconds < self.began + GRACE_SECONDS
        return young and self.signed_since(line) > given_up

    def others_heard(self, line: Line) -> dict[Line, int]:
        return {
            other: len(other.heard)
            for page in self.pages.values()
            for other in page.lines
            if other.page.entry.seat != line.page.entry.seat and other.sits
        }

    def news(self, line: Line, before: dict[Line, int]) -> list[str]:
        return [kind for other, n in before.items() for kind in other.heard[n:]]

    def end(self, line: Line, how: str) -> None:
        line.page.lines.remove(line)
        page = self.pages[line.page.entry.seat]
        if line in page.lines:
            page.lines.remove(line)
        match how:
            case "lost":
                line.conversation.depart("lost")
            case "closed":
                line.conversation.depart("closed")
        line.code = line.code or 1006

    def step(self) -> None:
        page = self.page(self.dice.choice(self.names))
        line = self.dice.choice(page.lines) if page.lines else None
        match self.dice.randrange(13):
            case 0 | 1 | 2:
                self.open(page)
            case 3 | 4 | 5 if line is not None:
                self.join(line)
            case 6 if line is not None:
                self.end(line, "lost")
            case 7 if line is not None:
                self.end(line, "closed")
            case 8 if line is not None and line.sits:
                page.missed = set(self.dice.sample(self.names, 2))
                line.conversation.act(Unheard(seats=tuple(page.missed)))
            case 9:
                self.pass_by(self.dice.choice((0.5, 2, 5, 11, 31)))
            case 10 if line is not None and line.sits:
                page.version += 1
                line.conversation.act(State(version=page.version, slots=SLOTS))
            case 11 if self.dice.random() < 0.3:
                self.reload(page.entry.seat)
            case 12 if line is not None and not line.code and self.dice.random() < 0.3:
                line.conversation.act(Leave())
            case 12 if self.dice.random() < 0.1:
                self.restart()
            case _:
                pass

    def restart(self) -> None:
        """The process is killed, and another begins with nothing but tokens."""
        for page in self.pages.values():
            for line in list(page.lines):
                line.code = line.code or 1006
                line.page.lines.clear()
        self.hub.close_all(Close.RESTART)
        self.there.clear()
        self.until.clear()
        self.silent.clear()

    def pass_by(self, seconds: float) -> None:
        for _ in range(int(seconds / STEP_SECONDS)):
            self.time.pass_by(STEP_SECONDS)
            self.hub.tick()
            call = self.hub.get(1)
            for name, due in self.due.items():
                if call is None or call.seats.get(name) is None:
                    assert due <= self.time.seconds, f"{name} went too soon"
            self.check()

    # What has to hold

    def check(self) -> None:
        call = self.hub.get(1)
        seats = [] if call is None else list(call.seats)
        assert len({seat.since for seat in seats}) == len(seats)
        now = {seat.id: seat.since for seat in seats}
        for name, since in self.there.items():
            if now.get(name) != since:
                self.given_up[name] = since
        self.there = now
        truth = {
            seat.id: (
                seat.claim.instance,
                seat.since,
                seat.holder is None,
                seat.version,
            )
            for seat in seats
        }
        lines = [line for page in self.pages.values() for line in page.lines]
        for line in dict.fromkeys(lines):
            if line.sits:
                own = line.page.entry.seat
                others = {seat: it for seat, it in truth.items() if seat != own}
                assert line.others == others, "everybody sees what is"
        # The seat is served by one line, and its page knows.
        holders = [seat.holder for seat in seats if seat.holder is not None]
        sitting = [line.conversation for line in dict.fromkeys(lines) if line.sits]
        assert sorted(map(id, holders)) == sorted(map(id, sitting))
        self.check_deadlines(seats)

    def check_deadlines(self, seats: list[Any]) -> None:
        """Whoever is away is there as long as the rules say, and no longer."""
        now = self.time.seconds
        away = {seat.id for seat in seats if seat.holder is None}
        self.due.clear()
        holders = [seat.holder for seat in seats if seat.holder is not None]
        reports = [holder.wire.page.missed for holder in holders]
        for name in self.names:
            if name not in away:
                self.until.pop(name, None)
                self.silent.pop(name, None)
                continue
            until = self.until.setdefault(name, now + GRACE_SECONDS)
            if reports and all(name in missed for missed in reports):
                until = min(until, self.silent.setdefault(name, now + SILENT_SECONDS))
            else:
                self.silent.pop(name, None)
            assert now < until, f"{name} is a ghost"
            self.due[name] = until

    def goodbye(self) -> None:
        """All are gone: so is the room, in the end."""
        for page in list(self.pages.values()):
            for line in list(page.lines):
                self.end(line, self.dice.choice(("lost", "closed")))
                self.check()
        self.pass_by(max(GRACE_SECONDS, HOLD_SECONDS) + STEP_SECONDS)
        assert list(self.hub) == []


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_everybody_sees_what_is(seed: int, soak: bool) -> None:
    async def run() -> None:
        clock = lifecycle.hub.clock
        for part in range(25 if soak else 1):
            course = Course(seed * 1000 + part)
            lifecycle.hub.clock = course.time.clock
            try:
                for _ in range(400):
                    course.step()
                    course.check()
                course.goodbye()
            finally:
                lifecycle.hub.close_all(Close.RESTART)
                lifecycle.hub.clock = clock

    asyncio.run(run())

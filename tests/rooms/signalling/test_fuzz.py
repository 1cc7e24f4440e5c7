"""Thousands of hostile frames: nothing breaks, and the room next door does not notice.

The short form runs always; `--soak` sends 20,000 frames.
"""

import json
import logging
import random
from collections.abc import Callable
from typing import Any
from unittest import mock

import msgspec
import pytest

from rooms.models import Room
from rooms.signalling import backlog
from rooms.signalling import socket as sockets
from rooms.signalling.protocol import TABLE, Close
from tests.factories import make_room

from .meeting import SDP, Caller, CallTestCase, Closed, Meeting, quiet
from .test_protocol import FROM_CLIENTS, FROM_SERVER, SERVER_TYPES

SHORT, LONG = 1_500, 20_000
BATCH = 20
INNOCENT_EVERY = 100

VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**64, 10**400, 0.5, -0.0),
    *("", "a", "a" * 33, "\x00", "\ud800", "é", "😀", "v=0\r\n", SDP, "__proto__"),
    *([], {}, [[]], [{}], [None] * 50, {"a": {"b": []}}, ["a"] * 20),
]
TEXTS = [
    "",
    " ",
    "\ufeff",
    "null",
    "[]",
    "{}",
    "NaN",
    "-",
    '"',
    "{",
    "}",
    "\x00",
    "[1,",
]


class Fuzzer:
    """An endless supply of frames that are wrong in every way there is."""

    def __init__(self, seed: int, seats: list[str]) -> None:
        self.dice = random.Random(seed)
        self.seats = seats
        self.ways: list[Callable[[], str | bytes]] = [
            *(self.noise, self.binary, self.bits_of_json, self.deep, self.duplicates),
            *(self.huge, self.foreign, self.mutated, self.mutated, self.mutated),
            *(self.cut, self.scribbled, self.valid, self.valid),
        ]

    def frame(self) -> str | bytes:
        return self.dice.choice(self.ways)()

    def noise(self) -> str:
        top = self.dice.choice((0x7F, 0xFFFF, 0x10FFFF))
        length = self.dice.randrange(200)
        return "".join(chr(self.dice.randrange(top)) for _ in range(length))

    def binary(self) -> bytes:
        return self.dice.randbytes(self.dice.randrange(300))

    def bits_of_json(self) -> str:
        return "".join(self.dice.choices(TEXTS, k=self.dice.randrange(1, 5)))

    def deep(self) -> str:
        depth = self.dice.choice((17, 500, 990, 1010, 5000, 30_000))
        opening, closing = self.dice.choice((("[", "]"), ('{"a":', "}")))
        value = opening * depth + "1" + closing * self.dice.choice((0, depth))
        kind = self.dice.choice(list(TABLE))
        return self.dice.choice((value, f'{{"type":"{kind}","sdp":{value}}}'))

    def duplicates(self) -> str:
        message = self.sample()
        key = self.dice.choice(list(message))
        again = json.dumps({key: self.dice.choice(VALUES)})[1:-1]
        body = json.dumps(message)[1:-1]
        return (
            f"{{{again},{body}}}"
            if self.dice.random() < 0.5
            else (f"{{{body},{again}}}")
        )

    def huge(self) -> str:
        size = self.dice.choice((5_000, 50_000, 65_537, 300_000))
        message = self.sample()
        message[self.dice.choice(list(message))] = self.dice.choice("aж😀") * size
        return json.dumps(message, ensure_ascii=False)

    def foreign(self) -> str:
        return json.dumps(self.dice.choice(FROM_SERVER))

    def mutated(self) -> str:
        message = self.sample()
        for _ in range(self.dice.randrange(1, 3)):
            key = self.dice.choice([*message, "extra", "from", "type", "\ud800", ""])
            match self.dice.randrange(3):
                case 0:
                    message.pop(key, None)
                case 1:
                    message[key] = self.dice.choice(VALUES)
                case _:
                    message[key] = self.dice.choice(list(message.values()) or [None])
        return json.dumps(message, ensure_ascii=self.dice.random() < 0.5)

    def cut(self) -> str:
        text = json.dumps(self.sample())
        return text[: self.dice.randrange(len(text))]

    def scribbled(self) -> str:
        text = list(json.dumps(self.sample()))
        for _ in range(self.dice.randrange(1, 6)):
            place = self.dice.randrange(len(text))
            text[place] = self.dice.choice('{}[]",:\\\x00eE9-\udfff')
        return "".join(text)

    def valid(self) -> str:
        return json.dumps(self.sample())

    def sample(self) -> dict[str, Any]:
        message = dict(self.dice.choice(FROM_CLIENTS))
        if isinstance(message.get("to"), str):
            message["to"] = self.dice.choice(self.seats)
        elif "to" in message:
            message["to"] = self.dice.choices(self.seats, k=self.dice.randrange(1, 4))
        if "id" in message:
            message["id"] = f"fuzz-{self.dice.randrange(50)}"
        if "heard" in message:
            message["heard"] = self.dice.choice((0, 1, 2, 3, 17, 50, 2**31 - 1))
        if "seats" in message:
            message["seats"] = self.dice.choices(self.seats, k=self.dice.randrange(33))
        return message


class Records(logging.Handler):
    """Collects what the server thought worth a complaint."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record)


class Fuzz(CallTestCase):
    frames: int
    kept_room: Room

    @pytest.fixture(autouse=True)
    def _length(self, request: pytest.FixtureRequest) -> None:
        soak = request.config.getoption("--soak", default=False)
        self.frames = LONG if soak else SHORT

    @classmethod
    def setUpTestData(cls) -> None:
        super().setUpTestData()
        cls.kept_room = make_room(
            cls.owner, "Under fire", keeps_chat=True, people_limit=8
        )

    async def test_hostile_frames_break_nothing(self) -> None:
        told = await self.under_fire(self.frames)
        assert "resync" not in told

    async def test_hostile_frames_break_nothing_for_slow_readers(self) -> None:
        # So little may be unheard that everybody under fire falls behind all the time.
        with (
            mock.patch.object(backlog, "BACKLOG_CHARACTERS", 4 * 1024),
            mock.patch.object(sockets, "RESYNC_SECONDS", 0.2),
        ):
            told = await self.under_fire(self.frames // 3)
        assert told.count("resync") > 3

    async def under_fire(self, frames: int) -> list[str]:
        """Fire so many frames; what attackers and victim were told, by type."""
        self.told: list[str] = []
        records = Records()
        logging.getLogger().addHandler(records)
        try:
            async with Meeting() as meeting:
                await self.fire(meeting, frames)
        finally:
            logging.getLogger().removeHandler(records)
        assert [record.getMessage() for record in records.found] == []
        return self.told

    async def fire(self, meeting: Meeting, frames: int) -> None:
        amara = await meeting.joined(self.other_room, "Amara")
        mira = await meeting.joined(self.other_room, "Mira")
        victim = await meeting.joined(self.kept_room, "Victim")
        await quiet(amara)
        fuzzer = Fuzzer(7, [victim.seat, amara.seat, "nobody"])
        attackers: list[Caller] = []
        closed: list[int] = []
        for sent in range(0, frames, BATCH):
            if not attackers or fuzzer.dice.random() < 0.05:
                attackers.append(await self.attacker(meeting, fuzzer))
            attacker = fuzzer.dice.choice(attackers)
            if (code := await self.volley(attacker, fuzzer)) is not None:
                closed.append(code)
                attackers.remove(attacker)
                await attacker.go(code)
            if fuzzer.dice.random() < 0.7:
                await meeting.some_time(10.1)
            if len(attackers) > 5:
                await attackers.pop(0).go(fuzzer.dice.choice((1000, 1001, 1006)))
            if sent % INNOCENT_EVERY == 0:
                await self.next_door_goes_on(meeting, amara, mira, sent)
                await self.hear_out(victim)
        assert set(closed) <= {
            *(Close.ABUSE, Close.TICKET_REFUSED, Close.BAD_PROTOCOL, Close.MOVED),
            *(Close.SLOW_READER, sockets.TOO_BIG),
        }
        assert Close.ABUSE in closed
        everything = str(amara.frames + mira.frames)
        assert "Under fire" not in everything
        assert "error" not in everything

    async def attacker(self, meeting: Meeting, fuzzer: Fuzzer) -> Caller:
        match fuzzer.dice.randrange(4):
            case 0:
                return await meeting.caller(self.kept_room, "Eve")
            case 1:
                return await meeting.at_door(self.kept_room, "Eve")
            case _:
                caller = await meeting.at_door(self.kept_room, "Eve")
                await caller.ask()
                return caller

    async def volley(self, attacker: Caller, fuzzer: Fuzzer) -> int | None:
        """Fire, hear the answers out; the close code if that was too much."""
        for _ in range(BATCH):
            frame = fuzzer.frame()
            if isinstance(frame, bytes):
                await attacker.say_raw(data=frame)
            else:
                await attacker.say_raw(frame)
        await attacker.say(type="ping", heard=0)
        try:
            while not await self.hears_end(attacker):
                pass
        except Closed as end:
            return end.code
        return None

    async def hear_out(self, victim: Caller) -> None:
        """The victim reads all that was said, as an honest client does."""
        await victim.say(type="ping", heard=len(victim.frames))
        while not await self.hears_end(victim):
            pass

    async def hears_end(self, hearer: Caller) -> bool:
        """Take in the next frame, and catch up; whether it answers a ping."""
        frame = await hearer.next()
        msgspec.convert(frame, SERVER_TYPES[frame["type"]])
        self.told.append(frame["type"])
        if frame["type"] == "resync":
            await hearer.say(type="ping", heard=len(hearer.frames))
        return frame["type"] == "pong" or frame.get("about") == "ping"

    async def next_door_goes_on(
        self, meeting: Meeting, amara: Caller, mira: Caller, number: int
    ) -> None:
        offer = {"epoch": 1, "number": number, "sdp": SDP}
        await amara.say(type="offer", to=mira.seat, **offer)
        heard = await mira.hears("peer-offer")
        assert (heard["number"], heard["from"]) == (number, amara.seat)
        await mira.say(type="answer", to=amara.seat, **offer)
        assert (await amara.hears("peer-answer"))["number"] == number
        await quiet(amara, mira)
        meeting.time.pass_by(1)

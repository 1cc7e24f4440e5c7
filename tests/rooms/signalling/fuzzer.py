"""Frames that are wrong in every way there is, and whether the server complains."""

import json
import logging
import random
from collections.abc import Callable
from typing import Any

from rooms.signalling.protocol import TABLE

from .meeting import SDP
from .test_protocol import FROM_CLIENTS, FROM_SERVER

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
    """An endless supply of frames that are wrong in every way there is.

    `seats` are those that some frames are about; `fewer` are types that come rarely
    whole, since what they do leaves nobody to fire at.
    """

    def __init__(self, seed: int, fewer: frozenset[str] = frozenset()) -> None:
        self.dice = random.Random(seed)
        self.seats: list[str] = ["nobody"]
        self.fewer = fewer
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
        if message["type"] in self.fewer and self.dice.random() < 0.9:
            message = dict(self.dice.choice(FROM_CLIENTS))
        if isinstance(message.get("to"), str):
            message["to"] = self.dice.choice(self.seats)
        elif "to" in message:
            message["to"] = self.dice.choices(self.seats, k=self.dice.randrange(1, 4))
        if "id" in message:
            message["id"] = f"fuzz-{self.dice.randrange(50)}"
        if "seat" in message:
            message["seat"] = self.dice.choice((*self.seats, ""))
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

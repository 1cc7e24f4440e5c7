"""What people in a call say over the server, as large and as often as our page does.

Each pair signals once: the newcomer offers, the other answers, and either sends its
candidates in two batches. Each message says for whom it is, beside what the server
makes of it: so one that went astray is known.
"""

import asyncio
import random
import re
import time
from collections import Counter, defaultdict
from typing import Any

from .client import Client, Frame, Watch
from .ledger import Ledger, Letter

FIRST_BATCH_SECONDS = 0.03
SECOND_BATCH_SECONDS = 0.15
"""After the description, as browsers find their candidates."""

BATCH = 5
STATES = 10
"""One of so many messages of the steady talk is a state, which everybody hears."""

_ADDRESSEE = re.compile(r"^s=([A-Za-z0-9_-]+)\r$", re.MULTILINE)
_CODECS = "".join(
    f"a=rtpmap:{number} video-codec-{number}/90000\r\n"
    f"a=rtcp-fb:{number} goog-remb\r\na=rtcp-fb:{number} transport-cc\r\n"
    f"a=rtcp-fb:{number} ccm fir\r\na=rtcp-fb:{number} nack pli\r\n"
    f"a=fmtp:{number} level-asymmetry-allowed=1;packetization-mode=1\r\n"
    for number in range(76, 128)
)
"""What makes a browser's description of four media 11 kB long."""


def description(to: str) -> str:
    return f"v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns={to}\r\nt=0 0\r\n{_CODECS}"


def candidates(to: str) -> list[Frame]:
    return [
        {
            "candidate": f"candidate:{number} 1 udp 2113937151 192.0.2.{number} 50000 "
            "typ host generation 0 network-cost 999",
            "sdpMid": "0",
            "usernameFragment": to,
        }
        for number in range(BATCH)
    ]


class Talk(Watch):
    """The talk of everybody in a test, whatever room they are in."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.errors: Counter[str] = Counter()
        """By code."""
        self.closes: Counter[int] = Counter()
        """Sockets by the code they ended with."""
        self._epochs: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._numbers: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self._last_epoch = 0
        self._due = 0

    @property
    def settled(self) -> bool:
        """Whether every pair that began to signal has said and heard it all."""
        return self._due == 0 and self.ledger.lost == 0

    def closed(self, client: Client, code: int) -> None:
        self.closes[code] += 1

    def heard(self, client: Client, frame: Frame) -> None:
        match frame["type"]:
            case "welcome":
                self._meet(client)
            case "peer-offer" | "peer-answer" as kind:
                found = _ADDRESSEE.search(frame["sdp"])
                self._note(client, frame, found[1] if found else "")
                if kind == "peer-offer":
                    self._describe(client, "answer", frame["from"], frame["epoch"])
            case "peer-candidates":
                self._note(client, frame, frame["candidates"][0]["usernameFragment"])
            case "peer-state":
                letter = Letter(
                    "state", frame["from"], client.seat, 0, frame["version"]
                )
                self.ledger.arrives(letter, client.seat)
            case "error":
                self.errors[frame["code"]] += 1

    def go_on(self, client: Client) -> bool:
        """One more message of this person; false if there is nobody to hear it."""
        epochs = self._epochs[client.seat]
        others = [to for to in client.people if to in epochs]
        if not client.inside.is_set() or not others:
            return False
        if random.randrange(STATES) == 0:  # noqa: S311
            return self._show(client)
        to = random.choice(others)  # noqa: S311
        return self._candidates(client, to, epochs[to])

    def _meet(self, client: Client) -> None:
        """A newcomer offers to everybody there; who comes back has done so."""
        for to in client.people:
            if to not in self._epochs[client.seat]:
                epoch = max(int(time.time() * 1000), self._last_epoch + 1)
                self._last_epoch = epoch
                self._epochs[client.seat][to] = self._epochs[to][client.seat] = epoch
                self._describe(client, "offer", to, epoch)

    def _describe(self, client: Client, kind: str, to: str, epoch: int) -> None:
        self._send(client, kind, to, epoch, sdp=description(to))
        loop = asyncio.get_running_loop()
        for wait in (FIRST_BATCH_SECONDS, SECOND_BATCH_SECONDS):
            self._due += 1
            loop.call_later(wait, self._find, client, to, epoch)

    def _find(self, client: Client, to: str, epoch: int) -> None:
        self._due -= 1
        self._candidates(client, to, epoch)

    def _candidates(self, client: Client, to: str, epoch: int) -> bool:
        return self._send(client, "candidates", to, epoch, candidates=candidates(to))

    def _show(self, client: Client) -> bool:
        letters = [
            Letter("state", client.seat, to, 0, client.version + 1)
            for to in client.people
        ]
        for letter in letters:
            self.ledger.leaves(letter)
        muted = "on" if client.slots["microphone"] == "muted" else "muted"
        shown = client.show(microphone=muted)
        if not shown:
            for letter in letters:
                self.ledger.stays(letter)
        return shown

    def _send(
        self, client: Client, kind: str, to: str, epoch: int, **fields: Any
    ) -> bool:
        key = (client.seat, to, epoch)
        letter = Letter(kind, client.seat, to, epoch, self._numbers[key])
        self.ledger.leaves(letter)
        if client.say(type=kind, to=to, epoch=epoch, number=letter.number, **fields):
            self._numbers[key] += 1
            return True
        self.ledger.stays(letter)
        return False

    def _note(self, client: Client, frame: Frame, to: str) -> None:
        kind = frame["type"].removeprefix("peer-")
        letter = Letter(kind, frame["from"], to, frame["epoch"], frame["number"])
        self.ledger.arrives(letter, client.seat)

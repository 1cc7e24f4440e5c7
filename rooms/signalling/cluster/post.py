"""What leaves for other processes and comes from them: in order, once, within bounds.

Batches are numbered for each pair of processes. One that comes twice is dropped; one
that never comes is noticed by the next, or by the beat after the next.
"""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Protocol

from .. import metrics
from .outbox import Outbox
from .packets import AnyPacket, Batch, Beat, Packet, Unreadable, pack, unpack

logger = logging.getLogger(__name__)

TRIES = 2
LINES_AT_MOST = 1000


class MailAway(Exception):
    """It could not be handed over."""


class Mail(Protocol):
    """The way to all processes. Both raise MailAway, after a second at the latest."""

    async def send(self, process: str, letter: bytes) -> None: ...

    async def tell_all(self, letter: bytes) -> None: ...


class Reader(Protocol):
    """Who is told what came, and what did not."""

    def read(self, process: str, packet: AnyPacket) -> None:
        """A packet from this process, each once and in order."""

    def missed(self, process: str) -> None:
        """Something from this process never came; told before what follows it."""

    def undelivered(self, process: str, packet: AnyPacket) -> None:
        """This packet for the process has been given up."""

    def beat(self, beat: Beat) -> None:
        """Somebody lives, perhaps this very process."""


@dataclass(eq=False)
class _Line:
    """Both ways between this process and another one."""

    outbox: Outbox = field(default_factory=Outbox)
    leaving: asyncio.Task[None] | None = None
    tried: int = 0
    """Batches that have been numbered."""
    sent: int = 0
    """The number of the last that is no longer on its way."""
    got: int | None = None
    announced: int = 0

    def leave_a_gap(self) -> None:
        """What is missing in the numbers tells the other side, once it hears of it."""
        self.tried += 1
        if self.leaving is None:
            self.sent = self.tried


class Post:
    """The lines of one process to all others."""

    def __init__(self, own: str, mail: Mail, reader: Reader) -> None:
        self.open = True
        """Whether it is worth a try; else all is given up at once."""
        self._own = own
        self._mail = mail
        self._reader = reader
        self._lines: dict[str, _Line] = {}

    @property
    def waiting(self) -> int:
        """Packets that have not left yet."""
        return sum(len(line.outbox) for line in self._lines.values())

    def send(self, process: str, packet: AnyPacket) -> None:
        """Let it leave as soon as what is before it has left; never waits."""
        line = self._line(process)
        if not self.open or not line.outbox.put(packet):
            line.leave_a_gap()
            self._give_up(process, (packet,))
        elif line.leaving is None:
            line.leaving = asyncio.create_task(self._leave(process, line))

    def forget(self, process: str) -> None:
        """Give up what waits for a process that is no more."""
        line = self._lines.pop(process, None)
        if line is None:
            return
        # The numbers go on, should it live after all.
        number = line.tried + 1
        self._lines[process] = _Line(tried=number, sent=number, got=line.got)
        if len(self._lines) > LINES_AT_MOST:
            del self._lines[next(iter(self._lines))]
        if line.leaving is not None:
            line.leaving.cancel()
        while packets := line.outbox.take():
            self._give_up(process, packets)

    def reopen(self) -> None:
        """There is a way again, after a while in which nothing could be said.

        Each other process notices a gap: both sides tell each other what there is.
        """
        self.open = True
        for line in self._lines.values():
            line.leave_a_gap()

    async def tell_all(self, **about: bool) -> None:
        """Say that this process lives; raises MailAway."""
        numbers = {name: line.sent for name, line in self._lines.items() if line.sent}
        await self._mail.tell_all(pack(Beat(self._own, numbers, **about)))

    def take_in(self, data: bytes) -> None:
        """Something came by mail. What is no letter is told in the log."""
        try:
            letter = unpack(data)
        except Unreadable as fault:
            metrics.dropped("unreadable-letter")
            logger.error("A letter of another process makes no sense: %s", fault)
            return
        if isinstance(letter, Beat):
            self._note(letter)
        else:
            self._open(letter)

    async def flush(self, seconds: float) -> None:
        """Wait until all has left, but no longer than so long."""
        leaving = [line.leaving for line in self._lines.values() if line.leaving]
        if leaving:
            await asyncio.wait(leaving, timeout=seconds)

    async def stop(self) -> None:
        leaving = [line.leaving for line in self._lines.values() if line.leaving]
        for task in leaving:
            task.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)
        self._lines.clear()

    def _line(self, process: str) -> _Line:
        line = self._lines.get(process)
        if line is None:
            line = self._lines[process] = _Line()
        return line

    async def _leave(self, process: str, line: _Line) -> None:
        try:
            while line.outbox:
                packets = line.outbox.take()
                line.tried += 1
                number = line.tried
                if not await self._try(process, Batch(self._own, number, packets)):
                    self._give_up(process, packets)
                line.sent = number
        finally:
            line.leaving = None
            line.sent = line.tried

    async def _try(self, process: str, batch: Batch) -> bool:
        letter = pack(batch)
        for _ in range(TRIES):
            if not self.open:
                return False
            try:
                await self._mail.send(process, letter)
            except MailAway as fault:
                logger.debug("A letter did not leave: %r", fault)
            else:
                return True
        return False

    def _give_up(self, process: str, packets: tuple[AnyPacket, ...]) -> None:
        metrics.dropped("undeliverable", len(packets))
        for packet in packets:
            self._reader.undelivered(process, packet)

    def _note(self, beat: Beat) -> None:
        self._reader.beat(beat)
        if beat.sender == self._own:
            return
        line = self._lines.get(beat.sender)
        sent = beat.numbers.get(self._own, 0)
        if line is None:
            if not sent:
                return
            line = self._line(beat.sender)
        # What the beat before spoke of must have come by now; this one may overtake.
        if line.announced > (line.got or 0):
            line.got = line.announced
            self._missed(beat.sender)
        line.announced = sent

    def _open(self, batch: Batch) -> None:
        line = self._line(batch.sender)
        if line.got is not None and batch.number <= line.got:
            metrics.dropped("came-twice", len(batch.packets))
            return
        expected = 1 if line.got is None else line.got + 1
        line.got = batch.number
        if batch.number != expected:
            self._missed(batch.sender)
        for packet in batch.packets:
            self._read(batch.sender, packet)

    def _missed(self, process: str) -> None:
        metrics.dropped("missed-batch")
        self._reader.missed(process)

    def _read(self, process: str, packet: AnyPacket) -> None:
        metrics.came()
        try:
            self._reader.read(process, packet)
        except Exception:
            # A fault of ours: it must not end what else this process hears.
            logger.exception("A packet could not be followed: %s", _kind(packet))


def _kind(packet: Packet) -> str:
    return str(packet.__struct_config__.tag)

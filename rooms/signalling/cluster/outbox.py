"""What waits to leave for one other process, within bounds."""

from collections import deque

from .packets import AnyPacket, Said, size

PACKETS_AT_MOST = 10_000
SIZE_AT_MOST = 4 * 1024 * 1024
BATCH_SIZE = 256 * 1024
"""Redis cuts those whose unread letters take megabytes: none is to be large."""


class Outbox:
    """Packets in order. What comes while a batch is on its way leaves with the next."""

    def __init__(self) -> None:
        self._waiting: deque[AnyPacket] = deque()
        self._size = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, packet: AnyPacket) -> bool:
        """Queue it; false if there is no room for it."""
        if isinstance(packet, Said) and self._joins(packet):
            return True
        larger = self._size + size(packet)
        if len(self._waiting) >= PACKETS_AT_MOST or larger > SIZE_AT_MOST:
            return False
        self._waiting.append(packet)
        self._size = larger
        return True

    def take(self) -> tuple[AnyPacket, ...]:
        """The next batch: at least one packet, if any waits."""
        batch: list[AnyPacket] = []
        taken = 0
        while self._waiting and (not batch or taken < BATCH_SIZE):
            packet = self._waiting.popleft()
            batch.append(packet)
            taken += size(packet)
        self._size -= taken
        return tuple(batch)

    def _joins(self, said: Said) -> bool:
        """One frame for many of a branch's sockets travels once."""
        last = self._waiting[-1] if self._waiting else None
        if isinstance(last, Said) and last.frame is said.frame:
            last.sockets.extend(said.sockets)
            return True
        return False

"""Where media ends: counted, and never decoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from .description import Codec, Section
from .packets import Packet, unwrap_red, vp8_picture


class Sink(Protocol):
    """Takes every packet of a pair's slots, in the order in which they came."""

    def take(self, slot: int, packet: Packet, codec: Codec, at: float) -> None:
        """`slot` counts from 0, as in the protocol; `at` in seconds of one clock."""


@dataclass(slots=True)
class Seen:
    """What came in one slot. A picture counts when its last packet is here."""

    packets: int = 0
    bytes: int = 0
    pictures: int = 0
    keys: int = 0
    width: int = 0
    height: int = 0
    first_at: float = 0.0
    last_at: float = 0.0
    """When the newest picture was complete."""


class Discard:
    """Counts what comes; `show_again` asks for the time of the next picture."""

    def __init__(self, sections: tuple[Section, ...]) -> None:
        self.seen = [Seen() for _ in sections]
        self._sections = sections
        self._begun: dict[int, int] = {}

    def take(self, slot: int, packet: Packet, codec: Codec, at: float) -> None:
        seen = self.seen[slot]
        seen.packets += 1
        seen.bytes += packet.size
        if packet.ssrc not in self._sections[slot].main or not packet.payload:
            return
        if self._sections[slot].kind == "video":
            self._picture(slot, packet, codec, at)

    def _picture(self, slot: int, packet: Packet, codec: Codec, at: float) -> None:
        seen, payload, name = self.seen[slot], packet.payload, codec.name
        if name == "red":
            block = unwrap_red(payload)
            inner = self._sections[slot].codecs.get(block[0]) if block else None
            if block is None or inner is None:
                return
            name, payload = inner.name, block[1]
        if name in ("ulpfec", "flexfec-03"):
            return
        if name == "vp8":
            if (picture := vp8_picture(payload)) is not None:
                self._begun[slot] = packet.timestamp
                if picture.key:
                    seen.keys += 1
                    seen.width, seen.height = picture.width, picture.height
        else:
            self._begun[slot] = packet.timestamp
        if packet.marker and self._begun.pop(slot, None) == packet.timestamp:
            seen.pictures += 1
            seen.first_at = seen.first_at or at
            seen.last_at = at

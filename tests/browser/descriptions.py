"""What two browsers told each other of their media (RFC 8866, RFC 7587)."""

from __future__ import annotations

import re

from tests.browser.person import SLOTS, Person

FIRST = {"audio": "opus", "video": "vp8"}
OPUS_WISHES = {"useinbandfec=1", "usedtx=1"}


def exchanged(person: Person) -> list[str]:
    """Every offer and answer that went over this person's socket, either way."""
    return [
        frame.message["sdp"]
        for frame in person.frames
        if frame.type in {"offer", "answer", "peer-offer", "peer-answer"}
    ]


def assert_wishes(sdp: str) -> None:
    """VP8 is wanted first; Opus is asked for with error correction and silence."""
    sections = [f"m={text}" for text in re.split(r"^m=", sdp, flags=re.M)[1:]]
    slots = sections[: len(SLOTS)]
    assert tuple(text[2:].split()[0] for text in slots) == SLOTS, sdp
    for kind, section in zip(SLOTS, slots, strict=True):
        payloads = section.splitlines()[0].split()[3:]
        names = dict(re.findall(r"^a=rtpmap:(\d+) ([^/]+)/", section, re.M))
        first = payloads[0]
        assert names[first].lower() == FIRST[kind], section
        if kind == "audio":
            asked = re.search(rf"^a=fmtp:{first} (\S+)", section, re.M)
            assert asked, section
            assert set(asked[1].split(";")) >= OPUS_WISHES, section

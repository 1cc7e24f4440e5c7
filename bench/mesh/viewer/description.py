"""Session descriptions, read and answered as text (RFC 8866, RFC 9429).

The answer takes over what was offered, line by line: whoever decodes nothing can
promise to receive every codec and every extension, and gets what a browser would get.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

TRANSPORT_NUMBER = "draft-holmer-rmcat-transport-wide-cc-extensions-01"

# What an answer says of media anew, or not at all.
REPLACED = re.compile(
    r"a=(candidate|end-of-candidates|extmap-allow-mixed|fingerprint|ice-|msid|rid|rtcp:"
    r"|sendrecv|sendonly|recvonly|inactive|setup|simulcast|ssrc)"
)


class Unreadable(ValueError):
    """Not an offer of what we know: media in one bundle over DTLS."""


@dataclass(frozen=True)
class Codec:
    name: str
    clock_rate: int


@dataclass(frozen=True)
class Section:
    """One m= section; `main` sources carry media, `again` what is sent once more."""

    kind: str
    mid: str
    lines: tuple[str, ...]
    codecs: dict[int, Codec]
    main: frozenset[int]
    again: frozenset[int]


@dataclass(frozen=True)
class Offer:
    """`origin` is its identity: the same offer said again has it again."""

    origin: str
    fragment: str
    password: str
    fingerprints: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    candidates: tuple[str, ...]
    transport_number: int | None
    """Of the header extension with the transport-wide sequence number, if offered."""

    @property
    def media(self) -> tuple[Section, ...]:
        return tuple(one for one in self.sections if one.kind in ("audio", "video"))


def read_offer(sdp: str) -> Offer:
    """Raises Unreadable."""
    head, *bodies = re.split(r"^(?=m=)", sdp, flags=re.MULTILINE)
    # Fingerprints may stand above all sections, or in each.
    return Offer(
        origin=_first(r"^(o=.*)$", head),
        fragment=_first(r"^a=ice-ufrag:(\S+)", sdp),
        password=_first(r"^a=ice-pwd:(\S+)", sdp),
        fingerprints=tuple(
            dict.fromkeys(re.findall(r"^a=fingerprint:(\S+) (\S+)", sdp, re.MULTILINE))
        ),
        sections=tuple(map(_section, bodies)),
        candidates=tuple(
            dict.fromkeys(re.findall(r"^a=(candidate:\S.*?)\r?$", sdp, re.MULTILINE))
        ),
        transport_number=_transport_number(sdp),
    )


def _first(pattern: str, text: str) -> str:
    if (found := re.search(pattern, text, re.MULTILINE)) is None:
        raise Unreadable(pattern)
    return found[1].strip()


def _transport_number(sdp: str) -> int | None:
    found = re.search(rf"^a=extmap:(\d+)\S* \S*{TRANSPORT_NUMBER}", sdp, re.MULTILINE)
    return int(found[1]) if found else None


def _section(text: str) -> Section:
    codecs = {
        int(number): Codec(name.lower(), int(rate))
        for number, name, rate in re.findall(
            r"^a=rtpmap:(\d+) ([^/\s]+)/(\d+)", text, re.MULTILINE
        )
    }
    groups = re.findall(r"^a=ssrc-group:FID (\d+) (\d+)", text, re.MULTILINE)
    again = frozenset(int(second) for _, second in groups)
    sources = {int(ssrc) for ssrc in re.findall(r"^a=ssrc:(\d+)", text, re.MULTILINE)}
    return Section(
        kind=_first(r"^m=(\S+)", text),
        mid=_first(r"^a=mid:(\S+)", text),
        lines=tuple(text.splitlines()),
        codecs=codecs,
        main=frozenset(sources - again),
        again=again,
    )


@dataclass(frozen=True)
class Credentials:
    """Our end of the transport; candidates without the leading `a=`."""

    fragment: str
    password: str
    fingerprints: Sequence[tuple[str, str]]
    candidates: Sequence[str]


def answer(offer: Offer, own: Credentials) -> str:
    """All slots stay open both ways, though nothing will ever be sent in them."""
    mids = " ".join(section.mid for section in offer.sections)
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {mids}",
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS",
    ]
    for number, section in enumerate(offer.sections):
        head = section.lines[0].split()
        lines += [f"{head[0]} 9 {' '.join(head[2:])}", "c=IN IP4 0.0.0.0"]
        lines += [
            f"a=ice-ufrag:{own.fragment}",
            f"a=ice-pwd:{own.password}",
            *(f"a=fingerprint:{kind} {value}" for kind, value in own.fingerprints),
            "a=setup:active",
        ]
        lines += [
            line
            for line in section.lines[1:]
            if line.startswith("a=") and not REPLACED.match(line)
        ]
        if section.kind != "application":
            lines.append("a=sendrecv")
        if number == 0:
            lines += [f"a={candidate}" for candidate in own.candidates]
            lines.append("a=end-of-candidates")
    return "\r\n".join(lines) + "\r\n"

"""The values that messages are made of, each with its bounds."""

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

VERSION = 4
FRAME_BYTES = 65_536
SAFE_INTEGER = 2**53 - 1
END_OF_TIME = 8_640_000_000_000_000
"""No JavaScript date is later (ECMA-262, 21.4.1.1)."""

CANDIDATES = 40
CHAT_TARGETS = 16
UNHEARD = 32
PEOPLE = 64
"""So many seats one order may name."""

Id = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,32}\Z")]
MessageId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
Token = Annotated[str, Meta(min_length=1, max_length=3500)]
Name = Annotated[str, Meta(max_length=256)]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Whole = Annotated[int, Meta(ge=0, le=SAFE_INTEGER)]
Moment = Annotated[int, Meta(ge=0, le=END_OF_TIME)]
Switch = Literal["on", "off"]
Role = Literal["owner", "co-host", "member", "guest"]
Slot = Literal["microphone", "camera", "screen"]
"""What a host may turn off for somebody; of a screen, its sound goes with it."""
Power = Literal["microphone", "camera", "screen", "chat"]
"""What a host may forbid."""
ReportReason = Literal[
    "abuse", "hate", "nudity", "spam", "impersonation", "recording", "other"
]
Access = Literal["anyone", "signed-in", "invited"]
TurnFinding = Literal["none", "ok", "refused", "unreachable", "unknown"]
UdpFinding = Literal["ok", "blocked", "unknown"]
Picture = Annotated[
    str, Meta(pattern=r"\A(?:/accounts/pictures/[0-9a-f]{32}\.webp)?\Z")
]
"""A path of this very site, or nothing: no page loads what somebody else names."""

# What cannot be SDP never reaches a peer's parser. Possessive, so that it cannot be
# made slow: a second try at a line is never worth it.
_LINES = re.compile(r"v=0\r\n(?:.++(?<=.\r)\n)*+")


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A value inside a message."""


class Slots(Part, frozen=True):
    """What each of a person's four media slots carries."""

    microphone: Literal["on", "muted", "off"]
    camera: Switch
    screen: Switch
    screen_audio: Switch


class Candidate(Part, frozen=True):
    """One ICE candidate (RFC 8838); an empty line ends those of its generation.

    Of which characters they may be, is for those who hold many of them to see to.
    """

    candidate: Annotated[str, Meta(max_length=1024)]
    sdp_mid: Annotated[str, Meta(max_length=32)]
    username_fragment: Annotated[str, Meta(max_length=256)]


_PRINTABLE = bytes(range(ord(" "), ord("~") + 1))
_LINE_END = b"\r\n"


def is_description(sdp: str) -> bool:
    """Whether it is lines of printable ASCII that end with CRLF, the first `v=0`.

    In two quick steps: what is not printable are the line ends alone, and no line is
    empty. One pattern for both takes twice as long, for each offer and answer.
    """
    ends = sdp.encode().translate(None, _PRINTABLE)
    if ends != _LINE_END * (len(ends) // len(_LINE_END)):
        return False
    return _LINES.fullmatch(sdp) is not None

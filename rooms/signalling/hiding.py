"""What a room that hides network addresses lets through of its pairs' signals.

Pages of such a room search for relays alone. This is for those that do not know of it
yet, or are somebody else's program: an address of a person is never passed on, whatever
their page says. A relay's own address is nobody's, and the one beside it (`raddr`) is.
"""

import re
from collections.abc import Iterator

import msgspec

from .protocol import Answer, Candidate, Candidates, Offer, Relayed

# RFC 8839, 5.1: foundation, component, transport, priority, address, port, type.
_RELAY = re.compile(
    r"candidate:(?:\S+ ){4}(?P<address>\S+) \d+ typ relay(?P<rest>(?: \S+ \S+)*) ?"
)
_RELATED = re.compile(r" (?:raddr|rport) \S+")
_NOWHERE = "IN IP4 0.0.0.0"
# RFC 8866 and RFC 8839: what else of a description holds an address.
_CONNECTION = re.compile(r"c=IN IP[46] .*")
_ORIGIN = re.compile(r"(o=\S+ \S+ \S+) .*")
_CONTROL = re.compile(r"a=rtcp:\d+ .*")
_MEDIA = re.compile(r"(m=\S+) (?!0 )\S+ (.*)")


def hidden(message: Relayed) -> Relayed | None:
    """The message without addresses of people; None if nothing is left of it."""
    match message:
        case Offer() | Answer():
            return msgspec.structs.replace(message, sdp=_description(message.sdp))
        case Candidates():
            found = tuple(_candidates(message.candidates))
            if not found:
                return None
            return msgspec.structs.replace(message, candidates=found)
        case _:
            return message


def _candidates(candidates: tuple[Candidate, ...]) -> Iterator[Candidate]:
    for one in candidates:
        # An empty line ends those of its generation.
        line = one.candidate and _relayed(one.candidate)
        if line is not None:
            yield msgspec.structs.replace(one, candidate=line)


def _relayed(line: str) -> str | None:
    """The line of a relay's candidate, related to nothing; None for any other."""
    found = _RELAY.fullmatch(line)
    if found is None:
        return None
    related = "::" if ":" in found["address"] else "0.0.0.0"
    before, rest = line[: found.start("rest")], _RELATED.sub("", found["rest"])
    return f"{before} raddr {related} rport 0{rest}"


def _description(sdp: str) -> str:
    return "".join(f"{line}\r\n" for line in _lines(sdp))


def _lines(sdp: str) -> Iterator[str]:
    for line in sdp.removesuffix("\r\n").split("\r\n"):
        if line.startswith("a=candidate:"):
            if (relay := _relayed(line[2:])) is not None:
                yield f"a={relay}"
        elif line.startswith("a=remote-candidates:"):
            continue
        elif _CONNECTION.fullmatch(line):
            yield f"c={_NOWHERE}"
        elif _CONTROL.fullmatch(line):
            yield f"a=rtcp:9 {_NOWHERE}"
        elif origin := _ORIGIN.fullmatch(line):
            yield f"{origin[1]} {_NOWHERE}"
        elif media := _MEDIA.fullmatch(line):
            yield f"{media[1]} 9 {media[2]}"
        else:
            yield line

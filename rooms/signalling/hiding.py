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
    r"(?P<head>candidate:(?:\S+ ){4}(?P<address>\S+) \d+ typ relay)"
    r"(?P<rest>(?: \S+ \S+)*) ?"
)
# What browsers add; whatever else stands there may hold an address.
_EXTENSION = re.compile(
    r" (?:generation|ufrag|network-id|network-cost|tcptype) [A-Za-z0-9+/]+(?= |$)"
)
_NOWHERE = "IN IP4 0.0.0.0"


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
    rest = "".join(_EXTENSION.findall(found["rest"]))
    return f"{found['head']} raddr {related} rport 0{rest}"


def _description(sdp: str) -> str:
    lines = sdp.removesuffix("\r\n").split("\r\n")
    seen = (_seen(line) for line in lines)
    return "".join(f"{line}\r\n" for line in seen if line is not None)


def _seen(line: str) -> str | None:
    """A line without an address (RFC 8866, RFC 8839); None if nothing is left.

    Some browsers read names of any case, and with blanks around them.
    """
    kind, _, value = (part.strip() for part in line.partition("="))
    match kind.lower():
        case "a":
            return _attribute(line, value)
        case "c":
            return f"c={_NOWHERE}"
        case "o":
            name, number, version, *_ = [*value.split(), "-", "0", "0"]
            return f"o={name} {number} {version} {_NOWHERE}"
        case "m":
            medium, port, *rest = [*value.split(), "", ""]
            shown = "0" if port == "0" else "9"
            return f"m={' '.join((medium, shown, *rest)).rstrip()}"
    return line


def _attribute(line: str, attribute: str) -> str | None:
    name, _, value = (part.strip() for part in attribute.partition(":"))
    match name.lower():
        case "candidate":
            relay = _relayed(f"candidate:{value}")
            return None if relay is None else f"a={relay}"
        case "remote-candidates":
            return None
        case "rtcp":
            return f"a=rtcp:9 {_NOWHERE}"
    return line

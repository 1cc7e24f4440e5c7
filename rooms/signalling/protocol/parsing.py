"""The one way in for what clients send."""

import json
from collections.abc import Callable
from typing import Any

import msgspec

from .codes import ErrorCode, ProtocolError
from .from_clients import (
    TABLE,
    Answer,
    Candidates,
    ChatAck,
    Diagnosis,
    Hello,
    Incoming,
    Kind,
    Offer,
    Ping,
    Restart,
    State,
)
from .values import FRAME_BYTES, VERSION

Allow = Callable[[str, Kind], ErrorCode | None]

Frequent = Offer | Answer | Candidates | Restart | Diagnosis | ChatAck | State | Ping
"""What most frames hold, and what has no field that may be left out."""

QUOTES: dict[type[Incoming], int] = {
    Offer: 16,
    Answer: 16,
    Candidates: 14,
    Restart: 14,
    Diagnosis: 18,
    ChatAck: 12,
    State: 24,
    Ping: 6,
}
"""How many quotation marks such a frame needs: two for each key and each text."""

CANDIDATE_QUOTES = 12

_KINDS = {kind.message: (about, kind) for about, kind in TABLE.items()}
_frequent = msgspec.json.Decoder(Frequent).decode


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("duplicate key")
    return fields


def _refuse(constant: str) -> None:
    raise ValueError(constant)


# The standard library's scanner, since msgspec takes the last of duplicate keys in
# silence. It takes two to three times as long.
_strict = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse).decode


def parse(frame: str, allow: Allow) -> Incoming:
    """The message in a frame, checked in everything that needs no knowledge of rooms.

    `allow` is asked once the type is known and before the rest is looked at; it
    answers with the error that the sender's rank or rate calls for. Raises
    ProtocolError and nothing else.
    """
    size = _size(frame)
    if size > FRAME_BYTES:
        raise ProtocolError("too-large")
    if (message := at_a_glance(frame)) is not None:
        about, kind = _KINDS[type(message)]
        _admit(size, about, kind, getattr(message, "to", ""), allow)
        return message
    return _with_care(frame, size, allow)


def at_a_glance(frame: str) -> Frequent | None:
    """The message in a frame of the usual kind; None calls for a closer look.

    A key that stands there twice must not pass. It would bring two quotation marks more
    than the message needs, and nothing can bring fewer.
    """
    if not frame.isascii():
        return None
    try:
        message = _frequent(frame)
    except (msgspec.DecodeError, RecursionError):
        return None
    expected = QUOTES[type(message)]
    if isinstance(message, Candidates):
        expected += CANDIDATE_QUOTES * len(message.candidates)
    return message if frame.count('"') == expected else None


def _admit(size: int, about: str, kind: Kind, to: str, allow: Allow) -> None:
    if size > kind.size:
        raise ProtocolError("too-large", about, to)
    if refusal := allow(about, kind):
        raise ProtocolError(refusal, about, to)


def _with_care(frame: str, size: int, allow: Allow) -> Incoming:
    try:
        fields = _strict(frame)
    except (ValueError, RecursionError):
        raise ProtocolError("bad-message") from None
    if not isinstance(fields, dict):
        raise ProtocolError("bad-message")
    about = fields.get("type")
    kind = TABLE.get(about) if isinstance(about, str) else None
    if kind is None or not isinstance(about, str):
        raise ProtocolError("bad-message")
    to = _target(fields.get("to"))
    _admit(size, about, kind, to, allow)
    if kind.message is Hello and _other_version(fields.get("protocol")):
        # A page of another version may well have other fields: say so first.
        raise ProtocolError("bad-protocol", about)
    try:
        message = msgspec.convert(fields, kind.message)
    except (msgspec.ValidationError, UnicodeEncodeError):
        # The latter for half a surrogate pair in a field's name.
        raise ProtocolError("bad-message", about, to) from None
    if "\\u" in frame and not _sound(fields):
        raise ProtocolError("bad-message", about, to)
    return message


def _size(frame: str) -> int:
    if frame.isascii():
        return len(frame)
    try:
        return len(frame.encode())
    except UnicodeEncodeError:
        raise ProtocolError("bad-message") from None


def _target(to: object) -> str:
    """What an error may repeat of a message's `to`: a seat's id or nothing."""
    if isinstance(to, str) and len(to) <= 32 and to.isascii() and to.isprintable():
        return to
    return ""


def _other_version(protocol: object) -> bool:
    return type(protocol) is int and protocol != VERSION


def _sound(value: object) -> bool:
    """Whether every text in it can be written as UTF-8: no half of a surrogate pair.

    For the fields of a message that has its right shape, which is never deep.
    """
    if isinstance(value, dict):
        return all(map(_sound, value.values()))
    if isinstance(value, list):
        return all(map(_sound, value))
    if isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return False
    return True

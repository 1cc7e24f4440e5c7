"""Lines of the log, without what opens something to whoever reads them.

As text, or as one JSON object a line (LOG_FORMAT); either says of which room and seat a
line is, where it is about one, and names nobody's link, token, media or whole address.
"""

import logging
import re
from ipaddress import ip_address
from typing import Any

from pythonjsonlogger.json import JsonFormatter

SECRET_PLACES = (
    "r",
    "i",
    "ws/rooms",
    "mail/stop",
    "accounts/confirm-email",
    "accounts/password/reset/key",
)
"""Beneath these, the next part of a path is a secret: a link that was handed out."""

WATCH = "accounts.watch"
"""Tells programs that watch it where wrong passwords come from: whole, on purpose."""

FIELDS = ("room", "seat")

_SECRETS = re.compile(
    "((?:/|%2f)(?:{})(?:/|%2f))[^/?&\\s\"'<>]+".format(
        "|".join(SECRET_PLACES).replace("/", "(?:/|%2f)")
    ),
    re.IGNORECASE,
)
# What Django signed: the value, a time if there is one, and the signature. Possessive,
# and from the beginning of a word only, so that no text can make it slow.
_SIGNED = re.compile(
    r"(?<![\w=.-])[\w=.-]++(?::|%3a)(?:[a-z0-9]{6}(?::|%3a))?[\w-]{43}(?![\w-])",
    re.IGNORECASE,
)
# Line ends as they are, or as `repr` and JSON write them.
_DESCRIPTION = re.compile(r"v=0(?:\r?\n|\\r\\n|\\n)[^\"']*")
_CANDIDATE = re.compile(r"candidate:[^\"'\r\n\\]+")
_ADDRESS = re.compile(
    r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)"
    r"|(?<![\w:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:]|\.\d)",
    re.IGNORECASE,
)


def about(room: int, seat: str = "") -> dict[str, object]:
    """What a line is about: `logger.info("…", extra=about(room, seat))`."""
    return {"room": room, "seat": seat} if seat else {"room": room}


class DiscreetFormatter(logging.Formatter):
    """One line of words, wherever it got them from; a traceback follows."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record), record.name)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        words = super().formatMessage(record)
        fields = [
            f"{name} {record.__dict__[name]}"
            for name in FIELDS
            if name in record.__dict__
        ]
        return f"{words} ({', '.join(fields)})" if fields else words


class DiscreetJson(JsonFormatter):
    """For programs: `time`, `level`, `logger`, `message`, and what it is about."""

    def __init__(self) -> None:
        super().__init__(
            "%(asctime)s %(levelname)s %(name)s %(message)s",
            datefmt="%Y-%m-%dT%H:%M:%S%z",
            rename_fields={
                "asctime": "time",
                "levelname": "level",
                "name": "logger",
                "exc_info": "traceback",
            },
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        # Before quotes and line ends are escaped, which hide what is looked for.
        told = {"time", "level", "logger", "message", "traceback", *FIELDS}
        return {
            name: discreet(value, log_data["logger"])
            if isinstance(value, str)
            else value
            for name, value in super().process_log_record(log_data).items()
            if name in told
        }


def discreet(text: str, logger: str) -> str:
    """What a logger may say of this text."""
    text = without_secrets(text)
    return text if logger == WATCH else _ADDRESS.sub(_shortened, text)


def without_secrets(text: str) -> str:
    """The text with `-` in place of what makes paths secret, of tokens and of media."""
    text = _SECRETS.sub(r"\1-", text)
    text = _SIGNED.sub("-", text)
    text = _DESCRIPTION.sub("v=0 -", text)
    return _CANDIDATE.sub("candidate:-", text)


def _shortened(found: re.Match[str]) -> str:
    """An address without its end, unless it is this machine's own; no other text."""
    try:
        address = ip_address(found[0])
    except ValueError:
        return found[0]
    if address.is_loopback or address.is_unspecified:
        return found[0]
    if address.version == 4:
        return ".".join([*found[0].split(".")[:2], "-", "-"])
    return ":".join([*address.exploded.split(":")[:3], "-"])

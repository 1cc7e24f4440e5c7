"""Lines of the log, without what opens something to whoever reads them."""

import logging
import re

SECRET_PLACES = (
    "r",
    "i",
    "mail/stop",
    "accounts/confirm-email",
    "accounts/password/reset/key",
)
"""Beneath these, the next part of a path is a secret: a link that was handed out."""

_SECRETS = re.compile(
    "((?:/|%2f)(?:{})(?:/|%2f))[^/?&\\s\"'<>]+".format(
        "|".join(SECRET_PLACES).replace("/", "(?:/|%2f)")
    ),
    re.IGNORECASE,
)


class DiscreetFormatter(logging.Formatter):
    """Leaves them out, wherever a line got them from: its words, or a traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def without_secrets(text: str) -> str:
    """The text with `-` in place of what makes paths secret."""
    return _SECRETS.sub(r"\1-", text)

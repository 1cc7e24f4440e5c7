"""The part of a room's address that opens it.

Sixteen symbols out of 31 are 79 random bits. The alphabet leaves out what looks or
sounds alike (i, l, o, 0, 1), so that a link can be read out.
"""

import re
import secrets
import unicodedata

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
SYMBOLS = 16
GROUP = 4
LINK_LENGTH = SYMBOLS + SYMBOLS // GROUP - 1

_READ_AT_MOST = 2000
_IN_ADDRESS = re.compile(r"/r/([^/?#]+)")


def new_link() -> str:
    """A fresh link such as `abcd-efgh-jkmn-pqrs`, from the system's random source."""
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(SYMBOLS)))


def read_link(text: str) -> str | None:
    """The link that somebody typed or pasted, in its one true form; None if it is none.

    Takes the bare code or a whole address, in any case, with dashes and spaces missing,
    doubled or of another kind.
    """
    if len(text) > _READ_AT_MOST:
        return None
    text = unicodedata.normalize("NFKC", text).strip()
    if found := _IN_ADDRESS.search(text):
        text = found[1]
    symbols = "".join(
        char
        for char in text.lower()
        if not char.isspace() and unicodedata.category(char) != "Pd"
    )
    if len(symbols) != SYMBOLS or not set(symbols) <= set(ALPHABET):
        return None
    return _grouped(symbols)


def _grouped(symbols: str) -> str:
    return "-".join(
        symbols[start : start + GROUP] for start in range(0, SYMBOLS, GROUP)
    )

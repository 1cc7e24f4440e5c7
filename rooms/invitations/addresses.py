"""E-mail addresses as people paste them."""

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from conference.mail.spelling import canonical

from ..names import visible_line

LONGEST = 254
"""RFC 5321, 4.5.3.1.3, without its angle brackets."""

SHOWN = 60
NAMED = 8
"""How many bad ones, and how much of each, a complaint repeats."""

_SEPARATED = re.compile(r"""((?:"[^"]*"|<[^<>]*>|[^,;\n])*)""")
_BRACKETED = re.compile(r"<([^<>]*)>")
_QUOTED = re.compile(r'"[^"]*"')


class BadAddresses(ValueError):
    """Some of it is no address; the message names each."""


def read_addresses(text: str) -> list[str]:
    """The addresses in `text`, in their order, each once however it is spelled.

    Each as `canonical` spells it: so its maker sees where the mail goes. They may be
    separated by commas, semicolons, spaces or lines, bare or as in `Name <a@b>`. Raises
    BadAddresses.
    """
    good: dict[str, None] = {}
    bad: dict[str, None] = {}
    for piece in _pieces(text):
        if address := _address(piece):
            good.setdefault(address)
        else:
            bad.setdefault(visible_line(piece)[:SHOWN])
    if bad:
        raise BadAddresses(_complaint(list(bad)))
    return list(good)


def _pieces(text: str) -> Iterator[str]:
    for part in _SEPARATED.findall(text):
        *named, rest = re.split(r"(?<=>)", part)
        for each in named:
            if bracketed := _BRACKETED.search(each):
                # Before it stands a name, or other addresses.
                before = _QUOTED.sub(" ", each[: bracketed.start()])
                yield from (word for word in before.split() if "@" in word)
                yield bracketed[1].strip() or bracketed[0]
            else:
                yield from each.split()
        yield from (word.strip("\"'") or word for word in rest.split())


def _address(text: str) -> str | None:
    """As `canonical` spells it; None for what is none."""
    # Between quotes an address may hold control characters, which mail cannot.
    if len(text) > LONGEST or not text.isprintable():
        return None
    try:
        validate_email(text)
        address = canonical(text)
        validate_email(address)
    except ValidationError:
        return None
    return address if address.isascii() and len(address) <= LONGEST else None


def _complaint(bad: list[str]) -> str:
    named = [f"\u201c{each}\u201d" for each in bad[:NAMED]]
    if len(bad) > NAMED:
        named.append(f"{len(bad) - NAMED} more")
    *first, last = named
    if first:
        return f"{', '.join(first)} and {last} are no e-mail addresses."
    return f"{last} is no e-mail address."

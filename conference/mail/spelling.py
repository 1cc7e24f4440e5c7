"""The many ways to write one e-mail address, and the one that stands for them."""

import re

import idna

_ATOMS = re.compile(r"[^\s\"(),:;<>@\[\\\].]+(\.[^\s\"(),:;<>@\[\\\].]+)*")
"""A local part that needs no quotes (RFC 5322, 3.4.1)."""


def canonical(address: str) -> str:
    """The same for every spelling of one address: mails to all of them arrive at it.

    Domains are compared as the DNS writes them, and local parts without their case and
    without quotes that say nothing. What stays with a character beyond ASCII is no
    address that mail can be sent to.
    """
    name, _, domain = address.strip().rpartition("@")
    return f"{_bare(name).lower()}@{domain_in_ascii(domain)}"


def domain_in_ascii(domain: str) -> str:
    """The domain as the DNS writes it, mapped as people's browsers do (UTS 46).

    What is no domain there stays as it is, beyond ASCII.
    """
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain


def _bare(name: str) -> str:
    if len(name) < 2 or name[0] != '"' or name[-1] != '"':
        return name
    said = re.sub(r"\\(.)", r"\1", name[1:-1])
    if _ATOMS.fullmatch(said):
        return said
    return '"{}"'.format(re.sub(r'(["\\])', r"\\\1", said))

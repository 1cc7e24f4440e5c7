"""What the text of a setting means; each raises ValueError with the reason."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dj_database_url
import idna

from .env import BASE_DIR
from .origin import is_local, origin_of


def secret_key(value: str) -> str:
    if not value:
        raise ValueError("is not set; `make run` makes one for local use")
    if len(value) < 50 or len(set(value)) < 5:
        raise ValueError("must have at least 50 characters that nobody can guess")
    return value


def token(value: str) -> str:
    if value and (len(value) < 20 or not value.isascii() or " " in value):
        raise ValueError("must have at least 20 characters, without spaces")
    return value


def directory(value: str) -> Path:
    path = (BASE_DIR / Path(value).expanduser()).resolve()
    try:
        # Names, addresses and chat are nobody else's on this machine.
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise ValueError(f"cannot be made: {fault.strerror}") from fault
    return path


def database(value: str) -> dict[str, Any]:
    try:
        parsed = dict(dj_database_url.parse(value))
    except (ValueError, dj_database_url.UnknownSchemeError) as fault:
        raise ValueError("must be a sqlite:// or postgres:// address") from fault
    if parsed["ENGINE"] == "django.db.backends.sqlite3":
        # Writers queue up instead of failing half-way; readers never wait (WAL).
        parsed["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # What is deleted is overwritten: accounts go from the file as well.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA secure_delete=ON;",
        }
    elif parsed["ENGINE"] != "django.db.backends.postgresql":
        raise ValueError("must be a sqlite:// or postgres:// address")
    return parsed


def place(value: str) -> tuple[str, int] | None:
    """A host, in brackets if it is IPv6, and a port."""
    if not value:
        return None
    host, colon, port = value.rpartition(":")
    number = int(port) if port.isascii() and port.isdigit() else 0
    if not colon or not host or not 0 < number < 65536 or "/" in host:
        raise ValueError("must be host:port")
    return host.removeprefix("[").removesuffix("]"), number


def redis(value: str) -> str:
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return value


def issuer(value: str) -> str:
    """The address of an OpenID Connect provider (OpenID Connect Discovery 1.0, 4)."""
    if value and not value.startswith("https://") and not is_local(value):
        raise ValueError("must begin with https://")
    if value:
        origin_of(value)
    return value.rstrip("/")


def ascii_domain(name: str) -> str | None:
    """The domain as the DNS writes it (RFC 5890); None for what cannot be one.

    Look-alikes of its letters stay different: nothing is mapped but the case. A full
    stop at the end is none of ours.
    """
    try:
        domain = idna.encode(name.lower(), strict=True).decode("ascii")
    except idna.IDNAError:
        return None
    return None if domain.endswith(".") else domain


def domains(value: str) -> list[str]:
    """Comma-separated domains as the DNS writes them; `@` before one is passed over."""
    found = []
    for word in filter(None, map(str.strip, value.split(","))):
        domain = ascii_domain(word.removeprefix("@"))
        if domain is None:
            raise ValueError(f"{word} is not a domain, as example.org")
        found.append(domain)
    return found


def one_of(*choices: str) -> Callable[[str], str]:
    """One of these words, in the case they are written in here."""
    by_name = {choice.lower(): choice for choice in choices}

    def parse(value: str) -> str:
        if value.lower() not in by_name:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return by_name[value.lower()]

    return parse

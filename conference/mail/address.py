"""Where mail is handed in, and whom it comes from, as the settings say it."""

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

PORTS = {"smtp": 25, "smtps": 465, "submission": 587}


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server: `tls` from the first byte, or `starttls` (RFC 8314, RFC 3207)."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    starttls: bool


def parse(value: str) -> MailServer | None:
    """The server of `smtp://`, `smtps://` or `submission://`; None where none is set.

    Raises ValueError with the reason.
    """
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in PORTS:
        raise ValueError("must begin with smtp://, smtps:// or submission://")
    if not parts.hostname:
        raise ValueError("must name the host of the mail server")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError("must end after the port; write %2F for a / in the password")
    password = unquote(parts.password or "")
    if not password.isascii():
        raise ValueError(
            "must have a password of ASCII characters; SMTP knows no other"
        )
    return MailServer(
        host=parts.hostname,
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=password,
        tls=parts.scheme == "smtps",
        starttls=parts.scheme == "submission",
    )


def sender(value: str) -> str:
    """`Name <address>` or an address; raises ValueError for anything else."""
    if any(ord(char) < 32 for char in value):
        raise ValueError("must be one line")
    _, address = parseaddr(value)
    try:
        validate_email(address.replace("@localhost", "@localhost.localdomain"))
    except ValidationError:
        # The default on a bare IP address is nobody's mistake.
        if not address.startswith("no-reply@"):
            raise ValueError("must be an address, or Name <address>") from None
    return value

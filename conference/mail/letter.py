"""One mail to one address, ready to be handed in, and how it is kept until then."""

import copy
from dataclasses import dataclass
from email.errors import MessageError
from email.header import Header
from email.utils import getaddresses, make_msgid, parseaddr
from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils.crypto import salted_hmac

from ..origin import host_of
from ..sealing import seal, unseal
from .spelling import canonical, domain_in_ascii

PURPOSE = "mail"


class BadMail(ValueError):
    """No mail can be made of this: a line break in a header, or no real address."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An envelope (RFC 5321) and the whole message (RFC 5322) within."""

    sender: str
    recipient: str
    content: bytes

    def sealed(self) -> bytes:
        head = f"{self.sender}\n{self.recipient}\n".encode()
        return seal(head + self.content, PURPOSE)

    @classmethod
    def opened(cls, sealed: bytes) -> Self:
        """Raises sealing.SealBroken."""
        sender, recipient, content = unseal(sealed, PURPOSE).split(b"\n", 2)
        return cls(sender.decode(), recipient.decode(), content)


def letters_of(message: EmailMessage) -> list[Letter]:
    """One letter for each recipient, who is in no copy of the others' envelopes.

    Raises BadMail.
    """
    try:
        sender = _with_ascii(parseaddr(message.from_email)[1])
        to = list(dict.fromkeys(map(_address, message.recipients())))
        # Django's messages know the line's end, their types do not.
        content = _ours(message).message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    except (MessageError, ValueError, ValidationError) as fault:
        # The fault itself may repeat the address, and lands in logs.
        raise BadMail("a header has a line break, or an address is none") from fault
    return [Letter(sender, recipient, content) for recipient in to]


def recipient_hash(address: str) -> str:
    """Tells mails to one address apart from others, without telling the address."""
    keyed = salted_hmac("parley.mail.recipient", canonical(address), algorithm="sha256")
    return keyed.hexdigest()


def _ours(message: EmailMessage) -> EmailMessage:
    """The same with headers that Django would otherwise ask the network's names for.

    A mail that is tried again keeps its Message-ID; no robot answers one of ours
    (RFC 3834).
    """
    ours = copy.copy(message)
    ours.subject = _literal(str(message.subject))
    ours.extra_headers = {
        "Message-ID": make_msgid(domain=host_of(settings.SITE_URL)),
        "Auto-Submitted": "auto-generated",
        **message.extra_headers,
    }
    return ours


def _literal(subject: str) -> str:
    """The subject, such that its reader sees it as it is here.

    Programs decode what looks like an encoded word (RFC 2047), and Django encodes no
    plain text: that were a way round what names may hold.
    """
    if "=?" not in subject or not subject.isascii() or not subject.isprintable():
        return subject
    return Header(subject, "utf-8").encode(linesep="")


def _address(text: str) -> str:
    # More than one fails here, too: ValueError.
    ((_, address),) = getaddresses([text])
    validate_email(address)
    return _with_ascii(address)


def _with_ascii(address: str) -> str:
    name, _, domain = address.rpartition("@")
    spelled = f"{name}@{domain_in_ascii(domain)}"
    if not spelled.isascii():
        raise BadMail("mail goes to no such address")
    return spelled

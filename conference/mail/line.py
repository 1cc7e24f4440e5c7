"""A line to the mail server: opened once, used for many letters, never in the clear
where TLS was asked for."""

import contextlib
import re
import smtplib
import socket
import ssl
from ipaddress import ip_address

from django.conf import settings

from ..origin import host_of
from .address import MailServer
from .letter import Letter

REPLY_LENGTH = 120
# Of these the next try may be another: over quota (RFC 5321, 4.5.3.1.10), and answers
# that speak of our log-in or our TLS, not of the address.
NOT_THE_ADDRESS = frozenset({503, 530, 534, 535, 538, 552})
ADDRESSES = re.compile(r"<?[^\s<>]*@[^\s<>]*>?|\S+://\S+")


class Fault(Exception):
    """Why a letter did not go, in words without addresses.

    `final`: no other try will help. `reply` is what the server said to it, likewise
    without addresses, for whoever runs the site.
    """

    final = False

    def __init__(self, words: str, reply: str = "") -> None:
        super().__init__(words)
        self.words = words
        self.reply = reply

    def __str__(self) -> str:
        return f"{self.words} ({self.reply})" if self.reply else self.words


class ServerFault(Fault):
    """The server cannot be used now: nothing else would go, either."""


class LetterFault(Fault):
    """The server does not take this letter; others may go."""

    def __init__(self, words: str, reply: str, final: bool = False) -> None:
        super().__init__(words, reply)
        self.final = final


class Line:
    """Opens itself for the first letter, and again after a fault."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._smtp: smtplib.SMTP | None = None

    def open(self) -> smtplib.SMTP:
        """Connect, encrypt and log in, each as the settings ask; raises ServerFault."""
        if self._smtp is None:
            try:
                self._smtp = self._connected()
            except (OSError, smtplib.SMTPException) as fault:
                raise _of_server(fault) from fault
        return self._smtp

    def send(self, letter: Letter) -> None:
        """Hand one letter in; returns when the server has taken it. Raises Fault."""
        smtp = self.open()
        options = ["BODY=8BITMIME"] if smtp.has_extn("8bitmime") else []
        try:
            smtp.sendmail(letter.sender, [letter.recipient], letter.content, options)
        except smtplib.SMTPRecipientsRefused as fault:
            ((code, reply),) = fault.recipients.values()
            raise _of_recipient(code, reply) from fault
        except smtplib.SMTPSenderRefused as fault:
            raise _of_sender(fault) from fault
        except smtplib.SMTPDataError as fault:
            raise _of_letter(fault) from fault
        except (OSError, smtplib.SMTPException) as fault:
            raise _of_server(fault) from fault

    def close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                smtp.quit()
            smtp.close()

    def _connected(self) -> smtplib.SMTP:
        server, name = self.server, _own_name()
        trusting = ssl.create_default_context()
        smtp = (
            smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=_patience(), context=trusting
            )
            if server.tls
            else smtplib.SMTP(server.host, server.port, name, timeout=_patience())
        )
        try:
            if server.starttls:
                _encrypt(smtp, trusting)
            if server.user:
                _log_in(smtp, server)
        except BaseException:
            # Half opened, it might still speak: in the clear, or as nobody.
            smtp.close()
            raise
        return smtp


def _encrypt(smtp: smtplib.SMTP, trusting: ssl.SSLContext) -> None:
    words = "The mail server offers no encryption (STARTTLS), so nothing was sent."
    try:
        smtp.starttls(context=trusting)
    except smtplib.SMTPNotSupportedError as fault:
        raise ServerFault(words) from fault
    except smtplib.SMTPResponseException as fault:
        raise ServerFault(words, _said(fault.smtp_code, fault.smtp_error)) from fault


def _log_in(smtp: smtplib.SMTP, server: MailServer) -> None:
    try:
        smtp.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as fault:
        raise ServerFault(
            "The mail server refuses the user and password that it was given.",
            _said(fault.smtp_code, fault.smtp_error),
        ) from fault
    except smtplib.SMTPServerDisconnected:
        raise
    except smtplib.SMTPException as fault:
        raise ServerFault("The mail server offers no log-in that we know.") from fault


def _of_recipient(code: int, reply: bytes | str) -> Fault:
    said = _said(code, reply)
    if code == 421:
        return _busy(said)
    if code < 500 or code in NOT_THE_ADDRESS:
        return LetterFault("The mail server does not take the address now.", said)
    return LetterFault("The mail server refuses the address.", said, final=True)


def _of_sender(fault: smtplib.SMTPSenderRefused) -> Fault:
    said = _said(fault.smtp_code, fault.smtp_error)
    if fault.smtp_code == 421:
        return _busy(said)
    return LetterFault("The mail server refuses this site as the sender.", said)


def _of_letter(fault: smtplib.SMTPDataError) -> Fault:
    said = _said(fault.smtp_code, fault.smtp_error)
    if fault.smtp_code == 421:
        return _busy(said)
    if fault.smtp_code < 500:
        return LetterFault("The mail server does not take the mail now.", said)
    return LetterFault("The mail server refuses the mail.", said, final=True)


def _of_server(fault: OSError | smtplib.SMTPException) -> ServerFault:
    match fault:
        case ssl.SSLCertVerificationError():
            why = (
                f"The certificate of the mail server is not trusted: {_reason(fault)}."
            )
            return ServerFault(why)
        case ssl.SSLError():
            return ServerFault("The mail server speaks no TLS there.", _reason(fault))
        case socket.gaierror():
            return ServerFault(
                "The name of the mail server is not known.", _reason(fault)
            )
        case smtplib.SMTPResponseException():
            return _busy(_said(fault.smtp_code, fault.smtp_error))
        case smtplib.SMTPException() if isinstance(fault.__context__, TimeoutError):
            # smtplib's words for a silence are those for a line that was cut.
            return ServerFault("The mail server does not answer.", "timed out")
        case smtplib.SMTPException():
            return ServerFault("The mail server ended the conversation.")
        case _:
            return ServerFault("The mail server does not answer.", _reason(fault))


def _busy(said: str) -> ServerFault:
    return ServerFault("The mail server cannot take mails now.", said)


def _reason(fault: OSError) -> str:
    if isinstance(fault, ssl.SSLCertVerificationError):
        return _without_addresses(fault.verify_message.rstrip("."))
    return _without_addresses(fault.strerror or type(fault).__name__)


def _said(code: int, reply: bytes | str) -> str:
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    return _without_addresses(f"{code} {text}")


def _without_addresses(text: str) -> str:
    one_line = " ".join(ADDRESSES.sub("…", text).split())
    plain = "".join(char for char in one_line if char.isprintable())
    return plain[:REPLY_LENGTH]


def _patience() -> float:
    """Seconds for each answer of the server."""
    return float(settings.EMAIL_TIMEOUT)


def _own_name() -> str:
    """How we greet (RFC 5321, 4.1.3): smtplib's own way asks the network for names."""
    host = host_of(settings.SITE_URL).strip("[]")
    try:
        address = ip_address(host)
    except ValueError:
        return host.encode("idna").decode()
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"

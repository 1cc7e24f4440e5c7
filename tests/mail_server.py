"""A real SMTP server for tests: plain, with log-in, with TLS, and in every bad mood.

`with mail_server("smtps", user="parley", password="…") as post:` listens on a free
port in a thread of its own, so pytest, Playwright and other processes can use it:

    with mail_server() as post, parley_server(**post.settings) as server: …
    mail = post.mail_to("june@example.org")      # waits for it
    mail.link("/accounts/confirm-email/")
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import ssl
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.certificates import Certificate, certificate
from tests.servers import folder_for, free_port, wait_until

THREAD_SECONDS = 10
# It tells each step, addresses included; tests look at the product's own log.
logging.getLogger("mail.log").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Mail:
    """What the server took: envelope, message, and how it came."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage
    user: str
    encrypted: bool

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    def link(self, path: str = "/") -> str:
        """The first address in the text whose path begins like this."""
        found = re.search(rf"https?://[^/\s]+{re.escape(path)}\S*", self.text)
        assert found, f"no link to {path} in:\n{self.text}"
        return found[0]

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")


class SmtpServer:
    """Collects mails; `answers`, `hangs`, `down()` and `up()` set its mood.

    `answers` maps "STARTTLS", "MAIL", "RCPT", "RCPT june@example.org" or "DATA" to
    what is said there in place of yes, such as "550 5.1.1 Nobody of that name".
    `connections`, `greetings` and `log_ins` tell what was tried, `hung` who waits now.
    """

    def __init__(
        self,
        scheme: str,
        shown: Certificate | None,
        user: str = "",
        password: str = "",
        offers_tls: bool = True,
    ) -> None:
        self.scheme = scheme
        self.host = "localhost"
        self.port = free_port()
        self.user, self.password = user, password
        self.shown = shown
        self.offers_tls = offers_tls
        self.mails: list[Mail] = []
        self.answers: dict[str, str] = {}
        self.offers_log_in = True
        self.hangs = False
        self.hung = 0
        self.connections = 0
        self.greetings: list[str] = []
        self.log_ins = 0
        self._open: dict[asyncio.BaseTransport, asyncio.Future[None]] = {}
        self._listening: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="mail server", daemon=True
        )

    @property
    def url(self) -> str:
        """What EMAIL_URL has to say."""
        who = ":".join(quote(word, safe="") for word in (self.user, self.password))
        who = f"{who}@" if self.user else ""
        return f"{self.scheme}://{who}{self.host}:{self.port}"

    @property
    def settings(self) -> dict[str, str]:
        """The environment in which a program reaches and believes this server."""
        trust = {"SSL_CERT_FILE": str(self.shown.authority)} if self.shown else {}
        return {"EMAIL_URL": self.url, **trust}

    def mail_to(self, address: str, count: int = 1) -> Mail:
        """The newest mail to this address; waits until there are `count`."""
        self.wait_for(count, address)
        return self.mails_to(address)[-1]

    def mails_to(self, address: str) -> list[Mail]:
        return [mail for mail in list(self.mails) if address in mail.recipients]

    def wait_for(self, count: int = 1, address: str = "") -> list[Mail]:
        """Every mail (to this address, if one is given), once there are so many."""

        def found() -> list[Mail]:
            return self.mails_to(address) if address else list(self.mails)

        what = f"{count} mails to {address or 'anybody'}"
        wait_until(lambda: len(found()) >= count, what)
        return found()

    def down(self) -> None:
        """Stop listening and cut every connection; `up()` brings it back."""
        self._do(self._close())

    def up(self) -> None:
        self._do(self._listen())

    def start(self) -> None:
        self._thread.start()
        self.up()

    def stop(self) -> None:
        self.down()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(THREAD_SECONDS)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(THREAD_SECONDS)

    async def _listen(self) -> None:
        tls = self._context() if self.scheme == "smtps" else None
        self._listening = await self._loop.create_server(
            self._protocol, "127.0.0.1", self.port, ssl=tls
        )

    async def _close(self) -> None:
        if self._listening is None:
            return
        self._listening.close()
        self._listening = None
        lines = dict(self._open)
        for transport in lines:
            assert isinstance(transport, asyncio.WriteTransport)
            transport.abort()
        await asyncio.gather(*lines.values())

    def opened(self, transport: asyncio.BaseTransport) -> None:
        self._open[transport] = self._loop.create_future()

    def closed(self, transport: asyncio.BaseTransport) -> None:
        self._open.pop(transport).set_result(None)

    def _context(self) -> ssl.SSLContext:
        assert self.shown is not None
        return self.shown.for_servers()

    def _protocol(self) -> asyncio.Protocol:
        self.connections += 1
        if self.hangs:
            return _Mute(self)
        starttls = self.scheme == "submission" and self.offers_tls
        return _Talking(
            self,
            _Handler(self),
            hostname="localhost",
            loop=self._loop,
            tls_context=self._context() if starttls else None,
            require_starttls=starttls,
            # Whoever takes STARTTLS away would gladly hear a password.
            auth_require_tls=starttls,
            authenticator=self._knows,
        )

    def _knows(
        self, _server: object, _session: object, _env: object, how: str, who: Any
    ) -> AuthResult:
        assert isinstance(who, LoginPassword)
        known = (who.login.decode(), who.password.decode()) == (
            self.user,
            self.password,
        )
        # `handled`: without it, aiosmtpd says nothing after a wrong password.
        return AuthResult(success=known, handled=False, auth_data=self.user)


class _Mute(asyncio.Protocol):
    """Takes the call and never says a word."""

    def __init__(self, server: SmtpServer) -> None:
        self.server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.server.hung += 1
        self.server.opened(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server.hung -= 1
        self.server.closed(self.transport)


class _Talking(SMTP):
    """aiosmtpd's own, known to its server while it is connected."""

    def __init__(self, server: SmtpServer, handler: object, **options: Any) -> None:
        super().__init__(handler, **options)
        self.server = server
        self.line: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.line is None:
            self.line = transport
            self.server.opened(transport)
        super().connection_made(transport)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        if answer := self.server.answers.get("STARTTLS"):
            await self.push(answer)
        else:
            await super().smtp_STARTTLS(arg)

    def connection_lost(self, error: Exception | None) -> None:
        if self.line is not None:
            self.server.closed(self.line)
            self.line = None
        super().connection_lost(error)


class _Handler:
    """Says yes, unless its server is told to say something else."""

    def __init__(self, server: SmtpServer) -> None:
        self.server = server

    async def handle_EHLO(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        self.server.greetings.append(hostname)
        offered = self.server.offers_log_in
        return [each for each in responses if offered or "AUTH" not in each]

    async def handle_AUTH(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, args: list[str]
    ) -> object:
        self.server.log_ins += 1
        return MISSING

    async def handle_MAIL(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if self.server.user and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if answer := self.server.answers.get("MAIL"):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        answers = self.server.answers
        if answer := answers.get(f"RCPT {address}") or answers.get("RCPT"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if answer := self.server.answers.get("DATA"):
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        self.server.mails.append(
            Mail(
                envelope.mail_from or "",
                tuple(envelope.rcpt_tos),
                message_from_bytes(content, policy=policy.default),
                str(session.auth_data or "") if session.authenticated else "",
                session.ssl is not None or self.server.scheme == "smtps",
            )
        )
        return "250 OK"


@contextlib.contextmanager
def mail_server(
    scheme: str = "smtp",
    *,
    user: str = "",
    password: str = "",
    names: tuple[str, ...] = ("localhost", "127.0.0.1"),
    offers_tls: bool = True,
) -> Iterator[SmtpServer]:
    """A server for EMAIL_URLs of this scheme: smtp, smtps or submission.

    Its certificate is made out to `names`; `submission` without `offers_tls` is a
    server from whose words somebody has taken STARTTLS away.
    """
    with folder_for("mail") as folder:
        shown = certificate(folder, *names) if scheme != "smtp" else None
        server = SmtpServer(scheme, shown, user, password, offers_tls)
        server.start()
        try:
            yield server
        finally:
            server.stop()

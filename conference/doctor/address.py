"""Is the site to be had at its own address, and what does a proxy make of requests?

Asked from this machine, as any browser would: DNS, TLS, a page, a WebSocket.
"""

import base64
import hashlib
import http.client
import json
import secrets
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.urls import reverse

from rooms.links import new_link
from rooms.models import Seat

from .. import tls
from . import Finding, bad, good, look
from .clock import compared
from .echo import proof, question

ABOUT = "Address"
SECONDS = 5.0
# Of a range for documents (RFC 5737): no client of ours.
FORGED = "192.0.2.123"
SOON_DAYS = 14
ASKED = 6
"""How often to ask which process answers."""
MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
START = "Start Parley (`make run`, or systemctl start parley)."


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of whoever stands at the site's address."""

    status: int
    headers: dict[str, str]
    body: bytes
    certificate: dict[str, Any]

    @property
    def facts(self) -> dict[str, Any]:
        """What Parley's echo told; empty if that is not what came."""
        try:
            told = json.loads(self.body)
        except ValueError:
            return {}
        return told if isinstance(told, dict) else {}


def check() -> Iterator[Finding]:
    asked = question()
    try:
        answer = ask(reverse("doctor-echo", args=[asked]))
    except OSError as fault:
        yield _unreached(fault)
        return
    except http.client.HTTPException:
        yield bad(ABOUT, f"{settings.SITE_URL} does not speak HTTP.", START)
        return
    if answer.certificate:
        yield _days_left(answer.certificate)
    if not secrets.compare_digest(str(answer.facts.get("proof", "")), proof(asked)):
        yield _another(answer)
        return
    yield good(ABOUT, f"{settings.SITE_URL} leads to this very Parley.")
    yield from _proxies(answer.facts)
    yield from _sockets()
    yield from _processes(str(answer.facts["process"]))
    if "date" in answer.headers:
        their = parsedate_to_datetime(answer.headers["date"]).timestamp()
        yield compared("the proxy or server", their)


def ask(path: str, **headers: str) -> Answer:
    """GET a page of the site; raises OSError, HTTPException."""
    parts = urlsplit(settings.SITE_URL)
    host = parts.hostname or ""
    line: http.client.HTTPConnection
    if parts.scheme == "https":
        line = http.client.HTTPSConnection(
            host, parts.port or 443, timeout=SECONDS, context=_trusting()
        )
    else:
        line = http.client.HTTPConnection(host, parts.port or 80, timeout=SECONDS)
    certificate = None
    # What a proxy must not pass on as it came.
    sent = {"X-Forwarded-For": FORGED, "X-Forwarded-Proto": "http"}
    sent |= {"Host": parts.netloc}
    try:
        line.request("GET", path, headers=sent | headers)
        # A closing line takes its certificate with it.
        secure: object = line.sock
        if isinstance(secure, ssl.SSLSocket):
            certificate = secure.getpeercert()
        answer = line.getresponse()
        # A socket that was opened has no end to wait for.
        body = b"" if answer.status == 101 else answer.read(1 << 16)
    finally:
        line.close()
    return Answer(
        answer.status,
        {name.lower(): value for name, value in answer.getheaders()},
        body,
        dict(certificate or {}),
    )


def _trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.LAN:
        context.load_verify_locations(tls.store().public)
    return context


def _unreached(fault: OSError) -> Finding:
    site = settings.SITE_URL
    match fault:
        case socket.gaierror():
            return bad(
                ABOUT,
                f"The name in {site} is not known.",
                "Add it to your DNS, or correct SITE_URL.",
            )
        case ssl.SSLCertVerificationError():
            return bad(
                ABOUT,
                f"Browsers will not trust {site}: {fault.verify_message.rstrip('.')}.",
                "Let Caddy or certbot fetch a certificate for this very name, and "
                "renew it; the chain must be complete.",
            )
        case ssl.SSLError():
            return bad(
                ABOUT,
                f"{site} speaks no TLS.",
                "The proxy must listen with a certificate on that port.",
            )
        case ConnectionRefusedError():
            return bad(ABOUT, f"Nobody listens at {site}.", START)
        case TimeoutError():
            return bad(
                ABOUT,
                f"{site} does not answer.",
                "Does a firewall keep its port closed? Some routers do not lead a "
                "machine back to its own public address.",
            )
    return bad(ABOUT, f"{site} cannot be reached: {fault}.", START)


def _days_left(certificate: dict[str, Any]) -> Finding:
    end = ssl.cert_time_to_seconds(certificate["notAfter"])
    days = int((end - time.time()) // 86400)
    if days < SOON_DAYS:
        return look(
            "TLS",
            f"The certificate is good for {days} days more.",
            "It should have been renewed by now: see the log of Caddy or certbot.",
        )
    return good("TLS", f"The certificate is trusted, and good for {days} days more.")


def _another(answer: Answer) -> Finding:
    site = settings.SITE_URL
    place = answer.headers.get("location", "")
    match answer.status:
        case 301 | 302 | 307 | 308 if place.startswith(site):
            return bad(
                ABOUT,
                f"{site} leads back to itself for ever: Parley is not told of https.",
                "The proxy must set X-Forwarded-Proto itself, whatever people send, "
                "and TRUSTED_PROXIES must count it.",
            )
        case 301 | 302 | 307 | 308:
            return bad(
                ABOUT,
                f"{site} leads elsewhere ({answer.status}).",
                "Set SITE_URL to the address that people end at.",
            )
        case 400:
            return bad(
                ABOUT,
                f"{site} refuses the name it is asked for (400).",
                "The proxy must pass the Host header on as it came.",
            )
        case 502 | 503 | 504:
            return bad(
                ABOUT,
                f"A proxy answers at {site}, but does not reach Parley "
                f"({answer.status}).",
                f"{START} The proxy must lead to {settings.BIND} port {settings.PORT}.",
            )
    return bad(
        ABOUT,
        f"Something else answers at {site} ({answer.status}), or a Parley with "
        "another SECRET_KEY.",
        "Compare SITE_URL, and the address that the proxy leads to.",
    )


def _proxies(facts: dict[str, Any]) -> Iterator[Finding]:
    about, trusted = "Proxy", settings.TRUSTED_PROXIES
    hops: list[str] = facts["forwarded_for"]
    added = [hop for hop in hops if hop != FORGED]
    if facts["client"] == FORGED:
        yield bad(
            about,
            "People can write their own address, and so escape every limit.",
            f"TRUSTED_PROXIES is {trusted}, but fewer proxies add to "
            "X-Forwarded-For: count them anew.",
        )
    elif len(added) > trusted:
        yield bad(
            about,
            f"{len(added)} proxies stand before Parley, {trusted} are trusted: all "
            "people look like one, and share one limit.",
            f"Set TRUSTED_PROXIES={len(added)}, if all of them are yours.",
        )
    elif trusted:
        yield good(about, "What it says of people's addresses is right.")
    else:
        yield good(about, "None stands before Parley, and none is trusted.")


def _sockets() -> Iterator[Finding]:
    """A WebSocket to a room that is not there: the door of the site opens first."""
    key = base64.b64encode(secrets.token_bytes(16)).decode()
    try:
        answer = ask(
            f"/ws/rooms/{new_link()}/",
            **{
                "Connection": "Upgrade",
                "Upgrade": "websocket",
                "Sec-WebSocket-Key": key,
                "Sec-WebSocket-Version": "13",
                "Origin": settings.SITE_URL,
            },
        )
    except (OSError, http.client.HTTPException) as fault:
        yield _no_sockets(type(fault).__name__)
        return
    digest = hashlib.sha1((key + MAGIC).encode(), usedforsecurity=False).digest()
    right = (
        answer.headers.get("sec-websocket-accept") == base64.b64encode(digest).decode()
    )
    if answer.status == 101 and right:
        yield good("WebSockets", "They reach Parley.")
    else:
        yield _no_sockets(str(answer.status))


def _no_sockets(what: str) -> Finding:
    return bad(
        "WebSockets",
        f"They do not reach Parley ({what}): nobody can enter a call.",
        "The proxy must pass Upgrade and Connection on, over HTTP/1.1: see deploy/.",
    )


def _processes(first: str) -> Iterator[Finding]:
    """How many processes serve the site, as far as a few questions and seats tell."""
    seen = {first}
    for _ in range(ASKED):
        try:
            answer = ask(reverse("doctor-echo", args=[question()]))
        except (OSError, http.client.HTTPException):
            break
        seen.add(str(answer.facts.get("process", first)))
    try:
        seats = Seat.objects.live().values_list("process", flat=True).distinct()
        count = max(len(seen), len(set(seats)))
    except DatabaseError:
        count = len(seen)
    if count < 2:
        return
    about = "Processes"
    if not settings.REDIS_URL:
        yield bad(
            about,
            f"{count} processes serve the site, and nothing joins them.",
            "Set REDIS_URL for all of them, or start one only.",
        )
    elif connection.vendor == "sqlite":
        yield look(
            about,
            f"{count} processes share one SQLite file and wait for each other.",
            "Move to PostgreSQL: manage.py backup, then restore there.",
        )
    else:
        yield good(about, f"{count} processes serve the site, joined by Redis.")

"""Do STUN and TURN servers do for us what browsers will ask of them?

A real binding request (RFC 8489) and real allocations (RFC 8656), with the short-lived
credentials that people in calls get.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Iterator
from ipaddress import ip_address

from aioice import stun
from django.conf import settings
from django.db import DatabaseError

from conference.turn.admin import AdminAway, admin_at
from rooms.ice import name_of
from rooms.models import Room

from . import Finding, at_home, bad, good, look
from .allocation import Place, Relaying, try_relay

URL = re.compile(
    r"(?P<scheme>stuns?|turns?):(?P<host>\[[0-9a-fA-F:.]+\]|[^:?/\[\]]+)"
    r"(?::(?P<port>\d{1,5}))?(?:\?transport=(?P<transport>udp|tcp))?"
)
PORTS = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}
SECONDS = 5.0
TRIES = 3
REFUSED = {400, 401, 431, 441}
"""Error codes that speak of the credentials (RFC 8489, 14.8; RFC 8656, 19)."""


class Server(Place):
    """One address of STUN_URLS or TURN_URLS (RFC 7064, RFC 7065)."""

    @classmethod
    def parse(cls, url: str) -> "Server | None":
        found = URL.fullmatch(url.strip())
        if found is None:
            return None
        scheme = found["scheme"]
        tls = scheme.endswith("s")
        return cls(
            host=found["host"].strip("[]"),
            port=int(found["port"] or PORTS[scheme]),
            tls=tls,
            tcp=tls or found["transport"] == "tcp",
        )


def check_stun() -> Iterator[Finding]:
    about = "STUN"
    if not settings.STUN_URLS:
        if settings.TURN_URLS or at_home():
            yield good(about, "None is set, and none is needed.")
        else:
            yield look(
                about,
                "Neither STUN_URLS nor TURN_URLS is set: browsers connect within one "
                "network only.",
                "Run coturn (docs/deployment.md) and set TURN_URLS, TURN_SECRET and "
                "STUN_URLS.",
            )
    for url in settings.STUN_URLS:
        server = Server.parse(url)
        if server is None:
            yield _unreadable(about, url)
            continue
        try:
            seen = binding(server)
        except (OSError, ValueError) as fault:
            yield _silent(about, url, fault)
        else:
            yield good(about, f"{url} answers, and sees us as {seen}.")


def check_turn() -> Iterator[Finding]:
    about = "TURN"
    if not settings.TURN_URLS:
        if at_home():
            yield good(about, "None is set, which is right for one network.")
        else:
            yield look(
                about,
                "None is set: people behind strict networks will not connect.",
                "Run coturn (docs/deployment.md) and set TURN_URLS and TURN_SECRET.",
            )
        yield from _hiding_in_vain()
    servers = {url: Server.parse(url) for url in settings.TURN_URLS}
    known = {url: server for url, server in servers.items() if server is not None}
    found = dict(zip(known, asyncio.run(_try_all(list(known.values()))), strict=True))
    for url, server in servers.items():
        match found.get(url):
            case None:
                yield _unreadable(about, url)
            case stun.TransactionFailed() as fault:
                yield _refused(about, url, fault)
            case Relaying() as relaying:
                assert server is not None
                yield from _judged(about, url, server, relaying)
            case fault:
                yield _silent(about, url, fault)


def _hiding_in_vain() -> Iterator[Finding]:
    """Rooms that hide network addresses, where nothing can."""
    try:
        count = Room.objects.filter(relay_only=True).count()
    except DatabaseError:
        return  # Of which another check has told.
    if count:
        rooms = "1 room hides" if count == 1 else f"{count} rooms hide"
        yield bad(
            "TURN",
            f"{rooms} network addresses, and nobody in there sees or hears anybody.",
            "Set TURN_URLS and TURN_SECRET again, or have the owners change it.",
        )


def check_admin() -> Iterator[Finding]:
    """Whether coturn takes our orders, if it is to."""
    if settings.TURN_ADMIN is None:
        return
    about = "TURN_ADMIN"
    host, port = settings.TURN_ADMIN
    try:
        asyncio.run(_try_admin(host, port))
    except AdminAway as fault:
        yield bad(
            about,
            f"coturn does not end anything at our word: {fault}.",
            "Set cli-ip, cli-port and cli-password in turnserver.conf, without no-cli, "
            "as docs/deployment.md says.",
        )
    else:
        yield good(about, "coturn ends what people have there who were sent away.")
    if not _is_here(host):
        yield look(
            about,
            f"{host} is another machine, and nothing on that line is encrypted.",
            "Have coturn take orders at 127.0.0.1, or lead there through a tunnel.",
        )


async def _try_admin(host: str, port: int) -> None:
    async with admin_at(host, port, settings.TURN_ADMIN_PASSWORD) as admin:
        await admin.sessions(name_of("doctor", 0))


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _try_all(servers: list[Server]) -> list[Relaying | Exception]:
    async def one(server: Server) -> Relaying | Exception:
        try:
            return await try_relay(server, SECONDS)
        except (OSError, ValueError, stun.TransactionError) as fault:
            return fault

    return list(await asyncio.gather(*map(one, servers)))


def binding(server: Server) -> str:
    """Our own address as the server sees it; raises OSError, ValueError."""
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    if server.tcp:
        data = _by_stream(server, bytes(request))
    else:
        data = _by_datagram(server, bytes(request))
    answer = stun.parse_message(data)
    if answer.transaction_id != request.transaction_id:
        raise ValueError("it answered something else")
    seen: tuple[str, int] = answer.attributes["XOR-MAPPED-ADDRESS"]
    return seen[0]


def _by_datagram(server: Server, request: bytes) -> bytes:
    kind = socket.SOCK_DGRAM
    family, *_, place = socket.getaddrinfo(server.host, server.port, type=kind)[0]
    with socket.socket(family, kind) as line:
        line.settimeout(SECONDS / TRIES)
        line.connect(place)
        for _ in range(TRIES):
            line.send(request)
            try:
                return line.recv(2048)
            except TimeoutError:
                continue
    raise TimeoutError


def _by_stream(server: Server, request: bytes) -> bytes:
    with socket.create_connection((server.host, server.port), SECONDS) as line:
        if server.tls:
            trusting = ssl.create_default_context()
            with trusting.wrap_socket(line, server_hostname=server.host) as secure:
                secure.sendall(request)
                return secure.recv(2048)
        line.sendall(request)
        return line.recv(2048)


def _judged(about: str, url: str, server: Server, it: Relaying) -> Iterator[Finding]:
    place = socket.getaddrinfo(server.host, server.port)[0][4][0]
    public = ip_address(str(place).partition("%")[0]).is_global
    relayed = ip_address(it.relayed)
    loopback = relayed.is_loopback and not at_home()
    if loopback or (public and not relayed.is_global):
        yield bad(
            about,
            f"{url} relays at {relayed}, which nobody outside reaches.",
            "Set external-ip=<public address> in turnserver.conf; behind NAT "
            "external-ip=<public>/<private>.",
        )
    elif not it.meets_itself:
        yield bad(
            about,
            f"{url} takes our credentials, but what one relay sends does not reach "
            "another: two people who both need it do not meet.",
            "Let UDP in at the ports it relays at (min-port to max-port), also from "
            "the machine itself; behind NAT set external-ip=<public>/<private>.",
        )
    else:
        yield good(about, f"{url} takes our credentials and relays at {relayed}.")
    if it.inside and not at_home():
        yield bad(
            about,
            f"{url} leads strangers to {', '.join(it.inside)}: into your own network.",
            "The denied-peer-ip lines of deploy/turnserver.conf keep them out.",
        )


def _refused(about: str, url: str, fault: stun.TransactionFailed) -> Finding:
    code = fault.response.error_code
    if code in REFUSED:
        return bad(
            about,
            f"{url} refuses our credentials ({code}).",
            "It has another secret than TURN_SECRET: `manage.py relay_secret` tells it "
            "(docs/deployment.md). Or the clocks are more than five minutes apart.",
        )
    return bad(
        about,
        f"{url} refuses to relay ({code}).",
        "Its log says why: coturn's quotas and ports (min-port, max-port), usually.",
    )


def _silent(about: str, url: str, fault: Exception) -> Finding:
    do = (
        "Is it running, and do firewall and router let its port in, for UDP and TCP, "
        "and the ports it relays at?"
    )
    match fault:
        case socket.gaierror():
            why = "its name is not known"
            do = "Give it an address in the DNS, or write another name."
        case ssl.SSLCertVerificationError():
            why = f"its certificate is not trusted: {fault.verify_message}"
            do = (
                "Browsers will not use it either. cert= and pkey= of turnserver.conf "
                "need one for this very name; coturn reads it when it starts."
            )
        case ssl.SSLError():
            why = "it speaks no TLS there"
            do = "Set tls-listening-port=, cert= and pkey= in turnserver.conf."
        case ConnectionRefusedError():
            why = "nothing listens there"
        case TimeoutError() | stun.TransactionTimeout():
            why = "there was no answer"
        case _:
            why = str(fault) or type(fault).__name__
    return bad(about, f"{url} cannot be used: {why}.", do)


def _unreadable(about: str, url: str) -> Finding:
    return bad(
        about,
        f"{url} is no address that browsers take.",
        "Write turn:host:port, with ?transport=tcp where needed; nothing more.",
    )

"""Do STUN and TURN servers do for us what browsers will ask of them?

A real binding request (RFC 8489) and a real allocation (RFC 8656), which is given back
at once, with the short-lived credentials that people in calls get.
"""

import asyncio
import re
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

from aioice import stun, turn
from django.conf import settings

from rooms.ice import ice_servers

from . import Finding, at_home, bad, good, look

URL = re.compile(
    r"(?P<scheme>stuns?|turns?):(?P<host>\[[0-9a-fA-F:.]+\]|[^:?/\[\]]+)"
    r"(?::(?P<port>\d{1,5}))?(?:\?transport=(?P<transport>udp|tcp))?"
)
PORTS = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}
SECONDS = 5.0
TRIES = 3
REFUSED = {400, 401, 431, 441}
"""Error codes that speak of the credentials (RFC 8489, 14.8; RFC 8656, 19)."""


@dataclass(frozen=True, slots=True)
class Server:
    """One address of STUN_URLS or TURN_URLS (RFC 7064, RFC 7065)."""

    host: str
    port: int
    tls: bool
    tcp: bool

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
    for url in settings.TURN_URLS:
        server = Server.parse(url)
        if server is None:
            yield _unreadable(about, url)
            continue
        try:
            relayed = asyncio.run(allocation(server))
        except stun.TransactionFailed as fault:
            yield _refused(about, url, fault)
        except (OSError, ValueError, stun.TransactionError) as fault:
            yield _silent(about, url, fault)
        else:
            yield _judged(about, url, server, relayed)


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


async def allocation(server: Server) -> str:
    """The address at which the server would relay for us; given back at once."""
    username, password = _credentials()
    loop, place = asyncio.get_running_loop(), (server.host, server.port)
    lifetime = 60
    async with asyncio.timeout(SECONDS):
        client: turn.TurnClientUdpProtocol | turn.TurnClientTcpProtocol
        line: asyncio.BaseTransport
        if server.tcp:
            line, client = await loop.create_connection(
                lambda: turn.TurnClientTcpProtocol(
                    place, username, password, lifetime, lifetime
                ),
                *place,
                ssl=ssl.create_default_context() if server.tls else None,
            )
        else:
            line, client = await loop.create_datagram_endpoint(
                lambda: turn.TurnClientUdpProtocol(
                    place, username, password, lifetime, lifetime
                ),
                remote_addr=place,
            )
        try:
            relayed, _ = await client.connect()
            await client.delete()
        finally:
            line.close()
    return relayed


def _credentials() -> tuple[str, str]:
    turn_server = ice_servers("doctor", 0, time.time()).servers[-1]
    return str(turn_server["username"]), str(turn_server["credential"])


def _judged(about: str, url: str, server: Server, relayed: str) -> Finding:
    place = socket.getaddrinfo(server.host, server.port)[0][4][0]
    public = ip_address(str(place).partition("%")[0]).is_global
    loopback = ip_address(relayed).is_loopback and not at_home()
    if loopback or (public and not ip_address(relayed).is_global):
        return bad(
            about,
            f"{url} relays at {relayed}, which nobody outside reaches.",
            "Set external-ip=<public address> in turnserver.conf; behind NAT "
            "external-ip=<public>/<private>.",
        )
    return good(about, f"{url} takes our credentials and relays at {relayed}.")


def _refused(about: str, url: str, fault: stun.TransactionFailed) -> Finding:
    code = fault.response.error_code
    if code in REFUSED:
        return bad(
            about,
            f"{url} refuses our credentials ({code}).",
            "TURN_SECRET must be the static-auth-secret of turnserver.conf, which "
            "needs use-auth-secret; and both clocks must be right.",
        )
    return bad(
        about,
        f"{url} refuses to relay ({code}).",
        "Its log says why: coturn's quotas and ports (min-port, max-port), usually.",
    )


def _silent(about: str, url: str, fault: Exception) -> Finding:
    match fault:
        case socket.gaierror():
            why = "its name is not known"
        case ssl.SSLCertVerificationError():
            why = f"its certificate is not trusted: {fault.verify_message}"
        case ConnectionRefusedError():
            why = "nothing listens there"
        case TimeoutError() | stun.TransactionTimeout():
            why = "there was no answer"
        case _:
            why = str(fault) or type(fault).__name__
    return bad(
        about,
        f"{url} cannot be used: {why}.",
        "Is it running, and do firewall and router let its port in, for UDP and TCP "
        "(3478, 5349 and the ports it relays at)?",
    )


def _unreadable(about: str, url: str) -> Finding:
    return bad(
        about,
        f"{url} is no address that browsers take.",
        "Write turn:host:port, with ?transport=tcp where needed; nothing more.",
    )

"""`manage.py loadtest`: how many people this site's server bears."""

import asyncio
import resource
import signal
import socket
import ssl
from argparse import ArgumentParser, ArgumentTypeError
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conference.origin import site_origin
from conference.tls import store

from ...loadtest.line import Server
from ...loadtest.report import table
from ...loadtest.rooms import guest_of, rooms_for_a_while
from ...loadtest.run import Outcome, Plan, carry_out
from ...models.room import FEWEST_PEOPLE, MOST_PEOPLE

NEAR = [
    ip_network(each)
    for each in (
        *("127.0.0.0/8", "::1/128"),
        # RFC 1918, RFC 6598, RFC 4193, and addresses of one link.
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
        *("fc00::/7", "169.254.0.0/16", "fe80::/10"),
    )
]
"""This machine, and networks that no stranger's server is on."""

MOST_A_PERSON = 40
"""Messages each second: the server lets nobody send more for long."""


def within(low: float, high: float, kind: type[int] | type[float] = int) -> Any:
    def read(text: str) -> float:
        value = kind(text)
        if not low <= value <= high:
            raise ArgumentTypeError(f"must be from {low:g} to {high:g}")
        return value

    return read


class Command(BaseCommand):
    help = (
        "Let many people meet on a server that runs, and say what they saw. Rooms are "
        "made for it, and deleted afterwards. Ends with 1 if anything was lost."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        few = within(FEWEST_PEOPLE, MOST_PEOPLE)
        parser.add_argument("--rooms", type=within(1, 10_000), default=10)
        parser.add_argument("--people", type=few, default=4, help="in each room")
        parser.add_argument(
            "--seconds",
            type=within(1, 86_400, float),
            default=10.0,
            help="how long they talk, once all are inside (default: %(default)g)",
        )
        parser.add_argument(
            "--rate",
            type=within(0, 100_000, float),
            default=100.0,
            help="messages each second, of all together (default: %(default)g)",
        )
        parser.add_argument(
            "--joins",
            type=within(0.1, 10_000, float),
            default=50.0,
            help="people who come each second (default: %(default)g)",
        )
        parser.add_argument(
            "--settle",
            type=within(1, 3600, float),
            default=30.0,
            help="seconds for the last to come in (default: %(default)g)",
        )
        parser.add_argument(
            "--url",
            action="append",
            help="where the server is reached, if not where BIND and PORT say; several "
            "share the people",
        )
        parser.add_argument(
            "--yes",
            action="store_true",
            help="also where the address of --url is a public one",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        people = options["rooms"] * options["people"]
        if options["rate"] > people * MOST_A_PERSON:
            raise CommandError(
                f"--rate: {people} people may send {people * MOST_A_PERSON} messages "
                "a second and no more."
            )
        urls = options["url"] or [own_url()]
        servers = [self.server(url, options["yes"]) for url in urls]
        plan = Plan(
            options["seconds"], options["rate"], options["joins"], options["settle"]
        )
        outcome = Outcome(people)
        allow_files(people)
        # Whoever ends it, it takes its rooms along.
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        try:
            with rooms_for_a_while(options["rooms"], options["people"]) as rooms:
                # One of each room after the other, so that all rooms fill at once.
                guests = [
                    guest_of(room, f"Guest {number}")
                    for number in range(1, options["people"] + 1)
                    for room in rooms
                ]
                asyncio.run(carry_out(plan, servers, guests, outcome))
        except KeyboardInterrupt:
            raise CommandError("Stopped. Its rooms are deleted.") from None
        self.stdout.write(table(outcome))
        if not outcome.sound:
            raise SystemExit(1)

    def server(self, url: str, yes: bool) -> Server:
        try:
            site_origin(url)
        except ValueError as fault:
            raise CommandError(f"--url {url}: {fault}") from fault
        server = Server(url, settings.SITE_URL, trust() if settings.LAN else None)
        if not yes and not is_near(server):
            raise CommandError(
                f"{server.host} is not on a network of your own: --yes says that the "
                "server there is yours as well."
            )
        return server


def own_url() -> str:
    """Where the server of these settings listens."""
    if settings.LAN:
        return str(settings.SITE_URL)
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.BIND, settings.BIND)
    return f"http://{host}:{settings.PORT}"


def trust() -> ssl.SSLContext:
    """The authority that certified this machine's own network."""
    return ssl.create_default_context(cafile=str(store().public))


def is_near(server: Server) -> bool:
    """Whether all addresses of the server are of this machine or a private network."""
    try:
        found = socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except OSError as fault:
        raise CommandError(f"{server.host} is not known: {fault}") from fault
    addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    return all(any(each in network for network in NEAR) for each in addresses)


def allow_files(people: int) -> None:
    """A socket is a file: so many are needed, and some."""
    wanted = people + 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise CommandError(f"Only {hard} files may be open; {wanted} are needed.")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

"""Two processes behind the proxies of deploy/: each room meets in one of them."""

from __future__ import annotations

import asyncio
import contextlib
import http.cookiejar
import json
import re
import secrets
import signal
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from rooms.loadtest.client import Client, Guest
from rooms.loadtest.line import Server
from tests.proxy import caddy, nginx
from tests.servers import Parley, folder_for, free_port, listens, redis_server

SECONDS = 40
ROOMS = 16
PEOPLE = 3
TOKEN = "what-only-prometheus-and-this-test-know"
INSIDE = ("/metrics", "/healthz", "/readyz")


@dataclass(frozen=True)
class Site:
    """A proxy and the two processes behind it."""

    url: str
    trust: ssl.SSLContext | None
    processes: tuple[Parley, Parley]

    @property
    def server(self) -> Server:
        return Server(self.url, self.url, self.trust)

    def ask(self, path: str) -> tuple[int, str]:
        """Status and body of what the proxy answers."""
        address = f"{self.url}{path}"
        try:
            with urllib.request.urlopen(  # noqa: S310 # the proxy's own
                address, timeout=SECONDS, context=self.trust
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()


@contextlib.contextmanager
def two_processes(url: str) -> Iterator[tuple[Parley, Parley]]:
    """With one database and one Redis, for a site at this address."""
    with redis_server() as redis, folder_for("many") as folder:
        first = Parley(
            folder, TRUSTED_PROXIES="1", REDIS_URL=redis, METRICS_TOKEN=TOKEN
        )
        first.env["SITE_URL"] = url
        first.prepare()
        second = Parley(folder)
        second.env.update(first.env | {"PORT": str(second.port)})
        # Each with a log of its own.
        second.process.log = folder / "second.log"
        both = (first, second)
        try:
            for each in both:
                start(each)
            yield both
        finally:
            for each in both:
                each.end()


def start(process: Parley) -> None:
    process.process.start().wait_until(lambda: listens(process.port))


@contextlib.contextmanager
def behind_nginx() -> Iterator[Site]:
    with nginx() as proxy, two_processes(proxy.url) as both:
        second = {"#server 127.0.0.1:8001": f"server 127.0.0.1:{both[1].port}"}
        with proxy.serving(both[0].port, **second):
            trust = ssl.create_default_context(cafile=str(proxy.authority))
            yield Site(proxy.url, trust, both)


@contextlib.contextmanager
def behind_caddy() -> Iterator[Site]:
    port = free_port()
    with (
        two_processes(f"http://localhost:{port}") as both,
        caddy(port, *(each.port for each in both)) as url,
    ):
        yield Site(url, None, both)


PROXIES: Mapping[str, Callable[[], contextlib.AbstractContextManager[Site]]] = {
    "nginx": behind_nginx,
    "caddy": behind_caddy,
}


@pytest.fixture(scope="module", params=PROXIES)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with PROXIES[request.param]() as made:
        yield made


def sockets(process: Parley) -> int:
    """How many sockets it has, as it says to who has the token."""
    asked = urllib.request.Request(  # noqa: S310 # the process's own
        f"http://127.0.0.1:{process.port}/metrics",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
        found = re.search(rb"^parley_sockets (\S+)$", answer.read(), re.MULTILINE)
    assert found is not None
    return int(float(found[1]))


_MAKE_ROOMS = """
from accounts.models import User
from rooms.models import Room
owner = User.objects.create_user("owner-{0}@example.org", "seven green apples")
for number in range({1}):
    print(Room.objects.make(owner=owner, name=f"Room {{number}}").link)
"""


def links(site: Site, count: int) -> list[str]:
    """So many new rooms, by their links."""
    code = _MAKE_ROOMS.format(secrets.token_hex(4), count)
    made = site.processes[0].manage("shell", "-v", "0", "-c", code).split()
    assert len(made) == count
    return made


def visitor(site: Site, link: str, name: str) -> Guest:
    """A browser that was shown the room's page, through the proxy."""
    jar = http.cookiejar.CookieJar()
    handlers: list[urllib.request.BaseHandler] = [
        urllib.request.HTTPCookieProcessor(jar)
    ]
    if site.trust is not None:
        handlers.append(urllib.request.HTTPSHandler(context=site.trust))
    browser = urllib.request.build_opener(*handlers)

    def ticket() -> str:
        with browser.open(f"{site.url}/r/{link}/", timeout=SECONDS) as page:
            data = re.search(rb'id="call-data"[^>]*>(.*?)</script>', page.read())
        assert data is not None
        shown: str = json.loads(data[1])["ticket"]
        return shown

    first = [ticket()]
    cookies = "; ".join(f"{each.name}={each.value}" for each in jar)
    return Guest(link, name, cookies, lambda: first.pop() if first else ticket())


async def all_inside(clients: list[Client]) -> None:
    try:
        async with asyncio.timeout(SECONDS):
            for client in clients:
                await client.inside.wait()
    except TimeoutError:
        ends = {(client.code, client.refused_with) for client in clients}
        raise AssertionError(f"not all are inside; sockets ended with {ends}") from None


def test_each_room_meets_in_one_process_and_moves_when_that_is_killed(
    site: Site,
) -> None:
    rooms = [
        [visitor(site, link, str(number)) for number in range(PEOPLE)]
        for link in links(site, ROOMS)
    ]

    async def story() -> None:
        clients: list[Client] = []
        homes: list[int] = []
        for guests in rooms:
            before = [await asyncio.to_thread(sockets, each) for each in site.processes]
            these = [Client(site.server, guest) for guest in guests]
            for client in these:
                client.start()
            clients += these
            await all_inside(these)
            after = [await asyncio.to_thread(sockets, each) for each in site.processes]
            came = [now - then for now, then in zip(after, before, strict=True)]
            assert sorted(came) == [0, PEOPLE], "all of one room in one process"
            homes.append(came.index(PEOPLE))
        assert set(homes) == {0, 1}, "both processes have rooms"

        seats = [client.seat for client in clients]
        first, second = site.processes
        stayed = [
            client
            for number, client in enumerate(clients)
            if homes[number // PEOPLE] == 1
        ]
        await asyncio.to_thread(first.end, signal.SIGKILL)
        async with asyncio.timeout(SECONDS):
            while await asyncio.to_thread(sockets, second) < len(clients):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await all_inside(clients)
        assert [client.seat for client in clients] == seats
        assert {client.opened for client in stayed} == {1}, "nobody else noticed"
        assert all(site.ask(f"/r/{client.guest.link}/")[0] == 200 for client in clients)

        # It is back, and people who come now find its rooms there again.
        await asyncio.to_thread(start, first)
        newcomer = Client(site.server, rooms[homes.index(0)][0])
        async with asyncio.timeout(SECONDS):
            while await asyncio.to_thread(sockets, first) == 0:
                newcomer.start()
                await asyncio.sleep(0.1)
                newcomer.lose()
        for client in [*clients, newcomer]:
            client.vanish()
            await client.offline.wait()

    try:
        asyncio.run(story())
    finally:
        for each in site.processes:
            if not listens(each.port):
                start(each)


@pytest.mark.parametrize("path", INSIDE)
def test_what_is_for_within_stays_within(site: Site, path: str) -> None:
    asked = urllib.request.Request(  # noqa: S310 # the process's own
        f"http://127.0.0.1:{site.processes[0].port}{path}",
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
        assert answer.status == 200
    status, body = site.ask(path)
    assert status == 404
    assert "parley" not in body.lower()


def test_other_pages_are_shown_by_either(site: Site) -> None:
    assert {site.ask("/accounts/login/")[0] for _ in range(4)} == {200}

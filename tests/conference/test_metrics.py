"""`/metrics`: what it counts is so, it names nobody, and it is not for everybody."""

from __future__ import annotations

import asyncio
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from conference.metrics import Metrics
from rooms.loadtest.client import Client, Frame, Watch
from rooms.loadtest.ledger import Ledger
from rooms.loadtest.talk import Talk
from tests.rooms.signalling.faults.rough import Rough
from tests.rooms.signalling.neighbour import address_of, guest_of, room_on
from tests.servers import ROOT, Parley, folder_for

SECONDS = 40
TOKEN = "a-token-of-these-tests-only"  # noqa: S105 # opens nothing
PEOPLE = 3
OFFERS = 8
"""Of forty thousand characters: more than is answered for, less than is too much."""


# Whom it answers


def answer(
    *headers: tuple[bytes, bytes],
    peer: str = "127.0.0.1",
    host: bytes = b"127.0.0.1:8000",
    method: str = "GET",
    path: str = "/metrics",
) -> int:
    """The status of what is answered; 404 stands for the site behind it."""
    heard: list[dict[str, Any]] = []

    async def site(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})

    async def send(event: dict[str, Any]) -> None:
        heard.append(event)

    async def receive() -> Any:
        raise AssertionError("nobody waits for a body")

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "headers": [(b"host", host), *headers],
        "client": [peer, 50_000],
    }
    asyncio.run(Metrics(site)(scope, receive, send))
    status: int = heard[0]["status"]
    if status == 200:
        assert b"parley_sockets" in heard[1]["body"]
        assert (b"cache-control", b"no-store") in heard[0]["headers"]
    return status


def bearer(token: str) -> tuple[bytes, bytes]:
    return b"authorization", f"Bearer {token}".encode()


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "127.8.8.8", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", [b"localhost:8000", b"127.0.0.1", b"[::1]:8000"])
def test_without_a_token_this_machine_may_read_it(peer: str, host: bytes) -> None:
    assert answer(peer=peer, host=host) == 200


@pytest.mark.parametrize("peer", ["192.0.2.7", "10.0.0.1", "2001:db8::1", "", "x"])
def test_and_no_other_machine(peer: str) -> None:
    assert answer(peer=peer) == 404


@pytest.mark.parametrize(
    "name",
    [
        *("x-forwarded-for", "X-Forwarded-For", "forwarded", "via", "x-real-ip"),
        *("x-forwarded-proto", "x-forwarded-host"),
    ],
)
@pytest.mark.parametrize("proxies", [0, 1])
def test_nor_anybody_behind_a_proxy(
    settings: Settings, name: str, proxies: int
) -> None:
    """Whatever a proxy on this machine says of whom it speaks for, this machine too."""
    settings.TRUSTED_PROXIES = proxies
    assert answer((name.encode(), b"127.0.0.1")) == 404


def test_nor_anybody_where_a_proxy_may_say_nothing_of_itself(
    settings: Settings,
) -> None:
    assert answer() == 200
    settings.TRUSTED_PROXIES = 1
    assert answer() == 404
    settings.TRUSTED_PROXIES = 0
    settings.SITE_ORIGINS = ["https://call.example.org"]
    assert answer() == 404
    settings.METRICS_TOKEN = TOKEN
    assert answer(bearer(TOKEN)) == 200


@pytest.mark.parametrize("host", [b"call.example.org", b"rebound.example:8000", b"["])
def test_nor_a_page_that_gave_this_machine_another_name(host: bytes) -> None:
    assert answer(host=host) == 404


def test_with_a_token_whoever_has_it_may_read_it(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    far = {"peer": "192.0.2.7", "host": b"call.example.org"}
    assert answer(bearer(TOKEN), **far) == 200  # type: ignore[arg-type]
    for wrong in ("", TOKEN[:-1], TOKEN + "a", TOKEN.upper(), "é"):
        assert answer(bearer(wrong), **far) == 404  # type: ignore[arg-type]
    assert answer((b"authorization", TOKEN.encode()), **far) == 404  # type: ignore[arg-type]
    assert answer(bearer(TOKEN), bearer(TOKEN), **far) == 404  # type: ignore[arg-type]
    assert answer() == 404, "nor does this machine without it"


@pytest.mark.parametrize("method", ["POST", "HEAD", "PUT", "OPTIONS"])
def test_it_is_only_read(method: str) -> None:
    assert answer(method=method) == 404


@pytest.mark.parametrize("path", ["/metrics/", "/metricsx", "/", "/METRICS"])
def test_nothing_else_is_answered(path: str) -> None:
    assert answer(path=path) == 404


# What it says


@pytest.fixture(scope="module")
def server() -> Iterator[Parley]:
    with folder_for("metrics") as folder:
        server = Parley(folder)
        server.prepare()
        try:
            yield server.start()
        finally:
            server.end()


def scraped(server: Parley) -> str:
    address = f"http://127.0.0.1:{server.port}/metrics"
    with urllib.request.urlopen(address, timeout=SECONDS) as read:
        text: str = read.read().decode()
    return text


def values(text: str) -> dict[str, float]:
    """Every sample, as `name` or `name{label}`; the bounds of histograms left out."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = {k: v for k, v in sample.labels.items() if k != "le"}
            if "le" not in sample.labels:
                key = "".join(f"{{{value}}}" for value in labels.values())
                found[sample.name + key] = sample.value
    return found


class Noted(Watch):
    """Every word that a person says or hears."""

    def __init__(self, talk: Talk) -> None:
        self.talk = talk
        self.texts: set[str] = set()

    def heard(self, client: Client, frame: Frame) -> None:
        self.talk.heard(client, frame)
        if frame["type"] == "welcome":
            self.texts |= {frame["seat"], frame["resume"], frame["name"]}


def test_it_counts_what_happens_and_names_nobody(server: Parley) -> None:
    room = room_on(server, "Quarterly figures")
    link = room.rstrip("/").rpartition("/")[2]
    talk = Talk(Ledger())
    noted = Noted(talk)
    texts: list[str] = []

    async def story() -> None:
        people = [
            Client(address_of(server), guest_of(server, room, f"Person {n}"), noted)
            for n in range(PEOPLE)
        ]
        async with asyncio.timeout(SECONDS):
            for client in people:
                client.start()
                await client.inside.wait()
            while not (talk.settled and talk.ledger.sent == PEOPLE * 6):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            await seen(parley_sockets=PEOPLE, parley_seats=PEOPLE, parley_rooms=1)

            # One loses the line for good, one says what nobody understands.
            people[0].vanish()
            people[1].say(type="nothing")
            await seen(parley_sockets=PEOPLE - 1, parley_seats_away=1)
            await seen(**{"parley_dropped_total{bad-message}": 1})
            people[2].lose()
            await seen(**{"parley_resumes_total{kept}": 1})
            for client in people:
                client.leave()
                await client.offline.wait()
            await seen(parley_sockets=0)
            # The loop is asked every now and then.
            while not values(texts[-1])["parley_loop_lag_seconds_count"]:
                await asyncio.sleep(0.05)
                texts.append(await asyncio.to_thread(scraped, server))

    async def seen(**wanted: float) -> None:
        """Look until the numbers are these; time is kept by the story."""
        while True:
            texts.append(await asyncio.to_thread(scraped, server))
            found = values(texts[-1])
            if all(found.get(name) == value for name, value in wanted.items()):
                return
            await asyncio.sleep(0.02)

    asyncio.run(story())
    last = values(texts[-1])
    pairs = PEOPLE * (PEOPLE - 1) // 2
    assert last["parley_messages_total{offer}"] == pairs
    assert last["parley_messages_total{answer}"] == pairs
    assert last["parley_messages_total{candidates}"] == 4 * pairs
    assert last["parley_messages_total{hello}"] == PEOPLE + 1
    assert last["parley_relay_seconds_count"] == 6 * pairs
    assert 0 < last["parley_relay_seconds_sum"] < SECONDS
    assert last["process_cpu_seconds_total"] > 0

    everything = "\n".join(texts)
    secrets = {link, "Quarterly", "Person", *noted.texts}
    assert len(secrets) > PEOPLE
    assert not [each for each in secrets if each and each in everything]
    assert not re.search(r"\d+\.\d+\.\d+\.\d+", everything), "no address either"


def test_it_shows_how_far_behind_a_reader_is(server: Parley) -> None:
    sdp = "v=0\r\n" + "a=filler:" + "x" * 40_000 + "\r\n"
    room = room_on(server, "Far behind")
    with Rough(server, room, "Sender") as sender, Rough(server, room, "Slow") as slow:
        sender.join()
        slow.join()
        slow.stop_reading()
        for number in range(OFFERS):
            sender.say(type="offer", to=slow.seat, epoch=1, number=number, sdp=sdp)
        # What it said before has been handed on once it is answered itself.
        list(sender.rest())
        found = values(scraped(server))
        assert found["parley_unheard_characters_largest"] > OFFERS * len(sdp)
        assert (
            found["parley_unheard_characters"]
            > found["parley_unheard_characters_largest"]
        ), "others have not heard all either"

        slow.read_on()
        for _ in range(OFFERS):
            slow.hears("peer-offer")
        list(slow.rest())
        found = values(scraped(server))
        assert found["parley_unheard_characters_largest"] < len(sdp)
        assert not found.get("parley_dropped_total{slow-reader}")


def test_the_page_tells_of_metrics_that_there_are(server: Parley) -> None:
    page = (ROOT / "docs/deployment.md").read_text()
    told = set(re.findall(r"`((?:parley|process)_[a-z_]+)`", page))
    assert len(told) > 15
    found = {
        name
        for family in text_string_to_metric_families(scraped(server))
        # A counter without a count yet shows its name alone.
        for name in (family.name, f"{family.name}_total")
    }
    # What there is among several processes only is shown by the part that makes them.
    among = (ROOT / "rooms/signalling/cluster/over_redis.py").read_text()
    for name in told - found:
        assert f'"{name.removeprefix("parley_")}"' in among, name


def test_behind_a_name_it_is_the_sites_own_page_of_what_is_not(server: Parley) -> None:
    passed_on = urllib.request.Request(
        f"http://127.0.0.1:{server.port}/metrics", headers={"Via": "1.1 proxy"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(passed_on, timeout=SECONDS)
    assert refused.value.code == 404
    assert b"parley_" not in refused.value.read()

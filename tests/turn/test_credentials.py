"""Who gets a relay, for how long, and how many of them."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from threading import Thread

import pytest
from pytest_django import Settings

from conference.turn.database import keep_secret
from rooms.ice import LIFETIME_SECONDS, ice_servers
from tests.servers import ROOT
from tests.turn.asking import asked
from tests.turn.client import Refused
from tests.turn.conftest import Relay, relay_in
from tests.turn.space import Space

FIVE_MINUTES = 300


def refusal(relay: Relay, credentials: tuple[str, str], *, tcp: bool = False) -> int:
    """The code with which an allocation is refused; 0: it is made, and given back."""
    return relay.space.run(asked(relay.client(credentials, tcp=tcp)))


@pytest.mark.parametrize("tcp", [False, True])
def test_whose_time_is_over_gets_none(relay: Relay, tcp: bool) -> None:
    assert refusal(relay, relay.credentials(), tcp=tcp) == 0
    # Its clock counts whole seconds, and may be one behind.
    assert refusal(relay, relay.credentials(seconds=-3), tcp=tcp) == 401


def test_nobody_gets_one_by_a_guess_or_by_another_name(relay: Relay) -> None:
    username, password = relay.credentials()
    expiry, room, person = username.split(":")
    assert refusal(relay, (username, password[::-1])) == 401
    assert refusal(relay, (f"{expiry}:{room}:other", password)) == 401
    assert refusal(relay, (f"{expiry}:8:{person}", password)) == 401
    assert refusal(relay, (f"{int(expiry) + 600}:{room}:{person}", password)) == 401


@pytest.fixture
def known(settings: Settings, relay: Relay) -> Relay:
    settings.TURN_URLS = [f"turn:{relay.place[0]}:{relay.place[1]}"]
    settings.TURN_SECRET = relay.secret
    return relay


def given(now: float) -> tuple[str, str]:
    """What Parley gives somebody when its own clock says so."""
    server = ice_servers("g:somebody", 7, now).servers[-1]
    return str(server["username"]), str(server["credential"])


def test_what_parley_gives_is_taken(known: Relay) -> None:
    assert refusal(known, given(time.time())) == 0


@pytest.mark.parametrize("ahead", [-FIVE_MINUTES, FIVE_MINUTES])
def test_clocks_may_be_five_minutes_apart(known: Relay, ahead: int) -> None:
    """From the first moment to the last in which a page uses its credentials."""
    assert refusal(known, given(time.time() + ahead)) == 0
    last = time.time() + ahead - LIFETIME_SECONDS + 5
    assert refusal(known, given(last)) == 0


def test_they_end_even_so(known: Relay) -> None:
    long_ago = time.time() - LIFETIME_SECONDS - 2 * FIVE_MINUTES
    assert refusal(known, given(long_ago)) == 401


def option(name: str) -> int:
    text = (ROOT / "deploy/turnserver.conf").read_text()
    (line,) = [each for each in text.splitlines() if each.startswith(f"{name}=")]
    return int(line.partition("=")[2])


def test_one_person_gets_as_many_as_the_largest_call_takes(relay: Relay) -> None:
    """And no more, however often their credentials are renewed; others still do."""
    most = option("user-quota")

    async def ask() -> int:
        async with AsyncExitStack() as clients:
            for number in range(most):
                credentials = relay.credentials("7:greedy", seconds=600 + number)
                client = relay.client(credentials)
                await clients.enter_async_context(client)
                await client.allocate(lifetime=60)
            more = await clients.enter_async_context(
                relay.client(relay.credentials("7:greedy", seconds=1200))
            )
            with pytest.raises(Refused) as refused:
                await more.allocate()
            other = await clients.enter_async_context(
                relay.client(relay.credentials("7:modest"))
            )
            await other.allocate(lifetime=60)
            return refused.value.code

    assert relay.space.run(ask()) == 486


def test_the_first_to_come_are_not_refused_nor_while_a_secret_is_told(
    network: Space,
) -> None:
    """coturn keeps secrets in a file, and takes one that is locked for an empty one."""

    async def burst(relay: Relay) -> list[int]:
        clients = [relay.client(relay.credentials(f"7:{n}")) for n in range(40)]
        return await asyncio.gather(*map(asked, clients))

    with relay_in(network, address="11.6.6.6") as relay:
        telling = Thread(target=tell_often, args=(relay.database, relay.secret))
        telling.start()
        codes = network.run(burst(relay))
        telling.join()
    assert codes == [0] * 40


def tell_often(database: Path, secret: str) -> None:
    for number in range(10):
        keep_secret(database, f"another-{number}")
        keep_secret(database, secret, alone=True)


def test_nothing_else_listens(relay: Relay) -> None:
    """No command line, no administration, no second port."""
    told = relay.space.sockets()
    assert told == {("tcp", relay.place[1]), ("udp", relay.place[1])}


def test_neither_secret_nor_addresses_are_in_sight(relay: Relay) -> None:
    refusal(relay, relay.credentials())
    refusal(relay, relay.credentials(seconds=-1))
    line = Path(f"/proc/{relay.process.pid}/cmdline").read_bytes()
    assert relay.secret.encode() not in line
    assert relay.secret not in relay.process.words()
    words = relay.process.words().partition("Total General servers")[2]
    assert "Cannot find credentials" in words
    assert "127.0.0.1" not in words
    assert "remote" not in words

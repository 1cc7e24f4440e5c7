"""`make run TURN=1`: a relay for one run, and nothing of it afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from conference import lan
from conference.turn import own
from conference.turn.own import NoRelay, OwnRelay, relay_address
from tests.lan import lan_server, own_address
from tests.servers import Parley, environment, manage, parley_server, wait_until
from tests.turn.asking import refusal
from tests.turn.client import Client, Refused
from tests.turn.stun import timed_credentials

NEVER = 2**31 - 1
"""When credentials end that outlast any test, in seconds since 1970."""


def children(pid: int) -> list[int]:
    """The processes whose parent this one is."""
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in told.split()]


def command(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


def relay_of(server: Parley) -> int:
    """The pid of the one coturn that a server has started."""
    found = [
        pid
        for pid in children(server.process.pid)
        if command(pid)[0].endswith("turnserver")
    ]
    (pid,) = found
    return pid


def is_gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_the_run_however_that_ends(how: signal.Signals) -> None:
    with parley_server(TURN="1") as server:
        relay = relay_of(server)
        server.end(how)
        wait_until(lambda: is_gone(relay), "the relay ends")


def test_its_secret_is_told_to_nobody(tmp_path: Path) -> None:
    with running(tmp_path) as relay:
        assert relay._running is not None
        line = command(relay._running.pid)
        assert relay.secret not in str(line)
        assert relay.secret not in relay.log.read_text()
        place = (relay.address, relay.port)
        assert refusal(place, timed_credentials(relay.secret, NEVER, "7:a")) == 0
        assert refusal(place, timed_credentials("another", NEVER, "7:a")) == 401


@contextlib.contextmanager
def running(folder: Path, address: str = "127.0.0.1") -> Iterator[OwnRelay]:
    relay = OwnRelay(address, folder / "turn.log")
    relay.begin()
    try:
        yield relay
    finally:
        relay.end()


def test_it_takes_another_port_where_somebody_has_its_own(tmp_path: Path) -> None:
    with contextlib.ExitStack() as taken:
        holder = taken.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        # Held by somebody else just as well.
        with contextlib.suppress(OSError):
            holder.bind(("127.0.0.1", own.PORT))
        with running(tmp_path) as relay:
            assert relay.port != own.PORT
            assert relay.url == f"turn:127.0.0.1:{relay.port}"


def test_without_coturn_it_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(own, "PLACES", ())
    with pytest.raises(NoRelay, match="install coturn"):
        OwnRelay("127.0.0.1", tmp_path / "turn.log").begin()
    assert not (tmp_path / "turn.log").exists()


def test_a_coturn_that_does_not_start_says_where_to_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "turnserver"
    broken.write_text("#!/bin/sh\necho no such thing\nexit 1\n")
    broken.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(NoRelay, match=r"turn\.log says why"):
        OwnRelay("127.0.0.1", tmp_path / "turn.log").begin()
    assert (tmp_path / "turn.log").read_text() == "no such thing\n"


def test_it_is_said_at_the_start_that_both_cannot_be(tmp_path: Path) -> None:
    env = environment(tmp_path, 8000, TURN="1", TURN_URLS="turn:x", TURN_SECRET="y")
    with pytest.raises(RuntimeError, match="leave TURN_URLS out"):
        manage(env, "check")


def peers(relay: OwnRelay, *addresses: str) -> list[int]:
    """With which code each of these is refused as a peer; 0: it is let in."""

    async def ask() -> list[int]:
        credentials = timed_credentials(relay.secret, NEVER, "7:somebody")
        codes = []
        async with Client((relay.address, relay.port), credentials) as client:
            assert (await client.allocate())[0] == relay.address
            for address in addresses:
                try:
                    await client.permit(address)
                    codes.append(0)
                except Refused as refused:
                    codes.append(refused.code)
        return codes

    return asyncio.run(ask())


def test_alone_it_leads_to_this_machine_and_no_other(tmp_path: Path) -> None:
    assert relay_address(on_network=False) == "127.0.0.1"
    with running(tmp_path) as relay:
        told = peers(relay, "127.0.0.1", "10.255.0.1", "192.168.255.9", "169.254.1.1")
    assert told == [0, 403, 403, 403]


def test_on_a_network_it_leads_to_everybody_there(tmp_path: Path) -> None:
    """Phones too, and not into this machine or to other networks."""
    address = own_address()
    network = lan.network_of(address)
    assert network is not None
    beside = str(next(each for each in network if str(each) != address))
    assert relay_address(on_network=True) == address
    with running(tmp_path, address) as relay:
        told = peers(relay, address, beside, "127.0.0.1", "169.254.169.254")
    assert told == [0, 0, 403, 403]


def test_run_with_lan_names_it_by_the_address_that_phones_reach() -> None:
    with lan_server(TURN="1") as server:
        assert f"turn:{own_address()}:" in server.words()
        relay_of(server)

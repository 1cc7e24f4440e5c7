"""`manage.py loadtest` against real servers, sound ones and others."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from tests.servers import ROOT, Parley, parley_server, wait_until

from .astray import relay

SHORT = ("--rooms", "3", "--people", "3", "--seconds", "1", "--rate", "60")
SOON = ("--settle", "3")


@pytest.fixture(scope="module")
def server() -> Iterator[Parley]:
    with parley_server() as started:
        yield started


def rows(server: Parley, table: str) -> int:
    with sqlite3.connect(server.folder / "parley.sqlite3") as database:
        count: int = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
    database.close()
    return count


def nothing_is_left(server: Parley) -> bool:
    return not any(rows(server, each) for each in ("rooms_room", "accounts_user"))


def test_a_table_says_what_people_saw(server: Parley) -> None:
    table = server.manage("loadtest", *SHORT)
    for line in (
        r"sockets +9 of 9 opened",
        r"in the call +9 of 9",
        r"time to join +p50 [\d.]+ ms, p99 [\d.]+ ms, most [\d.]+ ms",
        # Three pairs in each of three rooms, six messages each.
        r"setting up +54 messages, p50 [\d.]+ ms",
        r"talk +[1-9]\d* messages in 1\.\d s, \d+/s",
        r"of all +\d+: 0 lost, 0 doubled, 0 misrouted, 0 reordered",
        r"errors +none",
        r"closed sockets +none",
        r"server +http://127\.0\.0\.1:\d+: \d+% of a core",
    ):
        assert re.search(f"^{line}", table, re.MULTILINE), (line, table)
    assert nothing_is_left(server)


@pytest.mark.parametrize(
    ("times", "words"),
    [(0, r"[1-9]\d* lost, 0 doubled"), (2, r"0 lost, [1-9]\d* doubled")],
    ids=["lost", "doubled"],
)
def test_what_goes_astray_is_found(server: Parley, times: int, words: str) -> None:
    seen = Counter[str]()

    def becomes(frame: str) -> list[str]:
        kind = "candidates" if '"type":"candidates"' in frame else "other"
        seen[kind] += 1
        return [frame] * (times if kind == "candidates" and seen[kind] == 5 else 1)

    with relay(server, becomes) as url, pytest.raises(RuntimeError) as failed:
        server.manage("loadtest", *SHORT, *SOON, "--url", url)
    assert re.search(words, str(failed.value)), failed.value
    assert nothing_is_left(server)


def test_two_addresses_share_the_people(server: Parley) -> None:
    came = Counter[str]()

    def counting(name: str) -> object:
        def becomes(frame: str) -> list[str]:
            came[name] += '"type":"hello"' in frame
            return [frame]

        return becomes

    with (
        relay(server, counting("one")) as one,  # type: ignore[arg-type]
        relay(server, counting("two")) as two,  # type: ignore[arg-type]
    ):
        server.manage("loadtest", *SHORT, "--url", one, "--url", two)
    assert came == {"one": 5, "two": 4}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_test_that_is_stopped_leaves_nothing(
    server: Parley, how: signal.Signals
) -> None:
    with subprocess.Popen(
        [
            *(sys.executable, str(ROOT / "manage.py"), "loadtest"),
            *("--rooms", "2", "--people", "2", "--seconds", "600"),
        ],
        cwd=ROOT,
        env=server.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as running:
        try:
            wait_until(lambda: seats(server) == 4, "all four sit")
            running.send_signal(how)
            said = running.communicate(timeout=20)[0]
        finally:
            running.kill()
    assert running.returncode == 1, said
    assert "Stopped" in said
    assert "Traceback" not in said
    assert nothing_is_left(server)
    wait_until(lambda: seats(server) == 0, "nobody sits")


def seats(server: Parley) -> float:
    address = f"http://127.0.0.1:{server.port}/metrics"
    with urllib.request.urlopen(address, timeout=10) as answer:
        found = re.search(rb"^parley_seats (\S+)$", answer.read(), re.MULTILINE)
    assert found is not None
    return float(found[1])


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--url", "http://198.51.100.9"], "is not on a network of your own"),
        (["--url", "ftp://127.0.0.1"], "must begin with http"),
        (["--url", "http://nowhere.invalid"], "is not known"),
        (["--rooms", "1", "--people", "2", "--rate", "1000"], "80 messages"),
        (["--people", "17"], "from 2 to 16"),
        (["--rooms", "1000000"], "from 1 to"),
    ],
)
def test_what_it_will_not_do(words: list[str], why: str) -> None:
    """Said before anything is made: this test may not even look at a database."""
    with pytest.raises(CommandError, match=why):
        call_command("loadtest", *words)


def test_a_server_that_is_not_there(server: Parley) -> None:
    """Nobody comes in, and that is a failure."""
    with pytest.raises(RuntimeError, match=r"sockets +0 of 4 opened"):
        server.manage(
            *("loadtest", "--rooms", "2", "--people", "2", "--settle", "1"),
            *("--seconds", "1", "--rate", "10", "--url", "http://127.0.0.1:9"),
        )
    assert nothing_is_left(server)

"""The lab is what it says: its NATs, lines and cuts, and that nothing of it stays."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.network.client import MOBILE, WIFI, Client
from tests.network.home import Nat
from tests.network.internet import on_bridge
from tests.network.lab import Lab, sweep
from tests.network.namespace import Namespace
from tests.servers import ROOT, Process, wait_until

PLACE = 15
HERE = str(on_bridge(PLACE).v4)
ONE, OTHER = 3000, 3001
MANY = 300
NATS: tuple[Nat, ...] = ("none", "cone", "symmetric")

# Says how it sees whoever wrote; "turn" is answered by the other of its ports.
MIRROR = f"""
import select, socket
own = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
for each, port in zip(own, ({ONE}, {OTHER})):
    each.bind(("", port))
while True:
    for each in select.select(own, [], [])[0]:
        said, peer = each.recvfrom(2048)
        voice = own[each is own[0]] if said == b"turn" else each
        voice.sendto(str(peer[1]).encode(), peer)
"""
# Says each word, and hears until all are answered or nothing has come for a second:
# [from, as seen there].
ASK = """
import json, socket, sys
host, pause, words = sys.argv[1], float(sys.argv[2]), json.load(sys.stdin)
own, heard = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), []
def hear(seconds):
    own.settimeout(seconds)
    try:
        seen, peer = own.recvfrom(2048)
        heard.append([peer[1], int(seen)])
        return True
    except TimeoutError:
        return False
for port, word in words:
    own.sendto(word.encode(), (host, port))
    hear(pause)
while len(heard) < len(words) and hear(1):
    pass
print(json.dumps(heard))
"""


def ask(
    client: Client, *words: tuple[int, str], pause: float = 0.02
) -> list[tuple[int, int]]:
    """Which ports of the mirror answered, and which they saw."""
    script = [sys.executable, "-c", ASK, HERE, str(pause)]
    said = client.host.run(*script, given=json.dumps(words))
    return [(port, seen) for port, seen in json.loads(said)]


@pytest.fixture(autouse=True)
def mirror(lab: Lab, tmp_path: Path) -> Iterator[None]:
    """Stands on the lab's internet."""
    with Namespace("mirror", lab.net.host) as host:
        lab.net.attach(host, PLACE, "eth0")
        process = Process(host.server(sys.executable, "-c", MIRROR), tmp_path).start()
        process.wait_until(lambda: f":{OTHER}" in host.run("ss", "-Huln"))
        yield
        process.end()
        lab.net.detach(PLACE)


@pytest.mark.parametrize(("nat", "ports"), [("cone", 1), ("symmetric", 2)])
def test_a_nat_shows_one_port_to_all_or_each_another(
    lab: Lab, nat: Nat, ports: int
) -> None:
    heard = ask(lab.client("a", nat=nat), (ONE, "a"), (OTHER, "a"))
    assert [port for port, _ in heard] == [ONE, OTHER]
    assert len({seen for _, seen in heard}) == ports


def test_who_was_not_written_to_is_let_in_only_without_a_nat(lab: Lab) -> None:
    words = ((ONE, "a"), (ONE, "turn"))
    heard = {
        nat: [port for port, _ in ask(lab.client(nat, nat=nat), *words)] for nat in NATS
    }
    assert heard == {"none": [ONE, OTHER], "cone": [ONE], "symmetric": [ONE]}


def test_as_much_is_lost_as_was_said(lab: Lab) -> None:
    client = lab.client("a")
    client.loss(0.2)
    heard = len(ask(client, *[(ONE, "a")] * MANY)) / MANY
    # There and back, each of which may lose it.
    spread = math.sqrt(0.64 * 0.36 / MANY)
    assert abs(heard - 0.64) < 5 * spread
    client.loss(0)
    assert len(ask(client, *[(ONE, "a")] * 50)) == 50


def test_no_more_goes_through_than_was_said(lab: Lab) -> None:
    client = lab.client("a")
    burst = [(ONE, "a" * 1000)] * MANY
    client.uplink("400kbit")
    narrow = len(ask(client, *burst, pause=0.0005))
    client.uplink("")
    assert 0 < narrow < MANY / 2
    assert len(ask(client, *burst, pause=0.0005)) > narrow


def test_two_are_cut_off_from_each_other_alone(lab: Lab) -> None:
    one, other = lab.client("a"), lab.client("b")
    one.cut(other)
    assert len(ask(one, (ONE, "a"))) == len(ask(other, (ONE, "a"))) == 1
    one.home.cut(HERE)
    assert not ask(one, (ONE, "a"))
    one.home.mend()
    assert len(ask(one, (ONE, "a"))) == 1


def test_who_roams_is_in_another_network(lab: Lab) -> None:
    client = lab.client("a")
    assert interfaces(client) == {WIFI}
    client.roam(lab.home("symmetric"))
    assert interfaces(client) == {MOBILE}
    assert len(ask(client, (ONE, "a"))) == 1
    client.unplug()
    assert "NO-CARRIER" in client.host.run("ip", "link", "show", MOBILE)
    client.plug()
    assert len(ask(client, (ONE, "a"))) == 1


def interfaces(client: Client) -> set[str]:
    """Those that have an address others can see."""
    said = client.host.run("ip", "-o", "addr", "show", "scope", "global")
    return {line.split()[1] for line in said.splitlines()}


OWNER = """
import subprocess, time
from tests.network.namespace import Namespace
with Namespace("ground") as ground, Namespace("host", ground) as host:
    words = host.server("sh", "-c", "echo up; exec sleep 600")
    server = subprocess.Popen(words, stdout=subprocess.PIPE)
    server.stdout.readline()
    print(ground.pid, host.pid, server.pid, flush=True)
    time.sleep(600)
"""


def test_nothing_stays_of_a_run_that_was_killed() -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    pids = [*map(int, owner.stdout.readline().split())]
    assert len(pids) == 3
    os.kill(owner.pid, signal.SIGKILL)
    owner.communicate()
    wait_until(lambda: not any(map(is_alive, pids)), "all of it has ended")


def test_folders_of_the_killed_are_swept_and_no_others() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = Path(tempfile.mkdtemp(prefix=f"parley-lab-{ended.pid}-"))
    own = Path(tempfile.mkdtemp(prefix=f"parley-lab-{os.getpid()}-"))
    sweep()
    assert not left.exists()
    own.rmdir()


def is_alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False

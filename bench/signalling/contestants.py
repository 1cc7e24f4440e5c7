"""The servers that are compared, each started and ended for every measurement."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.servers import (
    ROOT,
    Parley,
    Process,
    folder_for,
    free_port,
    listens,
    own_redis,
)

from .places import ROOM_PEOPLE

RELAYS = Path(__file__).parent / "relays"
SERVER_CORE = ["taskset", "--cpu-list", "0"]

Place = dict[str, str]


@dataclass
class Running:
    """A server that waits for its load; `places` makes so many places for people."""

    ports: list[int]
    groups: list[int]
    origin: str
    places: Callable[[int], dict[str, Any]]


@dataclass(frozen=True)
class Contestant:
    """`together`: its clients join candidates. `says` describes it in the table."""

    name: str
    speaker: str
    says: str
    start: Callable[[], contextlib.AbstractContextManager[Running]] = field(repr=False)
    together: bool = False


def anywhere(people: int) -> dict[str, Any]:
    """Places at servers that take anybody; their requests are as long as ours."""
    places: list[Place] = []
    for _ in range(people // ROOM_PEOPLE):
        link = secrets.token_hex(10)
        places += [
            {
                "link": link,
                "ticket": "",
                "cookie": f"guest={secrets.token_hex(16)}:{secrets.token_urlsafe(32)}",
                "instance": secrets.token_hex(16),
            }
            for _ in range(ROOM_PEOPLE)
        ]
    return {"places": places, "rates": {}}


@contextlib.contextmanager
def ended(*processes: Process) -> Iterator[None]:
    try:
        yield
    finally:
        for process in processes:
            process.end()


def pin(pid: int) -> None:
    """Let all threads of a running process share the servers' core."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {0})


@contextlib.contextmanager
def relay(program: str) -> Iterator[Running]:
    """A program of Node."""
    port = free_port()
    with folder_for("relay") as folder:
        command = [*SERVER_CORE, "node", str(RELAYS / program), str(port)]
        process = Process(command, folder)
        with ended(process):
            process.start().wait_until(lambda: listens(port))
            yield Running([port], [process.pid], f"http://localhost:{port}", anywhere)


@contextlib.contextmanager
def tutorial(processes: int = 1) -> Iterator[Running]:
    """The tutorial's consumer on daphne as it comes; several meet through Redis."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(folder_for("tutorial"))
        env = {"PATH": "/usr/bin:/bin", "PYTHONUNBUFFERED": "1"}
        groups: list[int] = []
        if processes > 1:
            redis = stack.enter_context(own_redis())
            pin(redis.process.pid)
            groups.append(redis.process.pid)
            env["LAYER"] = redis.url
        ports = [free_port() for _ in range(processes)]
        for port in ports:
            command = [
                *(*SERVER_CORE, sys.executable, "-m", "daphne", "--port", str(port)),
                *("--bind", "127.0.0.1", "bench.signalling.tutorial.asgi:application"),
            ]
            process = Process(command, folder, env)
            stack.enter_context(ended(process))
            process.start().wait_until(partial(listens, port))
            groups.append(process.pid)
        yield Running(ports, groups, f"http://localhost:{ports[0]}", anywhere)


@contextlib.contextmanager
def parley(processes: int = 1, **settings: str) -> Iterator[Running]:
    """`manage.py serve`, with its limits; several share one database and one Redis."""
    with contextlib.ExitStack() as stack:
        groups: list[int] = []
        if processes > 1:
            redis = stack.enter_context(own_redis())
            pin(redis.process.pid)
            groups.append(redis.process.pid)
            settings["REDIS_URL"] = redis.url
        servers: list[Parley] = []
        for _ in range(processes):
            folder = stack.enter_context(folder_for("bench"))
            server = Parley(folder, **settings)
            if servers:
                for shared in ("SECRET_KEY", "DATABASE_URL", "SITE_URL"):
                    server.env[shared] = servers[0].env[shared]
            server.prepare()
            server.process.command[:0] = SERVER_CORE
            stack.callback(server.end)
            server.start()
            servers.append(server)
        yield Running(
            ports=[server.port for server in servers],
            groups=groups + [server.process.pid for server in servers],
            origin=servers[0].env["SITE_URL"],
            places=lambda people: tickets(servers[0].env, people),
        )


def tickets(env: dict[str, str], people: int) -> dict[str, Any]:
    """Places at our own server, made as its page views make them."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.signalling.places", str(people)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"No places were made:\n{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


CONTESTANTS = {
    one.name: one
    for one in (
        Contestant("ws", "ws", "bare `ws` relay", lambda: relay("ws.js")),
        Contestant(
            "peerserver", "peerserver", "PeerServer", lambda: relay("peerserver.js")
        ),
        Contestant(
            "socketio", "socketio", "socket.io relay", lambda: relay("socketio.js")
        ),
        Contestant("tutorial", "tutorial", "tutorial Channels", tutorial),
        Contestant("parley", "parley", "Parley", parley, together=True),
        Contestant(
            "parley-plain",
            "parley",
            "Parley, FAST_SOCKETS=False",
            lambda: parley(FAST_SOCKETS="False"),
            together=True,
        ),
        Contestant(
            "tutorial-2",
            "tutorial",
            "tutorial Channels, 2 processes",
            lambda: tutorial(2),
        ),
        Contestant(
            "parley-2",
            "parley",
            "Parley, 2 processes",
            lambda: parley(2),
            together=True,
        ),
    )
}

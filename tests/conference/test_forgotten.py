"""Closed sockets leave nothing behind: not even for the collector to find.

In a process of its own, since the reactor has to be its first thread's.
"""

import subprocess
import sys

import pytest

from tests.servers import ROOT

COURSE = """
import gc, os, sys, threading, traceback
import daphne.server
import django
django.setup()
from websockets.sync.client import connect
from conference.asgi import application
from conference.bodies import BoundedRequest
from conference.server import Server
from conference.sockets import FrankSocket
from django.conf import settings
from rooms.signalling.consumer import CallConsumer
from rooms.signalling.gate import Gate
from tests.servers import free_port, wait_until

KINDS = (FrankSocket, BoundedRequest, CallConsumer, Gate)
ROUNDS, SOCKETS = 4, 10
settings.FAST_SOCKETS = sys.argv[1] == "fast"
port = free_port()


def alive():
    return sum(issubclass(type(each), KINDS) for each in gc.get_objects())


def visit(cut):
    socket = connect(
        f"ws://127.0.0.1:{port}/ws/rooms/aaaa-aaaa-aaaa-aaaa/",
        origin=settings.SITE_ORIGINS[0],
        compression=None,
    )
    socket.send('{"type": "ping", "heard": 0}')
    if cut:
        socket.socket.shutdown(2)
    else:
        socket.close()


def course():
    for cut in (False, True):
        visit(cut)
    wait_until(lambda: not server.connections, "the first have gone")
    gc.collect()
    gc.disable()
    before = alive()
    for round in range(ROUNDS):
        for number in range(SOCKETS):
            visit(number % 2)
        wait_until(lambda: not server.connections, "all have gone")
        wait_until(lambda: alive() <= before + 2, "and are forgotten")
    print("forgotten")


def guarded():
    try:
        course()
        code = 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


server = Server(
    application,
    "127.0.0.1",
    port,
    lambda: threading.Thread(target=guarded, daemon=True).start(),
)
server.run()
"""


@pytest.mark.parametrize("way", ["fast", "long"])
def test_sockets_that_are_closed_are_forgotten(way: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COURSE, way],
        cwd=ROOT,
        env={
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PATH": "/usr/bin:/bin",
        },
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.stdout.endswith("forgotten\n"), done.stdout + done.stderr

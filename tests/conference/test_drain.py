"""F7: `manage.py drain` and SIGTERM cut nobody off, and say when to come back.

That rooms keep their people while they move is proven in the cluster's tests.
"""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from conference.process import Plate, living
from rooms.signalling.crowd import JITTER_MS
from tests.asgi_servers import COMMANDS, other_server
from tests.conference.sockets import close_code, opened
from tests.lan import lan_server
from tests.rooms.signalling.neighbour import Neighbour
from tests.servers import (
    Parley,
    folder_for,
    listens,
    manage,
    parley_server,
    prepared_server,
    wait_until,
)

READY = b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"
ROOMS = ("aaaa-aaaa-aaaa-aaaa", "bbbb-bbbb-bbbb-bbbb", "cccc-cccc-cccc-cccc")


@pytest.fixture
def server() -> Iterator[Parley]:
    with parley_server() as started:
        yield started


@contextmanager
def another_process(server: Parley) -> Iterator[Parley]:
    """One more of the same site, with a folder and rooms of its own."""
    kept = {name: server.env[name] for name in ("SECRET_KEY", "DATABASE_URL")}
    with folder_for("another") as folder:
        other = Parley(folder, **kept)
        other.prepare()
        try:
            yield other.start()
        finally:
            other.end()


def in_room(server: Parley, room: str) -> ClientConnection:
    return connect(
        f"{server.url.replace('http', 'ws', 1)}/ws/rooms/{room}/",
        origin=Origin(server.url),
        ssl=server.trust,
    )


def last_words(socket: ClientConnection) -> tuple[dict[str, Any], int | None]:
    """What the socket was told last, and its close code."""
    return json.loads(socket.recv(timeout=20)), close_code(socket)


def told_to_drain(server: Parley, line: socket.socket) -> None:
    """Returns when it drains; asked on a line that is open, as a proxy's would be."""
    os.kill(server.process.pid, signal.SIGUSR1)

    def drains() -> bool:
        line.sendall(READY)
        answer = line.recv(4096)
        assert answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.1 503 ")), answer
        return b"draining" in answer

    wait_until(drains, "it says that it drains")


def upgrade(server: Parley, room: str) -> bytes:
    return (
        f"GET /ws/rooms/{room}/ HTTP/1.1\r\nHost: {server.host}\r\n"
        f"Origin: {server.url}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Sec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def ended(server: Parley) -> int:
    assert server.process.running is not None
    return server.process.running.wait(20)


def test_rooms_move_and_the_process_ends(server: Parley, soak: bool) -> None:
    with another_process(server) as other, Neighbour(other) as neighbour:
        rooms_move_and_the_process_ends(server)
        neighbour.goes_on()
    neighbour.verify(soak)
    assert neighbour.closes == [1000, 1000]


def rooms_move_and_the_process_ends(server: Parley) -> None:
    with ExitStack() as open_now, ThreadPoolExecutor(6) as pool:
        sockets = [open_now.enter_context(in_room(server, room)) for room in ROOMS * 2]
        os.kill(server.process.pid, signal.SIGUSR1)
        for told, code in pool.map(last_words, sockets):
            assert code == 1012
            assert told["type"] == "restarting"
            # The other process is there already.
            assert 0 <= told["after"] < JITTER_MS
    assert ended(server) == 0
    assert "Traceback" not in server.words()
    assert not list((server.folder / "processes").iterdir())


def test_a_process_that_drains_takes_nobody_and_says_so(server: Parley) -> None:
    with server.line() as line, ExitStack() as open_now:
        line.sendall(READY)
        assert line.recv(4096).startswith(b"HTTP/1.1 200 ")
        for room in ROOMS:
            open_now.enter_context(in_room(server, room))
        told_to_drain(server, line)
        wait_until(lambda: not listens(server.port), "the door closes")
    assert ended(server) == 0


def test_who_comes_through_an_open_line_is_sent_on(server: Parley) -> None:
    """A proxy keeps lines open: sockets may come although the door is closed."""
    with (
        server.line() as probe,
        server.line() as line,
        in_room(server, ROOMS[0]),
        in_room(server, ROOMS[2]),
    ):
        told_to_drain(server, probe)
        line.sendall(upgrade(server, ROOMS[1]))
        heard = b""
        # Up to a close frame with 1012, which this client does not answer.
        while not heard.endswith(b"\x88\x02\x03\xf4"):
            more = line.recv(4096)
            assert more, heard
            heard += more
    assert heard.startswith(b"HTTP/1.1 101 ")
    assert b'"restarting"' in heard
    assert ended(server) == 0


def test_it_waits_when_asked_to(server: Parley) -> None:
    said = server.manage("drain", "--wait")
    assert said.endswith("It has ended.\n")
    assert ended(server) == 0


def test_where_nobody_serves_it_says_so(server: Parley) -> None:
    server.end(signal.SIGKILL)
    # It left its file behind, and nobody holds it.
    assert len(list((server.folder / "processes").iterdir())) == 1
    with pytest.raises(RuntimeError, match=r"No process serves this site .* nothing"):
        server.manage("drain")
    assert not list((server.folder / "processes").iterdir())


def test_one_of_several_is_chosen(server: Parley) -> None:
    pid = server.process.pid
    with pytest.raises(RuntimeError, match=f"has pid 1; {pid} has"):
        server.manage("drain", "--pid", "1")
    assert listens(server.port)
    server.manage("drain", "--pid", str(pid))
    assert ended(server) == 0


def test_neither_redis_nor_the_database_is_asked(server: Parley) -> None:
    env = server.env | {
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    }
    assert "drains" in manage(env, "drain")
    assert ended(server) == 0


def test_who_does_not_go_is_not_waited_for(server: Parley) -> None:
    """A client that neither answers the close nor hangs up holds nothing up."""
    with server.line() as line:
        line.sendall(upgrade(server, ROOMS[0]))
        assert line.recv(4096).startswith(b"HTTP/1.1 101 ")
        os.kill(server.process.pid, signal.SIGUSR1)
        assert ended(server) == 0


@pytest.mark.parametrize("command", COMMANDS)
def test_other_servers_drain_as_well(command: str) -> None:
    with other_server(command) as server:
        (worker,) = (server.folder / "processes").iterdir()
        with opened(server) as door:
            os.kill(json.loads(worker.read_text())["pid"], signal.SIGUSR1)
            told, code = last_words(door)
        assert told["type"] == "restarting"
        assert code == 1012
        assert "Traceback" not in server.words()
        ended(server)


def test_sigterm_tells_when_to_come_back_also_over_tls(soak: bool) -> None:
    with lan_server() as server, ExitStack() as open_now:
        sockets = [open_now.enter_context(in_room(server, room)) for room in ROOMS]
        began = time.monotonic()
        server.process.end(signal.SIGTERM)
        if soak:
            assert time.monotonic() - began < 10
        for each in sockets:
            told, code = last_words(each)
            assert told["type"] == "restarting"
            assert code == 1012
        assert "Traceback" not in server.words()


def test_a_database_that_hangs_holds_nobody_up() -> None:
    """Whatever a thread waits for, the process is gone before it would be killed."""
    with socket.create_server(("127.0.0.1", 0)) as silent, prepared_server() as server:
        port = silent.getsockname()[1]
        server.env["DATABASE_URL"] = f"postgres://nobody@127.0.0.1:{port}/none"
        server.process.start().wait_until(lambda: listens(server.port))
        with in_room(server, ROOMS[0]) as door:
            os.kill(server.process.pid, signal.SIGTERM)
            told, code = last_words(door)
            assert (told["type"], code) == ("restarting", 1012)
        assert ended(server) == 1
        assert "takes too long" in server.words()


def test_a_second_signal_changes_nothing(server: Parley) -> None:
    with opened(server) as door:
        os.kill(server.process.pid, signal.SIGUSR1)
        os.kill(server.process.pid, signal.SIGUSR1)
        assert last_words(door)[1] == 1012
    assert ended(server) == 0
    assert server.words().count("Draining") == 1


class TestPlate:
    """The file by which a process is found."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path, settings: Any) -> None:
        settings.DATA_DIR = tmp_path

    def test_it_is_there_while_it_is_held(self) -> None:
        plate = Plate("127.0.0.1 port 1")
        assert living() == []
        plate.put_up()
        assert living() == [plate.serving]
        assert plate.serving.lives()
        plate.take_down()
        assert living() == []
        assert not plate.serving.file.exists()

    def test_what_a_dead_process_left_is_deleted(self) -> None:
        plate = Plate("")
        plate.put_up()
        kept = plate.serving.file.read_text()
        plate.take_down()
        plate.serving.file.write_text(kept)
        assert living() == []
        assert not plate.serving.file.exists()

    def test_a_folder_that_cannot_be_written_stops_nothing(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (tmp_path / "processes").write_text("no folder")
        plate = Plate("")
        plate.put_up()
        plate.take_down()
        assert "will not find this process" in caplog.text

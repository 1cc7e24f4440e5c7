"""How a socket writes, on servers that let it wait and on servers that do not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, cast
from unittest import mock

import pytest

from rooms.signalling import socket as sockets
from rooms.signalling.backlog import BACKLOG_CHARACTERS
from rooms.signalling.protocol import Close, ProtocolError
from rooms.signalling.socket import RESYNC, SocketConsumer

Event = dict[str, Any]
SECONDS = 10
BIG = "x" * 30_000
FILL = BACKLOG_CHARACTERS // len(BIG) + 1


class Listener(SocketConsumer):
    """Remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: list[int] = []
        self.caught_up = 0

    def resynced(self) -> None:
        self.caught_up += 1
        self.post("all anew")

    def gone(self, code: int) -> None:
        self.ends.append(code)


class Server:
    """An ASGI server with one client; `slow`: each send waits until it is let go."""

    def __init__(self, *, slow: bool) -> None:
        self.slow = slow
        self.fault: BaseException | None = None
        self.events: asyncio.Queue[Event] = asyncio.Queue()
        self.sent: list[Event] = []
        self.begun: list[Event] = []
        self._gates: list[asyncio.Future[None]] = []

    async def send(self, event: Any) -> None:
        self.begun.append(event)
        if self.slow and event["type"] != "websocket.accept":
            gate = asyncio.get_running_loop().create_future()
            self._gates.append(gate)
            await gate
        if self.fault is not None:
            raise self.fault
        self.sent.append(event)

    async def let_go(self) -> None:
        """Let what is being sent leave, and its sender take note."""
        gates, self._gates = self._gates, []
        for gate in gates:
            if not gate.done():
                gate.set_result(None)
        await turn()

    @property
    def texts(self) -> list[str]:
        return [event["text"] for event in self.sent if "text" in event]

    @property
    def code(self) -> int | None:
        codes = [e["code"] for e in self.sent if e["type"] == "websocket.close"]
        assert len(codes) < 2
        return codes[0] if codes else None


async def turn() -> None:
    """Let everybody who can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


@asynccontextmanager
async def opened(*, slow: bool = False) -> AsyncIterator[tuple[Listener, Server]]:
    server = Server(slow=slow)
    socket = Listener()
    server.events.put_nowait({"type": "websocket.connect"})
    life = asyncio.ensure_future(
        socket(
            cast(Any, {"type": "websocket"}), cast(Any, server.events.get), server.send
        )
    )
    try:
        await turn()
        yield socket, server
        server.slow = False
        server.events.put_nowait({"type": "websocket.disconnect", "code": 1001})
        async with asyncio.timeout(SECONDS):
            await life
        assert len(socket.ends) == 1
        assert socket not in sockets.open_sockets
        assert socket.waiting == 0
    finally:
        life.cancel()


def run(test: Callable[[], Awaitable[None]]) -> Callable[[], None]:
    def run_it() -> None:
        async def all_of_it() -> None:
            await test()
            await turn()
            mine = asyncio.current_task()
            assert [task for task in asyncio.all_tasks() if task is not mine] == []

        asyncio.run(all_of_it())

    run_it.__name__ = test.__name__
    return run_it


@run
async def test_a_frame_leaves_at_once_where_the_server_does_not_wait() -> None:
    async with opened() as (socket, server):
        tasks = len(asyncio.all_tasks())
        for number in range(100):
            socket.post(str(number))
        assert server.texts == [str(number) for number in range(100)]
        assert len(asyncio.all_tasks()) == tasks
        socket.close(4000)
        socket.post("late")
        assert (server.texts[-1], server.code) == ("99", 4000)


@run
async def test_frames_keep_their_order_where_the_server_waits() -> None:
    async with opened(slow=True) as (socket, server):
        for number in range(5):
            socket.post(str(number))
        socket.close(4000)
        assert (len(server.begun), socket.waiting) == (2, 4)
        for _ in range(6):
            assert server.code is None
            await server.let_go()
        assert server.code == 4000
        assert server.texts == [str(number) for number in range(5)]
        # And at once again where nothing waits: this one is closed.
        socket.post("late")
        assert server.texts[-1] == "4"


@run
async def test_after_a_wait_frames_leave_at_once_again() -> None:
    async with opened(slow=True) as (socket, server):
        socket.post("a")
        socket.post("b")
        server.slow = False
        await server.let_go()
        assert server.texts == ["a", "b"]
        socket.post("c")
        assert server.texts == ["a", "b", "c"]


@pytest.mark.parametrize("slow", [False, True])
@pytest.mark.parametrize(
    "fault", [RuntimeError("gone"), asyncio.CancelledError(), OSError()]
)
def test_a_server_that_cannot_write_harms_no_sender(
    fault: BaseException, slow: bool
) -> None:
    @run
    async def test() -> None:
        async with opened(slow=slow) as (socket, server):
            server.fault = fault
            socket.post("a")
            socket.post("b")
            await server.let_go()
            socket.post("c")
            socket.close(4000)
            await server.let_go()
            assert server.texts == []

    test()


@run
async def test_a_client_that_is_behind_is_told_to_resync_and_then_all_anew() -> None:
    async with opened() as (socket, server):
        for _ in range(FILL):
            socket.post(BIG)
        sent = len(server.texts)
        assert server.texts[-1] == RESYNC
        assert sum(map(len, server.texts)) <= BACKLOG_CHARACTERS + len(RESYNC)
        socket.post("missed")
        socket.heard(sent - 1)
        assert (len(server.texts), socket.caught_up) == (sent, 0)
        socket.heard(sent)
        assert (server.texts[sent:], socket.caught_up) == (["all anew"], 1)
        assert socket.unheard < 1000
        socket.post("more")
        socket.heard(sent + 2)
        assert (socket.caught_up, socket.close_code) == (1, None)


@run
async def test_what_waits_is_thrown_away_when_a_client_is_behind() -> None:
    async with opened(slow=True) as (socket, server):
        for _ in range(FILL):
            socket.post(BIG)
        # One is being sent, and the resync waits.
        assert (len(server.begun) - 1, socket.waiting) == (1, 1)
        with pytest.raises(ProtocolError):
            socket.heard(2)
        for _ in range(2):
            await server.let_go()
        assert server.texts == [BIG, RESYNC]
        socket.heard(2)
        server.slow = False
        assert socket.caught_up == 1
        await server.let_go()
        assert server.texts == [BIG, RESYNC, "all anew"]


@pytest.mark.parametrize("slow", [False, True])
def test_a_client_that_stays_behind_is_closed_and_costs_nothing(slow: bool) -> None:
    @run
    async def test() -> None:
        with mock.patch.object(sockets, "RESYNC_SECONDS", 0.0):
            async with opened(slow=slow) as (socket, server):
                for _ in range(FILL):
                    socket.post(BIG)
                code = socket.close_code
                await turn()
                assert (code, socket.close_code) == (None, Close.SLOW_READER)
                assert socket.waiting == 0
                if not slow:
                    assert server.code == Close.SLOW_READER
                with pytest.raises(ProtocolError):
                    socket.heard(10_000)
                assert socket.caught_up == 0

    test()


@run
async def test_a_server_that_cannot_close_is_left() -> None:
    with (
        mock.patch.object(sockets, "RESYNC_SECONDS", 0.0),
        mock.patch.object(sockets, "FAREWELL_SECONDS", 0.0),
        mock.patch.object(sockets, "LAST_WORDS_SECONDS", 0.0),
    ):
        async with opened(slow=True) as (socket, _server):
            for _ in range(FILL):
                socket.post(BIG)
            await turn()
            # Nothing was said of a disconnect, and yet it is over.
            assert socket.ends == [sockets.LOST]


@run
async def test_heard_at_the_last_moment_is_heard() -> None:
    async with opened() as (socket, server):
        for _ in range(FILL):
            socket.post(BIG)
        timer = socket._behind
        assert timer is not None
        assert not timer.cancelled()
        socket.heard(len(server.texts))
        assert timer.cancelled()


@run
async def test_pings_in_time_let_any_amount_through() -> None:
    async with opened() as (socket, server):
        unsaid = 0
        for _ in range(10_000):
            socket.post("x" * 1000)
            unsaid += 1000
            if unsaid > 64 * 1024:
                # The client answers for what came; two more lots are on their way.
                socket.heard(max(len(server.texts) - 2 * 64, 0))
                unsaid = 0
        assert len(server.texts) == 10_000
        assert RESYNC not in server.texts

"""The client comes back as a page does: at once, later and later, or as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from rooms.loadtest import client as module
from rooms.loadtest.client import FINAL, Client, Frame, Guest, Server, Watch
from rooms.signalling.protocol import Close
from tests.servers import free_port

SECONDS = 20
ROOM = {
    "name": "Friday",
    "limit": 8,
    "keepsChat": False,
    "relayOnly": False,
    "access": "anyone",
    "locked": False,
    "lobby": False,
    "forbidden": [],
}
GUEST = Guest("abcd", "Mira", "a=b", lambda: "ticket")
Answer = Callable[[ServerConnection, list[Frame]], Awaitable[None]]


def welcome(resume: str, *others: str) -> str:
    people = [{"seat": seat} for seat in others]
    frame = {"type": "welcome", "seat": "s1", "since": 5, "resume": resume}
    return json.dumps(frame | {"people": people, "partial": False, "room": ROOM})


class Notes(Watch):
    """When sockets were tried and how they ended."""

    def __init__(self) -> None:
        self.closes: list[int] = []

    def closed(self, client: Client, code: int) -> None:
        self.closes.append(code)


@asynccontextmanager
async def served(
    *answers: Answer,
) -> AsyncIterator[tuple[Client, Notes, list[list[Frame]]]]:
    """A client of a server that answers each socket with the next of these.

    The last answers all that follow. What was said on each is noted.
    """
    said: list[list[Frame]] = []

    async def serve_one(socket: ServerConnection) -> None:
        heard: list[Frame] = []
        said.append(heard)
        await answers[min(len(said), len(answers)) - 1](socket, heard)

    port, notes = free_port(), Notes()
    server = Server(f"http://127.0.0.1:{port}", "https://call.example.org")
    guest = Guest("abcd", "Mira", "a=b", lambda: f"ticket-{len(said)}")
    client = Client(server, guest, notes)
    async with serve(serve_one, "127.0.0.1", port), asyncio.timeout(SECONDS):
        try:
            yield client, notes, said
        finally:
            client.vanish()
            await client.offline.wait()


async def take(socket: ServerConnection, heard: list[Frame]) -> Frame:
    frame: Frame = json.loads(await socket.recv())
    heard.append(frame)
    return frame


async def let_in(socket: ServerConnection, heard: list[Frame]) -> None:
    """As far as the welcome; its token counts the sockets."""
    hello = await take(socket, heard)
    await socket.send(json.dumps({"type": "door", "room": ROOM}))
    while (await take(socket, heard))["type"] != "join":
        pass
    token = "resume-" + str(hello.get("resume") or hello["ticket"]).split("-")[1]
    await socket.send(welcome(token))


async def stay(socket: ServerConnection, heard: list[Frame]) -> None:
    await let_in(socket, heard)
    while True:
        await take(socket, heard)


def closing(code: int, *frames: Any) -> Answer:
    async def answer(socket: ServerConnection, heard: list[Frame]) -> None:
        await let_in(socket, heard)
        for frame in frames:
            await socket.send(json.dumps(frame))
        await socket.close(code)

    return answer


async def until(fact: Callable[[], object]) -> None:
    while not fact():  # noqa: ASYNC110 # of a client that lives in this loop
        await asyncio.sleep(0.01)


def test_it_says_hello_with_a_ticket_and_returns_with_what_it_was_given() -> None:
    async def story() -> None:
        async with served(closing(1011), stay) as (client, notes, said):
            client.start()
            await until(lambda: client.opened == 2 and client.inside.is_set())
            first, second = said[0][0], said[1][0]
            assert first["ticket"] == "ticket-1"
            assert second["resume"] == "resume-1"
            assert first["instance"] == second["instance"] == client.instance
            # Who was inside asks again at once, without waiting for the door.
            assert [frame["type"] for frame in said[1][:2]] == ["hello", "join"]
            assert notes.closes == [1011]

    asyncio.run(story())


def test_a_line_that_is_cut_counts_as_lost() -> None:
    async def story() -> None:
        async with served(stay) as (client, notes, _):
            client.start()
            await client.come_in(SECONDS)
            client.lose()
            await until(lambda: client.opened == 2 and client.inside.is_set())
            assert notes.closes == [1006]

    asyncio.run(story())


def test_it_comes_back_when_it_was_told_to() -> None:
    async def story() -> None:
        restarting = {"type": "restarting", "after": 700}
        async with served(closing(1012, restarting), stay) as (client, notes, _):
            client.start()
            await until(lambda: notes.closes)
            began = asyncio.get_running_loop().time()
            await until(client.inside.is_set)
            assert asyncio.get_running_loop().time() - began >= 0.6

    asyncio.run(story())


def test_it_waits_longer_and_longer_at_a_server_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []

    async def story() -> None:
        client = Client(Server("http://127.0.0.1:9", "http://x"), GUEST)
        later = Client._later

        def at_once(seconds: float, act: Callable[[], None]) -> asyncio.TimerHandle:
            if act != client.start:
                return later(client, seconds, act)
            waits.append(seconds)
            return later(client, 0.0, act)

        monkeypatch.setattr(client, "_later", at_once)
        client.start()
        async with asyncio.timeout(SECONDS):
            await until(lambda: len(waits) >= 1200)
        client.vanish()
        await client.offline.wait()
        assert client.opened == 0

    asyncio.run(story())
    assert waits[0] == 0.0
    assert all(0.5 <= wait <= 8.0 for wait in waits[1:])
    assert waits[1] <= 1.0
    assert max(waits) > 4.0
    assert len(set(waits[5:])) > 500, "jittered"


@pytest.mark.parametrize("code", sorted(FINAL))
def test_a_final_code_is_final(code: Close) -> None:
    async def story() -> None:
        async with served(closing(code)) as (client, notes, said):
            client.start()
            await client.over.wait()
            assert notes.closes == [code]
            assert len(said) == 1
            assert client.offline.is_set()

    asyncio.run(story())


def test_a_refused_token_is_followed_by_one_ticket() -> None:
    async def refuse(socket: ServerConnection, heard: list[Frame]) -> None:
        await take(socket, heard)
        await socket.close(Close.TICKET_REFUSED)

    async def story() -> None:
        async with served(closing(1011), refuse, refuse) as (client, notes, said):
            client.start()
            await client.over.wait()
            assert notes.closes == [1011, 4401, 4401]
            assert [set(heard[0]) & {"ticket", "resume"} for heard in said] == [
                {"ticket"},
                {"resume"},
                {"ticket"},
            ]

    asyncio.run(story())


def test_it_says_what_it_heard_at_once_after_a_lot_and_after_a_resync() -> None:
    much = {"type": "room-changed", "room": ROOM | {"name": "x" * 70_000}}
    resync = {"type": "resync"}

    async def tell(socket: ServerConnection, heard: list[Frame]) -> None:
        await let_in(socket, heard)
        for frame in (much, resync):
            await socket.send(json.dumps(frame))
            while (await take(socket, heard))["type"] != "ping":
                pass
        await stay(socket, heard)

    async def story() -> None:
        async with served(tell) as (client, _, said):
            client.start()
            await until(lambda: said and len(pings(said[0])) >= 2)
            # Door, welcome, the long one; and the resync.
            assert pings(said[0])[:2] == [3, 4]

    asyncio.run(story())


def pings(heard: list[Frame]) -> list[int]:
    return [frame["heard"] for frame in heard if frame["type"] == "ping"]


def test_it_leaves_a_server_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PING_SECONDS", 0.05)
    monkeypatch.setattr(module, "SILENCE_SECONDS", 0.2)

    async def story() -> None:
        async with served(stay) as (client, notes, said):
            client.start()
            await until(lambda: len(said) >= 2)
            assert notes.closes[0] == 1006
            assert pings(said[0]), "it asked before it left"

    asyncio.run(story())


def test_it_knows_who_else_is_there() -> None:
    async def tell(socket: ServerConnection, heard: list[Frame]) -> None:
        await let_in(socket, heard)
        for frame in (
            {"type": "peer-joined", "person": {"seat": "s2"}},
            {"type": "peer-joined", "person": {"seat": "s3"}},
            {"type": "peer-left", "seat": "s2", "reason": "left"},
        ):
            await socket.send(json.dumps(frame))
        await take(socket, heard)
        whole = json.loads(welcome("resume-2", "s4"))
        # Of a part of the room only: who is missing there is not gone.
        await socket.send(json.dumps(whole | {"partial": True}))
        await take(socket, heard)
        await socket.send(json.dumps(whole))
        await stay(socket, heard)

    async def story() -> None:
        async with served(tell) as (client, _, _):
            client.start()
            await until(lambda: set(client.people) == {"s3"})
            client.show(camera="off")
            await until(lambda: set(client.people) == {"s3", "s4"})
            client.show(camera="on")
            await until(lambda: set(client.people) == {"s4"})

    asyncio.run(story())

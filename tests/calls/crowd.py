"""Many people without browsers, in a process of their own.

`python -m tests.calls.crowd` runs in the environment of the server that they visit, for
they sign their own tickets. They come, say that they are there, and from then on answer
each line they are sent: `state` with what became of them, `lose` when all have lost
their sockets at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.servers import ROOT

COME_SECONDS = 120.0
TICK_SECONDS = 0.05
FILES = 16_384


class Crowd:
    """The test's end of such a process."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self.running = running
        self.came = self._read()

    def state(self) -> dict[str, Any]:
        """How many there are and are inside, in another seat, and lost sockets by code.

        Each question counts what was lost since the one before.
        """
        return self._ask("state")

    def lose(self) -> None:
        """All lose their sockets, without a word, and come back as pages do."""
        self._ask("lose")

    def _ask(self, question: str) -> dict[str, Any]:
        assert self.running.stdin is not None
        self.running.stdin.write(question + "\n")
        self.running.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self.running.stdout is not None
        line = self.running.stdout.readline()
        assert line, "the crowd has ended"
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextlib.contextmanager
def crowd(
    env: Mapping[str, str], urls: Sequence[str], people: int, *, rooms_of: int = 4
) -> Iterator[Crowd]:
    """So many people in calls; each room's at one of these addresses, in turn."""
    command = [sys.executable, "-m", "tests.calls.crowd"]
    with subprocess.Popen(
        [*command, str(people), str(rooms_of), *urls],
        cwd=ROOT,
        env={**env, "DJANGO_SETTINGS_MODULE": "conference.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield Crowd(running)
        finally:
            running.kill()


async def visit(people: int, rooms_of: int, urls: Sequence[str]) -> None:
    """Come with so many, and answer until nothing more is asked."""
    from asgiref.sync import sync_to_async
    from django.conf import settings

    from rooms.loadtest.client import Client, Frame, Server, Watch
    from rooms.loadtest.rooms import guest_of, rooms_for_a_while

    class Notes(Watch):
        """Who was given which seat first, and how sockets ended."""

        def __init__(self) -> None:
            self.seats: dict[Client, str] = {}
            self.closes: Counter[str] = Counter()

        def heard(self, client: Client, frame: Frame) -> None:
            if frame["type"] == "welcome":
                self.seats.setdefault(client, client.seat)

        def closed(self, client: Client, code: int) -> None:
            self.closes[str(client.refused_with or code)] += 1

    def come() -> list[Client]:
        return [
            Client(
                Server(urls[number % len(urls)], settings.SITE_URL),
                guest_of(room, f"Guest {place}"),
                notes,
            )
            for number, room in enumerate(rooms)
            for place in range(rooms_of)
        ][:people]

    def state() -> dict[str, Any]:
        closes, notes.closes = notes.closes, Counter()
        return {
            "people": len(clients),
            "inside": sum(client.inside.is_set() for client in clients),
            "moved": sum(notes.seats.get(each, "") != each.seat for each in clients),
            "over": sum(client.over.is_set() for client in clients),
            "closes": closes,
        }

    def answer(facts: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(facts) + "\n")
        sys.stdout.flush()

    notes = Notes()
    # The rooms stay: whoever asks ends this process and its database.
    made = rooms_for_a_while(-(-people // rooms_of), rooms_of)
    rooms = await sync_to_async(made.__enter__)()
    clients = await sync_to_async(come)()
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    async with asyncio.timeout(COME_SECONDS):
        for client in clients:
            client.start()
            # As fast as they are served: who comes too fast is a test of another kind.
            await client.inside.wait()
    answer(state())
    async for line in lines:
        if line.strip() == b"lose":
            for client in clients:
                client.lose()
        answer(state())


def main() -> None:
    import resource

    import django

    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard), hard))
    django.setup()
    people, rooms_of, *urls = sys.argv[1:]
    asyncio.run(visit(int(people), int(rooms_of), urls))


if __name__ == "__main__":
    main()

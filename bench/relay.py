"""The floor's server: two static files and one WebSocket that passes messages on.

`python -m bench.relay PORT` serves one room on 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from http import HTTPStatus
from pathlib import Path

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

FOLDER = Path(__file__).parent / "floor"
FILES = {
    "/": ("text/html; charset=utf-8", (FOLDER / "index.html").read_bytes()),
    "/floor.js": ("text/javascript", (FOLDER / "floor.js").read_bytes()),
}

inside: dict[int, ServerConnection] = {}
numbers = itertools.count(1)


def answer(connection: ServerConnection, request: Request) -> Response | None:
    """A file, or None where the WebSocket shall open."""
    if request.path == "/relay":
        return None
    if request.path not in FILES:
        return connection.respond(HTTPStatus.NOT_FOUND, "")
    kind, body = FILES[request.path]
    headers = Headers(
        {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Cache-Control": "max-age=600",
            "Connection": "close",
        }
    )
    return Response(HTTPStatus.OK, "OK", headers, body)


async def relay(connection: ServerConnection) -> None:
    """Number the newcomer, name the others to it, then pass messages by number."""
    number = next(numbers)
    try:
        async for text in connection:
            message = json.loads(text)
            if message["type"] == "join":
                welcome = {"type": "welcome", "people": list(inside)}
                inside[number] = connection
                await connection.send(json.dumps(welcome))
            elif (to := inside.get(message.pop("to"))) is not None:
                await to.send(json.dumps({**message, "from": number}))
    finally:
        inside.pop(number, None)
        for other in [*inside.values()]:
            await other.send(json.dumps({"type": "left", "from": number}))


async def main(port: int) -> None:
    async with serve(
        relay, "localhost", port, process_request=answer, compression=None
    ) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))

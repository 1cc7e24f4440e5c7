"""`/healthz` and `/readyz`, for whoever watches processes; answered before Django.

`/healthz` says that this process answers, and asks nothing else. `/readyz` says whether
it should be sent people: 503 with the reason where a part it stands on does not work.
Neither asks for a host, a scheme or a cookie.
"""

import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from .asgi_types import Application, Receive, Scope, Send
from .headers import BARE
from .readiness import Part, Readiness

ALIVE = "/healthz"
READY = "/readyz"
HEADERS = [
    (b"content-type", b"application/json"),
    (b"cache-control", b"no-store"),
    *((name.lower().encode(), value.encode()) for name, value in BARE.items()),
]
METHODS = (b"allow", b"GET, HEAD")


class Health:
    """Answers those two paths, and passes every other request on."""

    def __init__(self, app: Application, readiness: Readiness) -> None:
        self.app = app
        answers: dict[str, Callable[[], Awaitable[dict[str, Part]]]]
        answers = {ALIVE: _nothing, READY: readiness.parts}
        self.answers = answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ask = self.answers.get(scope["path"])
        if ask is None:
            await self.app(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await _answer(send, HTTPStatus.METHOD_NOT_ALLOWED, b"", METHODS)
        else:
            parts = await ask()
            ok = all(part.ok for part in parts.values())
            told = {name: part.told() for name, part in parts.items()}
            body = json.dumps({"ok": ok, "parts": told} if told else {"ok": ok}) + "\n"
            status = HTTPStatus.OK if ok else HTTPStatus.SERVICE_UNAVAILABLE
            seen = b"" if scope["method"] == "HEAD" else body.encode()
            length = (b"content-length", str(len(body.encode())).encode())
            await _answer(send, status, seen, length)


async def _answer(
    send: Send, status: HTTPStatus, body: bytes, *more: tuple[bytes, bytes]
) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": int(status),
            "headers": [*HEADERS, *more],
            "trailers": False,
        }
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _nothing() -> dict[str, Part]:
    return {}

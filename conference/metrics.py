"""`/metrics`, for Prometheus, answered before Django: no thread, no middleware.

Whoever may not read it finds nothing there: the site's own page of what is not.
"""

import hmac

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST

from rooms.signalling.exposition import text

from .asgi_types import Application, Receive, Scope, Send
from .client import came_straight
from .headers import BARE
from .origin import is_local

PATH = "/metrics"
HEADERS = [
    (b"content-type", CONTENT_TYPE_LATEST.encode()),
    (b"cache-control", b"no-store"),
    *((name.lower().encode(), value.encode()) for name, value in BARE.items()),
]


class Metrics:
    """Tells those with METRICS_TOKEN; without one, programs of this machine."""

    def __init__(self, app: Application) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["path"] == PATH and scope["method"] == "GET"
        if not asked or not may_read(scope):
            await self.app(scope, receive, send)
            return
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": HEADERS,
                "trailers": False,
            }
        )
        await send({"type": "http.response.body", "body": text(), "more_body": False})


def may_read(scope: Scope) -> bool:
    """Whether this request has the token, or needs none.

    None, where nothing but this machine comes in: a proxy that says of nobody for whom
    it speaks cannot be told from a program of this machine.
    """
    if not settings.METRICS_TOKEN:
        alone = not settings.TRUSTED_PROXIES and is_local(settings.SITE_ORIGINS[0])
        return alone and came_straight(scope)
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    sent = [value for name, value in scope["headers"] if name == b"authorization"]
    return len(sent) == 1 and hmac.compare_digest(sent[0], wanted)

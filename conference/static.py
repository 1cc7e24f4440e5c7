"""Static files, answered before Django is asked: no thread, no middleware."""

from typing import Any

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware

from .asgi_types import Application, Receive, Scope, Send
from .headers import BARE

# For a file that is opened by itself; what a page makes of it, the page's own decides.
# Browsers heed it for the styles within a picture, so these are let be.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
EVERY = [
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
]
DOCUMENT = [
    (name.lower().encode(), value.encode())
    for name, value in (BARE | {"Content-Security-Policy": POLICY}).items()
    if name != "X-Content-Type-Options"
]
# Never a document, and fetched by the dozen: policies would outweigh some of them.
PARTS = ("text/javascript", "application/javascript", "text/css")


class StaticFiles:
    """WhiteNoise's knowledge (hashes, compression, ranges) behind ASGI.

    Files are small, so each is read whole within the event loop; a file of STATIC_ROOT
    is known from the start, with DEBUG files are looked up in the sources each time.
    """

    def __init__(self, app: Application) -> None:
        self.app = app
        self.whitenoise = WhiteNoiseMiddleware()
        hsts = f"max-age={settings.SECURE_HSTS_SECONDS}".encode()
        secure = [(b"strict-transport-security", hsts)] if settings.SECURE else []
        self.fixed = EVERY + secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = self.find(scope["path"])
        if found is None:
            await self.app(scope, receive, send)
            return
        response = found.get_response(scope["method"], _environ(scope))
        body = b""
        if response.file is not None:
            with response.file:
                body = response.file.read()
        headers = [(k.lower().encode(), v.encode()) for k, v in response.headers]
        kind = dict(headers).get(b"content-type", b"").decode()
        policies = [] if kind.startswith(PARTS) else DOCUMENT
        await send(
            {
                "type": "http.response.start",
                "status": int(response.status),
                "headers": headers + self.fixed + policies,
                "trailers": False,
            }
        )
        await send({"type": "http.response.body", "body": body, "more_body": False})

    def find(self, path: str) -> Any:
        if not path.startswith(self.whitenoise.static_prefix):
            return None
        if self.whitenoise.autorefresh:
            return self.whitenoise.find_file(path)
        return self.whitenoise.files.get(path)


def _environ(scope: Scope) -> dict[str, str]:
    """Request headers under the names that WSGI gave them, which WhiteNoise reads."""
    return {
        f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}": value.decode(
            "latin-1"
        )
        for name, value in scope["headers"]
    }

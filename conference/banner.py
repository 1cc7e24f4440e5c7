"""What `serve` says when it is ready: where everything is, without passwords."""

import sys
from pathlib import Path

from django.conf import settings

from . import lan, qr
from .env import BASE_DIR, masked
from .origin import is_local, origin_of
from .tls import store


def banner(out: qr.Terminal | None = None) -> str:
    """The words for `out`, with a QR code of the link where friends can use one."""
    facts = {
        "database": _database(),
        "layer": _layer(),
        "mail": _mail(),
        "relay": _relay(),
        "address": _address(),
        "files": str(settings.DATA_DIR),
    }
    lines = [f"  {name:<9} {fact}" for name, fact in facts.items()]
    return "\n".join(
        [
            f"{settings.SITE_NAME} is ready.",
            *lines,
            "",
            f"  Open {settings.SITE_URL}",
            *(_friends(out) if settings.LAN else _this_machine_only()),
            f"  First administrator: {_python()} manage.py createsuperuser"
            f"  (then {settings.SITE_URL}/admin/)",
            "  Stop with Ctrl+C.",
        ]
    )


def _this_machine_only() -> list[str]:
    if not is_local(settings.SITE_URL):
        return []
    return ["  That works on this machine only; for others: make run LAN=1"]


def _friends(out: qr.Terminal | None) -> list[str]:
    """What somebody on the same network opens, and what their browser will ask."""
    found = [_at(address) for address in lan.addresses()]
    if not found:
        return [
            "  No network was found, so this link works on this machine only.",
            "  Connect to Wi-Fi or by cable, then start again.",
        ]
    others = [origin for origin in found if origin != settings.SITE_URL]
    lines = [
        f"  or, on this machine, {_at('localhost')}",
        "  Make a room, and send its link to people on your network.",
        *([f"  If it does not reach them, try {', '.join(others)}"] if others else []),
    ]
    code = qr.drawing(settings.SITE_URL)
    if out is not None and qr.can_show(code, out):
        lines += ["", *qr.coloured(code), ""]
    lines += [
        '  Each browser warns once that the connection is "not private", since nobody'
        ' but this machine vouches for it: choose "Advanced" (Safari: "Show Details"),'
        " then go on to the site.",
        f"  To end the warning, let a device trust {store().public}:"
        f" {settings.SITE_URL}/lan/ says how.",
    ]
    return lines


def _at(host: str) -> str:
    return origin_of(f"https://{host}:{settings.PORT}")


def _database() -> str:
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        return f"SQLite, {database['NAME']}"
    return f"PostgreSQL, {masked(settings.DATABASE_URL)}"


def _layer() -> str:
    if settings.REDIS_URL:
        return f"Redis, {masked(settings.REDIS_URL)}"
    return "in memory, for one process"


def _mail() -> str:
    server = settings.EMAIL_URL
    if server is None:
        return "printed here, no mail server is set"
    return f"{server.host}:{server.port}"


def _relay() -> str:
    if not settings.TURN_URLS:
        return "none: people behind strict networks do not connect"
    own = ", coturn for this run" if settings.TURN else ""
    return f"{settings.TURN_URLS[0]}{own}"


def _address() -> str:
    proxies = settings.TRUSTED_PROXIES
    trust = {0: "no proxy is trusted", 1: "behind one trusted proxy"}.get(
        proxies, f"behind {proxies} trusted proxies"
    )
    return f"{settings.BIND} port {settings.PORT}, {trust}"


def _python() -> str:
    python = Path(sys.executable)
    if python.is_relative_to(BASE_DIR):
        return str(python.relative_to(BASE_DIR))
    return str(python)

"""What `serve` says when it is ready: where everything is, without passwords."""

import sys
from pathlib import Path

from django.conf import settings

from .env import BASE_DIR, masked


def banner() -> str:
    facts = {
        "database": _database(),
        "layer": _layer(),
        "mail": _mail(),
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
            f"  First administrator: {_python()} manage.py createsuperuser"
            f"  (then {settings.SITE_URL}/admin/)",
            "  Stop with Ctrl+C.",
        ]
    )


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

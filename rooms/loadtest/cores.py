"""How much work a server has, as its own metrics say."""

import re
import urllib.request
from collections.abc import Iterable

from django.conf import settings

from .line import Server

SECONDS = 5.0
_SPENT = re.compile(rb"^process_cpu_seconds_total ([0-9.e+-]+)$", re.MULTILINE)


def spent(servers: Iterable[Server]) -> dict[str, float]:
    """Seconds each process has worked so far, by its address.

    Who shows none here is left out: they are for this machine, or for METRICS_TOKEN.
    """
    found = {server.url: _spent(server) for server in servers}
    return {url: seconds for url, seconds in found.items() if seconds is not None}


def _spent(server: Server) -> float | None:
    request = urllib.request.Request(f"{server.url.rstrip('/')}/metrics")  # noqa: S310
    if settings.METRICS_TOKEN:
        request.add_header("Authorization", f"Bearer {settings.METRICS_TOKEN}")
    try:
        with urllib.request.urlopen(  # noqa: S310 # checked by the command
            request, timeout=SECONDS, context=server.trust
        ) as answer:
            said = _SPENT.search(answer.read())
    except OSError:
        return None
    return float(said[1]) if said else None

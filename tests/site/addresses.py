"""Every address of the site, as Django's own table of them says, filled with real rows.

An address whose part nobody has named in world.py is an error: no view escapes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

_TYPED = re.compile(r"(?<!\?P)<(?:\w+:)?(\w+)>")
_GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True)
class Address:
    """`route` is what Django shows, `path` what a browser asks for."""

    route: str
    name: str
    path: str


def routes() -> Iterator[tuple[str, str]]:
    """Each route with its name; a namespace stands before the name."""
    yield from _walk(get_resolver(), "", "")


def _walk(table: URLResolver, before: str, space: str) -> Iterator[tuple[str, str]]:
    for entry in table.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route, f"{space}{entry.name or ''}"
        else:
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, route, inner)


def addresses(parts: Mapping[str, str]) -> list[Address]:
    """All of them; `parts` maps `route part`, or `part` alone, to what stands there."""
    return [
        Address(route, name, "/" + _filled(route, parts)) for route, name in routes()
    ]


def _filled(route: str, parts: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        part = found[1]
        for key in (f"{route} {part}", part):
            if key in parts:
                return parts[key]
        raise LookupError(f"say in tests/site/world.py what <{part}> is in {route}")

    plain = _GROUP.sub(value, _TYPED.sub(lambda m: f"(?P<{m[1]}>x)", route))
    for mark in ("^", "$", "\\Z", "\\"):
        plain = plain.replace(mark, "")
    return plain

"""Questions that every page's test asks."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.people import Person

WRITES = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "REPLACE")


def leads_to_log_in(answer: object, way_back: str) -> bool:
    """Whether the answer sends to log-in, and from there to `way_back`."""
    url = getattr(answer, "url", "")
    return bool(url == f"/accounts/login/?next={way_back}")


def refuses_methods(person: Person, url: str, methods: Iterable[str]) -> None:
    """Each of these methods gets 405, before anything is looked up."""
    for method in methods:
        assert person.generic(method, url).status_code == 405, method


def is_private(answer: object) -> None:
    """No cache keeps the page."""
    headers = getattr(answer, "headers", {})
    assert headers["Cache-Control"] == "private, no-store"


def changes_nothing(person: Person, url: str, **how: Any) -> None:
    """A GET writes nothing into the database."""
    with CaptureQueriesContext(connection) as queries:
        assert person.get(url, **how).status_code == 200
    written = [
        query["sql"]
        for query in queries.captured_queries
        if query["sql"].upper().startswith(WRITES)
    ]
    assert not written

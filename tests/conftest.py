"""What every test may ask for."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.db.models.signals import post_migrate

from conference import moderators
from conference.audit import guard
from tests.servers import share_ground


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--soak", action="store_true", help="run the long proofs in full length"
    )
    parser.addoption(
        "--write-measured",
        action="store_true",
        help="put what the network lab measures into docs/measured.md",
    )


def pytest_configure() -> None:
    """Before there are workers, who inherit it."""
    share_ground()


@pytest.fixture(scope="session")
def soak(request: pytest.FixtureRequest) -> bool:
    """Whether the long proofs run in full; `make test` runs them with small counts."""
    return bool(request.config.getoption("--soak"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """What transactional tests leave is deleted after them, the audit log as well.

    So the database may not refuse it here; tests/conference/audit has it do so.
    """
    with django_db_blocker.unblock():
        guard.take_down(connection)
    post_migrate.connect(_make_moderators, sender=apps.get_app_config("conference"))


def _make_moderators(plan: object = None, **_: object) -> None:
    """Transactional tests delete what migrations made; `flush` alone has no plan."""
    if plan is None:
        moderators.make(apps)


@pytest.fixture(autouse=True)
def _counts_end_with_their_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """The cache's table is no model's, so no transactional test empties it."""
    marked = request.node.get_closest_marker("django_db")
    commits = marked is not None and marked.kwargs.get("transaction", False)
    if commits or "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db")
        yield
        cache.clear()
    else:
        yield

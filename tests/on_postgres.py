"""`pytest -p tests.on_postgres`: the database's tests, on a PostgreSQL of their own.

Left out is every test that does not use the database of the tests' own process; it has
had its say on SQLite.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.servers import postgres_server

USES = {"db", "transactional_db", "django_db_setup"}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before pytest-django reads the settings; workers share their parent's server."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return (yield)
    servers = ExitStack()
    early_config.add_cleanup(servers.close)
    os.environ["TEST_DATABASE_URL"] = servers.enter_context(postgres_server())
    return (yield)


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    others = [item for item in items if not uses_the_database(item)]
    items[:] = [item for item in items if uses_the_database(item)]
    config.hook.pytest_deselected(items=others)


def uses_the_database(item: pytest.Item) -> bool:
    asked = USES.intersection(getattr(item, "fixturenames", ()))
    return item.get_closest_marker("django_db") is not None or bool(asked)


def pytest_report_header() -> str:
    return "database: a PostgreSQL of its own"

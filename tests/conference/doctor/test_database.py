"""The doctor and the database, each fault really made."""

from pathlib import Path

import pytest
from django.db import connection

from conference.doctor import State
from conference.doctor.database import check
from tests.conference.doctor.command import examined
from tests.conference.doctor.heard import all_good, said
from tests.servers import environment, free_port, manage, postgres_server


@pytest.mark.django_db
def test_a_database_that_is_up_to_date() -> None:
    (found,) = all_good(check())
    assert found.startswith(("SQLite", "PostgreSQL"))


@pytest.mark.django_db
def test_a_migration_that_is_not_applied() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'rooms'")
    finding = said(check(), State.BAD, "rooms.0001_initial, ")
    assert "manage.py migrate" in finding.do


@pytest.mark.django_db
def test_a_database_of_a_newer_parley() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('rooms', '9999_later', CURRENT_TIMESTAMP)"
        )
    said(check(), State.LOOK, "rooms.9999_later")


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    url = f"postgres://parley:hunter2@127.0.0.1:{free_port()}/parley"
    report = examined(environment(tmp_path, free_port(), DATABASE_URL=url))
    finding = report.bad("Database", "postgres://parley:***@127.0.0.1")
    assert "DATABASE_URL" in finding["do"]
    assert "hunter2" not in report.text


def test_a_postgres_that_is_empty_or_may_only_be_read(tmp_path: Path) -> None:
    with postgres_server() as url:
        empty = examined(environment(tmp_path, free_port(), DATABASE_URL=url))
        empty.bad("Database", "migrations are not applied")
        empty.said("good", "Database", "takes reading and writing")
        manage(environment(tmp_path, 0, DATABASE_URL=url), "migrate", "--verbosity=0")
        only_read = f"{url}?options=-c%20default_transaction_read_only%3Don"
        report = examined(environment(tmp_path, free_port(), DATABASE_URL=only_read))
        report.bad("Database", "may only read")

"""The database refuses to change or delete what the log says."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction

from conference.audit import Action, guard, record
from conference.audit.models import AuditEntry
from conference.env import BASE_DIR
from tests.servers import environment, ground, postgres_server

TABLE = guard.TABLE
FORBIDDEN = (
    f"UPDATE {TABLE} SET actor = 'u:2'",
    f"UPDATE {TABLE} SET reason = '' WHERE action = 'end'",
    f"DELETE FROM {TABLE}",
)


@pytest.fixture
def guarded(db: None) -> Iterator[AuditEntry]:
    """One entry, in a database that stands guard over it for this test."""
    entry = record(Action.END, actor="u:1", room=7)
    guard.put_up(connection)
    yield entry
    guard.take_down(connection)


def test_a_row_is_neither_changed_nor_deleted(guarded: AuditEntry) -> None:
    for statement in FORBIDDEN:
        with (
            pytest.raises(IntegrityError, match="never changed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    guarded.actor = "u:2"
    with pytest.raises(IntegrityError), transaction.atomic():
        guarded.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        guarded.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.bulk_create(
            [guarded],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["actor"],
        )
    assert AuditEntry.objects.get().actor == "u:1"


def test_rows_are_added_as_ever(guarded: AuditEntry) -> None:
    record(Action.LOCK, actor="u:1", room=7)
    assert AuditEntry.objects.count() == 2


def test_it_is_lowered_for_who_replaces_everything_alone(guarded: AuditEntry) -> None:
    with guard.lowered(connection):
        AuditEntry.objects.all().delete()
    record(Action.END)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.all().delete()


def test_migrations_put_it_up_on_sqlite(tmp_path: Path) -> None:
    """In the very file that servers of the tests begin with."""
    copy = tmp_path / "copy.sqlite3"
    copy.write_bytes((ground() / "parley.sqlite3").read_bytes())
    line = sqlite3.connect(copy)
    add = (
        f"INSERT INTO {TABLE} (id, at, action, actor, target, reason, address, details)"
        " VALUES (1, '2026-01-01', 'end', 'u:1', '', '', '', '{}')"
    )
    line.execute(add)
    refused = (*FORBIDDEN, add.replace("INSERT", "INSERT OR REPLACE", 1))
    for statement in refused:
        with pytest.raises(sqlite3.IntegrityError, match="never changed"):
            line.execute(statement)
    assert line.execute(f"SELECT actor FROM {TABLE}").fetchall() == [("u:1",)]
    line.close()


def test_migrations_put_it_up_on_postgresql(tmp_path: Path) -> None:
    with postgres_server() as url:
        env = environment(tmp_path, 8000, DATABASE_URL=url)
        done = subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=BASE_DIR,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        with psycopg.connect(url, autocommit=True) as line:
            line.execute(
                f"INSERT INTO {TABLE} (at, action, actor, target, reason, address, "
                "details) VALUES (now(), 'end', 'u:1', '', '', '', '{}')".encode()
            )
            for statement in (*FORBIDDEN, f"TRUNCATE {TABLE}"):
                with pytest.raises(psycopg.errors.RestrictViolation):
                    line.execute(statement.encode())
            found = line.execute(f"SELECT actor FROM {TABLE}".encode()).fetchall()
            assert found == [("u:1",)]
            groups = line.execute(b"SELECT name FROM auth_group").fetchall()
            assert groups == [("Moderators",)]


def test_no_right_of_the_administration_reaches_it(db: None) -> None:
    """Not even as a list that could be written: see test_log.py for the pages."""
    assert not Group.objects.filter(
        permissions__codename__in=("change_auditentry", "delete_auditentry")
    ).exists()

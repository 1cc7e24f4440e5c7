"""The tables can be made, taken back and made again, on either database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conference.env import BASE_DIR
from tests.servers import environment, postgres_server

# One process for all of it: what is asked is the database's answer, not the command's.
THERE_AND_BACK = """
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
from django.db import connection

def tables():
    with connection.cursor() as cursor:
        return set(connection.introspection.table_names(cursor))

call_command("migrate", verbosity=0)
made = tables()
for app in ("rooms", "conference", "accounts"):
    call_command("migrate", app, "zero", verbosity=0)
left = tables()
ours = {m._meta.db_table for m in apps.get_models()
        if m._meta.app_label in ("rooms", "conference", "accounts")}
assert ours <= made, ours - made
assert not (ours | {"cache_entries"}) & left, left
call_command("migrate", verbosity=0)
assert tables() == made, tables() ^ made
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
print(connection.vendor)
"""


def there_and_back(folder: Path, database: str = "") -> str:
    settings = {"DATABASE_URL": database} if database else {}
    done = subprocess.run(
        [sys.executable, "-c", THERE_AND_BACK],
        cwd=BASE_DIR,
        env=environment(
            folder, 8000, DJANGO_SETTINGS_MODULE="conference.settings", **settings
        ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(done.stderr)
    return done.stdout.strip()


def test_on_sqlite(tmp_path: Path) -> None:
    assert there_and_back(tmp_path) == "sqlite"


def test_on_postgresql(tmp_path: Path) -> None:
    with postgres_server() as url:
        assert there_and_back(tmp_path, url) == "postgresql"

"""Out of one database and into another, every row of every model and every file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from conference.backup.rows import LEFT_OUT
from tests.conference.backup.conftest import NewSite

NewDatabase = Callable[[str], str]


def without_left_out(told: dict[str, list[str]]) -> dict[str, list[str]]:
    return {label: rows for label, rows in told.items() if label not in LEFT_OUT}


def test_a_site_moves_through_both_databases(
    site: NewSite, new_database: NewDatabase, tmp_path: Path
) -> None:
    archive, second = tmp_path / "first.tar.gz", tmp_path / "second.tar.gz"
    before = site("first").all("fill", "show", f"backup={archive}")
    empty = [label for label, rows in before.items() if len(rows) < 2]
    assert not empty, "these were never tried"

    ways = (
        (site("to-postgres", new_database("a")), archive, f"backup={second}"),
        (site("to-sqlite"), archive, "go-on"),
        (site("from-postgres", new_database("b")), second, "go-on"),
        (site("and-back"), second, "go-on"),
    )
    for target, source, then in ways:
        after = target.all(f"restore={source}", "show", then)
        assert not any(after[label] for label in LEFT_OUT), target
        assert without_left_out(after) == without_left_out(before), target


SNAPSHOT = """
import sys
import django
django.setup()
from django.core.management import call_command
from accounts.models import User
from conference.backup.rows import snapshot

call_command("migrate", verbosity=0)
User.objects.create_user("a@example.org", "pw", display_name="A")
with snapshot():
    assert User.objects.count() == 1
    line = {connect}
    line.execute("UPDATE accounts_user SET display_name = 'B'")
    line.commit()
    line.close()
    assert User.objects.get().display_name == "A", "not of one moment"
assert User.objects.get().display_name == "B", "somebody was kept waiting"
User.objects.update(display_name="C")
"""


def test_others_write_while_a_backup_is_read(
    site: NewSite, new_database: NewDatabase
) -> None:
    lite = site("lite")
    url = new_database("large")
    large = site("large", url)
    for each, connect in (
        (lite, f"__import__('sqlite3').connect({str(lite.database)!r}, timeout=1)"),
        (large, f"__import__('psycopg').connect({url!r})"),
    ):
        each.python(SNAPSHOT.format(connect=connect))

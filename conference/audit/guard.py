"""What refuses in the database itself to change or delete what the log says.

Triggers, on either database. Whoever owns the database can take them away; nobody who
only uses the site or its administration can. A migration puts them up. A migration
that makes the table anew, as SQLite does for many changes, has to put them up again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

TABLE = "conference_auditentry"
WORDS = "What the audit log says is never changed."

_SQLITE = {
    # A row that is put in another's place was never updated.
    "conference_log_replace": (
        f"BEFORE INSERT ON {TABLE} "
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id)"  # noqa: S608
    ),
    "conference_log_update": f"BEFORE UPDATE ON {TABLE}",
    "conference_log_delete": f"BEFORE DELETE ON {TABLE}",
}
_POSTGRESQL = {
    "conference_log_rows": f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW",
    "conference_log_all": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT",
}
_FUNCTION = "conference_log_stands"


def put_up(line: Any) -> None:
    """Have the database refuse from now on. `line` is a connection of Django's."""
    with line.cursor() as cursor:
        if line.vendor == "sqlite":
            for name, when in _SQLITE.items():
                cursor.execute(
                    f"CREATE TRIGGER {name} {when} "
                    f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
                )
            return
        cursor.execute(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger "
            "LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{WORDS}' USING ERRCODE = 'restrict_violation'; "
            "END $$"
        )
        for name, when in _POSTGRESQL.items():
            cursor.execute(
                f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {_FUNCTION}()"
            )


def take_down(line: Any) -> None:
    """Let the rows be changed and deleted."""
    with line.cursor() as cursor:
        if line.vendor == "sqlite":
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            return
        for name in _POSTGRESQL:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}")
        cursor.execute(f"DROP FUNCTION IF EXISTS {_FUNCTION}()")


def stands(line: Any) -> bool:
    """Whether all of it is there."""
    if line.vendor == "sqlite":
        wanted = set(_SQLITE)
        asked = f"SELECT name FROM sqlite_master WHERE tbl_name = '{TABLE}'"  # noqa: S608
    else:
        wanted = set(_POSTGRESQL)
        asked = f"SELECT tgname FROM pg_trigger WHERE tgrelid = '{TABLE}'::regclass"  # noqa: S608
    with line.cursor() as cursor:
        cursor.execute(asked)
        return wanted <= {name for (name,) in cursor.fetchall()}


@contextmanager
def lowered(line: Any) -> Iterator[None]:
    """For whoever replaces the whole database; within that transaction only."""
    stood = stands(line)
    take_down(line)
    yield
    if stood:
        put_up(line)

"""Is the database there, up to date, and may Parley write?"""

from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from ..env import masked
from . import Finding, bad, good, look

ABOUT = "Database"


def check() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except DatabaseError as fault:
        yield bad(
            ABOUT,
            f"{masked(settings.DATABASE_URL)} cannot be opened: {_first_line(fault)}",
            "Does the folder exist, and may Parley write there?"
            if connection.vendor == "sqlite"
            else "Is it running, and are name and password in DATABASE_URL right?",
        )
        return
    yield from _migrations()
    yield _writable()


def _migrations() -> Iterator[Finding]:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        names = ", ".join(f"{each.app_label}.{each.name}" for each, _ in waiting[:3])
        yield bad(
            ABOUT,
            f"{len(waiting)} migrations are not applied, {names} first.",
            "Run `manage.py migrate`, or start with `serve --prepare`.",
        )
    known = set(executor.loader.disk_migrations)
    ahead = {key for key in executor.loader.applied_migrations if key not in known}
    for app, name in sorted(ahead)[:1]:
        yield look(
            ABOUT,
            f"The database has seen a newer Parley ({app}.{name}).",
            "Update Parley, or restore the backup from before the update.",
        )


def _writable() -> Finding:
    try:
        # Takes the lock that a writer of SQLite needs, and writes nothing.
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                return good(ABOUT, f"SQLite, {connection.settings_dict['NAME']}.")
            cursor.execute("SHOW transaction_read_only")
            (read_only,) = cursor.fetchone()
            # Without tables, what is said of migrations is enough.
            cursor.execute(
                "SELECT CASE WHEN to_regclass('accounts_user') IS NULL THEN true "
                "ELSE has_table_privilege('accounts_user', 'INSERT') END"
            )
            (allowed,) = cursor.fetchone()
            cursor.execute("SHOW server_version")
            (version,) = cursor.fetchone()
    except DatabaseError as fault:
        return bad(
            ABOUT,
            f"Parley cannot write: {_first_line(fault)}.",
            "Whoever runs Parley must be allowed to write the file and its folder.",
        )
    if read_only == "on" or not allowed:
        return bad(
            ABOUT,
            "Parley may only read this database.",
            "Name the primary server, and a user who may write, in DATABASE_URL.",
        )
    return good(ABOUT, f"PostgreSQL {version.split()[0]} takes reading and writing.")


def _first_line(fault: Exception) -> str:
    return str(fault).strip().partition("\n")[0]

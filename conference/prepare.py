"""What must be true before the site is served, made true, and quickly if it is."""

import hashlib
import inspect
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def prepare() -> list[str]:
    """Data folder, migrations, collected files; returns what had to be done.

    Also deletes the sessions that have expired, of which nobody needs to hear.
    """
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    done = []
    if migrate():
        done.append("migrated the database")
    call_command("clearsessions", verbosity=0)
    if collect():
        done.append("collected the static files")
    return done


def migrate() -> bool:
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", verbosity=0, interactive=False)
    return True


def collect() -> bool:
    """Collect static files unless the sources are those of the last time."""
    if settings.DEBUG:
        return False
    mark = Path(settings.STATIC_ROOT) / ".collected"
    now = fingerprint()
    if mark.exists() and mark.read_text() == now:
        return False
    call_command("collectstatic", verbosity=0, interactive=False)
    mark.write_text(now)
    return True


def fingerprint() -> str:
    """Changes with every static file of any app, and with how they are collected."""
    seen = hashlib.sha256()
    how = Path(inspect.getfile(type(storages["staticfiles"])))
    seen.update(how.read_bytes())
    for finder in get_finders():
        for name, storage in finder.list([]):
            fact = Path(storage.path(name)).stat()
            seen.update(f"{name} {fact.st_size} {fact.st_mtime_ns}\n".encode())
    return seen.hexdigest()

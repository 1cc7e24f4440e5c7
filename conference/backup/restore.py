"""Restoring a backup: all of it, or nothing; or words about what is to be done."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from ..prepare import migrate
from . import BackupFault, rows
from .archive import DAMAGED, unpack
from .cut_off import BEFORE, PREFIX, cut_off, folders
from .manifest import NAME, Manifest, key_mark, same_tables


@dataclass(frozen=True, slots=True)
class Restored:
    """`same_key`: whether the backup was made under this very SECRET_KEY."""

    rows: int
    files: int
    made_at: str
    same_key: bool


def restore(path: Path, replace: bool = False) -> Restored:
    """Put database and files back as they were; nobody may be served meanwhile.

    The archive is read and proved whole before anything is touched; a fresh database
    gets its tables first. Raises BackupFault, OSError; then all is as it was. Only who
    is killed between files and rows leaves both halves: see cut_off.py. What others
    left goes when this one is done.
    """
    left = folders()
    data = Path(settings.DATA_DIR)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=data) as made:
        folder = Path(made)
        manifest = _proved(path, folder)
        _make_tables()
        same_tables(manifest)
        if not replace and not rows.is_empty():
            raise BackupFault(
                "There is something in this database. `--replace` deletes all of it, "
                "and the files, before the backup takes their place."
                + _words_about(left)
            )
        (folder / "files").mkdir(exist_ok=True)
        files = sum(each.is_file() for each in (folder / "files").rglob("*"))
        with _swap(folder / "files", folder) as swap, transaction.atomic(durable=True):
            _load(manifest, folder)
            swap()
        ContentType.objects.clear_cache()
    for folder in left:
        shutil.rmtree(folder)
    return Restored(
        sum(manifest.rows.values()),
        files,
        manifest.made_at,
        manifest.key == key_mark(),
    )


def _words_about(left: list[Path]) -> str:
    return "".join(
        f"\n{each.found} {each.do}" for each in cut_off() if each.folder in left
    )


def _proved(path: Path, folder: Path) -> Manifest:
    sums = unpack(path, folder)
    if NAME not in sums:
        raise BackupFault(DAMAGED.format("its end is missing"))
    manifest = Manifest.parse((folder / NAME).read_text("utf-8"))
    del sums[NAME]
    if sums != manifest.parts:
        different = sorted(dict(sums.items() ^ manifest.parts.items()))
        raise BackupFault(DAMAGED.format(f"{different[0]} is not what it was"))
    known = {kind._meta.label_lower for kind in rows.kept()}
    if strange := sorted(set(manifest.rows) - known):
        raise BackupFault(f"This Parley does not know what {strange[0]} is.")
    return manifest


def _make_tables() -> None:
    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        migrate()
    elif executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BackupFault("The database is not up to date. Run `manage.py migrate`.")


def _load(manifest: Manifest, folder: Path) -> None:
    rows.clear()
    try:
        for kind in rows.kept():
            label = kind._meta.label_lower
            with (folder / f"rows/{label}.jsonl").open(encoding="utf-8") as stream:
                count = rows.read(stream)
            if count != manifest.rows[label]:
                raise BackupFault(DAMAGED.format(f"{label} has {count} rows"))
        rows.settle()
    except (DatabaseError, DeserializationError, KeyError, ValueError) as fault:
        raise BackupFault(
            f"The database took not all of it: {fault}. Nothing was changed."
        ) from fault


@contextmanager
def _swap(files: Path, folder: Path) -> Iterator[Callable[[], None]]:
    """What is given puts `files` in MEDIA_ROOT's place; that is undone if all fails.

    What stood there goes with `folder`.
    """
    place, before = Path(settings.MEDIA_ROOT), folder / BEFORE
    undo = ExitStack()

    def swap() -> None:
        if place.exists():
            place.rename(before)
            undo.callback(before.rename, place)
        files.rename(place)
        undo.callback(place.rename, files)

    with undo:
        yield swap
        undo.pop_all()

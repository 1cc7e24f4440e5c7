"""Making a backup."""

import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from .. import VERSION
from . import BackupFault, rows
from .archive import Packing, packing
from .manifest import NAME, Manifest, applied, key_mark


@dataclass(frozen=True, slots=True)
class Made:
    """What went into a backup; `missing` are files that rows name and nobody has."""

    rows: int
    files: int
    missing: list[str]


def make(path: Path) -> Made:
    """Write everything into a new archive at `path`; raises BackupFault, OSError."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BackupFault("The database is not up to date. Run `manage.py migrate`.")
    with packing(path) as archive:
        with rows.snapshot():
            migrations = applied()
            counts = {
                kind._meta.label_lower: _pack_rows(archive, kind)
                for kind in rows.kept()
            }
            named = {name for kind in rows.kept() for name in rows.files_named(kind)}
        files = set(_pack_files(archive))
        manifest = Manifest(
            parley=VERSION,
            made_at=timezone.now().isoformat(),
            key=key_mark(),
            migrations=migrations,
            rows=counts,
            parts=archive.sums,
        )
        archive.add_text(NAME, manifest.text())
    return Made(sum(counts.values()), len(files), sorted(named - files))


def _pack_rows(archive: Packing, kind: rows.Kind) -> int:
    with tempfile.TemporaryFile() as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        count = rows.write(kind, text)
        # Flushes, and leaves the file open.
        text.detach()
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        archive.add(f"rows/{kind._meta.label_lower}.jsonl", file, size)
    return count


def _pack_files(archive: Packing) -> Iterator[str]:
    """Add what is below MEDIA_ROOT; a file that vanishes meanwhile is passed over."""
    root = Path(settings.MEDIA_ROOT)
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        name = path.relative_to(root).as_posix()
        try:
            file = path.open("rb")
        except FileNotFoundError:
            continue
        with file:
            archive.add(f"files/{name}", file, os.fstat(file.fileno()).st_size)
        yield name

"""What a backup says of itself."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.crypto import salted_hmac

from .. import VERSION
from . import BackupFault

FORMAT = 1
NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """`parts` are SHA-256 sums by name in the archive, `rows` are counts by model.

    `key` tells whether another SECRET_KEY is the same, and nothing more of it.
    """

    parley: str
    made_at: str
    key: str
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    parts: dict[str, str]
    format: int = FORMAT

    def text(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BackupFault."""
        try:
            told = json.loads(text)
            newer = told["format"] > FORMAT
        except (ValueError, TypeError, KeyError) as fault:
            raise BackupFault("The archive's manifest cannot be read.") from fault
        if newer:
            raise BackupFault(
                "The backup comes from a newer Parley, which packs it differently. "
                "Restore it with that version."
            )
        try:
            return cls(**told)
        except TypeError as fault:
            raise BackupFault("The archive's manifest cannot be read.") from fault


def key_mark() -> str:
    return salted_hmac("conference.backup", "key", algorithm="sha256").hexdigest()[:16]


def applied() -> dict[str, list[str]]:
    """The migrations that this database has seen, by app."""
    found: dict[str, list[str]] = {}
    for app, name in sorted(MigrationLoader(connection).applied_migrations):
        found.setdefault(app, []).append(name)
    return found


def same_tables(told: Manifest) -> None:
    """Raises BackupFault unless the backup's tables are the ones of this database."""
    here = {(app, name) for app, names in applied().items() for name in names}
    there = {(app, name) for app, names in told.migrations.items() for name in names}
    if here == there:
        return
    kind = "a newer" if here < there else "an older" if there < here else "another"
    names = ", ".join(f"{app}.{name}" for app, name in sorted(here ^ there)[:3])
    raise BackupFault(
        f"The backup comes from {kind} Parley ({told.parley}; this is {VERSION}): they "
        f"differ in {names}. Restore it with that version, then update."
    )

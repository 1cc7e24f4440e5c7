"""Restores that were killed, and what is to be done about what they left.

Files and rows change in two steps, and no process survives every fault between them.
So the files from before a restore stand beside the new ones until all is done.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from . import rows

PREFIX = ".restore-"
BEFORE = "before"


@dataclass(frozen=True, slots=True)
class CutOff:
    """What one such restore left: what was `found`, and what to `do`.

    If it `matters`, people's files are missing until something is done.
    """

    folder: Path
    matters: bool
    found: str
    do: str


def folders() -> list[Path]:
    """Also of a restore that runs at this moment."""
    return sorted(Path(settings.DATA_DIR).glob(f"{PREFIX}*"))


def cut_off() -> Iterator[CutOff]:
    """Every restore that did not end; raises nothing, and changes nothing."""
    for folder in folders():
        before, place = folder / BEFORE, Path(settings.MEDIA_ROOT)
        told = f"A restore was cut off and left {folder}, unless one runs just now."
        delete = f"Delete {folder}: it holds people's data."
        try:
            missing = _missing(place)
            if not missing or not before.is_dir():
                yield CutOff(folder, False, f"{told} Files and rows agree.", delete)
            elif len(_missing(before)) < len(missing):
                yield CutOff(
                    folder,
                    True,
                    f"{told} The rows are those from before it, the files are not.",
                    f"Stop the site, delete {place}, rename {before} to {place}, and "
                    f"delete {folder}. Or restore once more, with `--replace`.",
                )
            else:
                yield CutOff(
                    folder,
                    True,
                    f"{told} Some files are missing in {place} and in {before}.",
                    "Stop the site, and restore once more, with `--replace`.",
                )
        except DatabaseError:
            yield CutOff(
                folder, True, told, "Mend the database first, and look here again."
            )


def _missing(place: Path) -> list[str]:
    """The files that rows speak of and that are not there."""
    return [
        name
        for kind in rows.kept()
        for name in rows.files_named(kind)
        if not (place / name).is_file()
    ]

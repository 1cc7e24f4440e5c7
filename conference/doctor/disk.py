"""Is there room, may Parley write, and who else may read?"""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from ..backup.cut_off import cut_off
from ..env import BASE_DIR
from . import Finding, bad, good, look

ABOUT = "Disk"
LITTLE = 1 << 30
TOO_LITTLE = 100 << 20


def check() -> Iterator[Finding]:
    yield from room_in(settings.DATA_DIR)
    yield from writable(settings.DATA_DIR)
    yield from read_by_others(settings.DATA_DIR, BASE_DIR / ".env")
    yield from restores()


def restores() -> Iterator[Finding]:
    """Of a backup, and killed on their way."""
    for each in cut_off():
        yield (bad if each.matters else look)(ABOUT, each.found, each.do)


def room_in(
    folder: Path, little: int = LITTLE, too_little: int = TOO_LITTLE
) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    found = f"{free / (1 << 30):.1f} GiB are free where {folder} is."
    do = "Make room, or move DATA_DIR to a larger disk."
    if free < too_little:
        yield bad(ABOUT, f"The disk is all but full: {found}", do)
    elif free < little:
        yield look(ABOUT, found, do)
    else:
        yield good(ABOUT, found)


def writable(*folders: Path) -> Iterator[Finding]:
    for folder in folders:
        if not os.access(folder, os.W_OK | os.X_OK):
            yield bad(
                ABOUT,
                f"Parley may not write into {folder}.",
                f"Give it to whoever runs Parley: chown -R parley: {folder}",
            )


def read_by_others(data: Path, dotenv: Path) -> Iterator[Finding]:
    """The data, unless its folder keeps others out; and the file with the secret."""
    secrets = [dotenv]
    if data.stat().st_mode & stat.S_IXOTH:
        secrets += [*data.glob("*.sqlite3"), data / "media"]
    for path in secrets:
        if path.exists() and path.stat().st_mode & stat.S_IROTH:
            mend = path if path == dotenv else data
            yield look(
                ABOUT,
                f"Everybody on this machine may read {path}.",
                f"chmod o-rwx {mend}",
            )

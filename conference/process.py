"""This process: its name, and the file by which it is found while it lives."""

import fcntl
import json
import logging
import os
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from django.conf import settings

logger = logging.getLogger(__name__)

_STARTED = uuid.uuid4().hex[:20]


def process() -> str:
    """What this process is called; another name in each fork."""
    return f"{_STARTED}-{os.getpid()}"


def folder() -> Path:
    return Path(settings.DATA_DIR) / "processes"


@dataclass(frozen=True, slots=True)
class Serving:
    """A process that serves this site, as its file tells of it.

    `started` is ISO 8601 in UTC; `address` is empty where the server does not say.
    """

    name: str
    pid: int
    started: str
    address: str

    @property
    def file(self) -> Path:
        return folder() / f"{self.name}.json"

    def lives(self) -> bool:
        return self in living()


class Plate:
    """The file of this process, locked from the start to the end.

    The lock says that the process lives: the kernel drops it however that ends.
    """

    def __init__(self, address: str) -> None:
        started = datetime.now(UTC).isoformat(timespec="seconds")
        self.serving = Serving(process(), os.getpid(), started, address)
        self._held: IO[str] | None = None

    def put_up(self) -> None:
        """A folder that cannot be written stops nothing but `manage.py drain`."""
        try:
            self._held = self._write()
        except OSError as fault:
            logger.warning("`manage.py drain` will not find this process: %s", fault)

    def take_down(self) -> None:
        if self._held is not None:
            self.serving.file.unlink(missing_ok=True)
            self._held.close()
            self._held = None

    def _write(self) -> IO[str]:
        folder().mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=folder())
        file = os.fdopen(handle, "w")
        # Locked before it has its name: nobody may take it for one that was left.
        fcntl.flock(file, fcntl.LOCK_EX)
        json.dump(asdict(self.serving), file)
        file.flush()
        os.replace(made, self.serving.file)
        return file


def living() -> list[Serving]:
    """Who serves this site from this machine; what dead ones left is deleted."""
    return sorted(_found(), key=lambda each: (each.started, each.pid))


def _found() -> Iterator[Serving]:
    for path in folder().glob("*.json"):
        try:
            with path.open() as file:
                if _is_locked(file):
                    yield Serving(**json.load(file))
                else:
                    path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # It ended just now.


def _is_locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False

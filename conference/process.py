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
    `numbers` names those processes among which `pid` means this one: a container has
    its own. Empty where the system does not say.
    """

    name: str
    pid: int
    started: str
    address: str
    numbers: str = ""

    @property
    def file(self) -> Path:
        return folder() / f"{self.name}.json"

    def lives(self) -> bool:
        try:
            with self.file.open() as file:
                return _is_locked(file)
        except FileNotFoundError:
            return False


class Plate:
    """The file of this process, locked from the start to the end.

    The lock says that the process lives: the kernel drops it however that ends.
    """

    def __init__(self, address: str) -> None:
        started = datetime.now(UTC).isoformat(timespec="seconds")
        self.serving = Serving(process(), os.getpid(), started, address, numbers())
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


def numbers() -> str:
    """Who shares process numbers with this one, as the kernel names it."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""


def _found() -> Iterator[Serving]:
    for path in folder().glob("*.json"):
        try:
            with path.open() as file:
                if not _is_locked(file):
                    path.unlink(missing_ok=True)
                elif (serving := read(file.read())).numbers in ("", numbers()):
                    yield serving
                else:
                    logger.warning("%s: it runs in another container", path.name)
        except FileNotFoundError:
            continue  # It ended just now.
        except (OSError, ValueError) as fault:
            # Another version's, or another user's.
            logger.warning("%s cannot be read: %s", path.name, fault)


def read(told: str) -> Serving:
    """What a file tells; raises ValueError where that is not enough to send a signal.

    Other versions may tell more.
    """
    fields = json.loads(told)
    if not isinstance(fields, dict):
        raise ValueError("it names no process")
    known = {each: fields[each] for each in Serving.__slots__ if each in fields}
    pid = known.pop("pid", None)
    # Zero and less mean whole groups of processes to kill(2).
    if not isinstance(pid, int) or isinstance(pid, bool) or pid < 1:
        raise ValueError("it names no process")
    if not {"name", "started", "address"} <= known.keys() or not all(
        isinstance(each, str) for each in known.values()
    ):
        raise ValueError("something is missing in it")
    return Serving(pid=pid, **known)


def _is_locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False

"""The archive itself: a gzipped tar, whole or refused, that leads nowhere else."""

import gzip
import hashlib
import io
import os
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from . import BackupFault

PRIVATE = 0o600
CHUNK = 1 << 20
WHERE = re.compile(r"manifest\.json|rows/[a-z_.]+\.jsonl|files/.+")
DAMAGED = "The archive is damaged or was cut off: {}. Nothing was changed."


class Packing:
    """An archive in the making; `sums` holds the SHA-256 of every part so far."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.sums: dict[str, str] = {}

    def add(self, name: str, source: IO[bytes], size: int) -> None:
        """Raises BackupFault if `source` has another size than was said."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, PRIVATE
        heard = Heard(source)
        try:
            self.tar.addfile(info, heard)
        except OSError as fault:
            # A full disk speaks for itself; tarfile's own word is for a short file.
            if fault.errno is not None:
                raise
            raise BackupFault(f"{name} changed while it was read. Try again.") from None
        self.sums[name] = heard.sum.hexdigest()

    def add_text(self, name: str, text: str) -> None:
        data = text.encode()
        self.add(name, io.BytesIO(data), len(data))


class Heard(io.RawIOBase):
    """A stream that keeps the sum of what was read from it."""

    def __init__(self, source: IO[bytes]) -> None:
        self.source = source
        self.sum = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.source.read(size)
        self.sum.update(data)
        return data


@contextmanager
def packing(path: Path) -> Iterator[Packing]:
    """Write `path`, for its owner's eyes only; it appears whole or not at all.

    Raises BackupFault if there is such a file.
    """
    if path.exists():
        raise BackupFault(f"{path} is there already. Name another file.")
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    try:
        with os.fdopen(handle, "wb") as file:
            with (
                gzip.GzipFile("", "wb", fileobj=file) as packed,
                tarfile.open(mode="w|", fileobj=packed) as tar,
            ):
                yield Packing(tar)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def unpack(path: Path, folder: Path) -> dict[str, str]:
    """Lay the archive's parts into `folder`; returns the SHA-256 of each by name.

    Files only, below `rows` and `files` only: a link, a device or a way upwards is
    refused. Raises BackupFault.
    """
    try:
        with gzip.open(path, "rb") as packed:
            sums = dict(_parts(packed, folder))
            # To the end, where the sum over everything is.
            while packed.read(CHUNK):
                pass
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as fault:
        raise BackupFault(DAMAGED.format(fault)) from fault
    return sums


def _parts(packed: gzip.GzipFile, folder: Path) -> Iterator[tuple[str, str]]:
    with tarfile.open(mode="r|", fileobj=packed) as tar:
        for member in tar:
            target = folder / _safe(member)
            target.parent.mkdir(parents=True, exist_ok=True)
            source = tar.extractfile(member)
            assert source is not None
            heard = Heard(source)
            with target.open("xb") as file:
                while data := heard.read(CHUNK):
                    file.write(data)
            yield member.name, heard.sum.hexdigest()


def _safe(member: tarfile.TarInfo) -> PurePosixPath:
    name = PurePosixPath(member.name)
    plain = str(name) == member.name and ".." not in name.parts
    if not (member.isreg() and plain and WHERE.fullmatch(member.name)):
        raise BackupFault(f"The archive holds {member.name!r}, which no backup does.")
    return name

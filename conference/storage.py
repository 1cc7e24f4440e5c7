"""Static files as they are served: hashed, compressed, style sheets in one piece."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)


class SheetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Puts what a style sheet imports in the place of the `@import`.

    A browser then asks once for what the sources keep in one file per component. Only
    `@import "file.css";` on lines of their own count.
    """

    def post_process(
        self, paths: dict[str, tuple[Any, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        joined = {
            name: (Joined(storage) if name.endswith(".css") else storage, path)
            for name, (storage, path) in paths.items()
        }
        yield from super().post_process(joined, dry_run, **options)


class Joined:
    """The style sheets of another storage, without their imports."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage

    def open(self, name: str) -> File[bytes]:
        return ContentFile(self.text(name).encode(), name)

    def text(self, name: str) -> str:
        """Raises ValueError if a relative address would break by moving."""
        with self.storage.open(name) as file:
            source = str(file.read().decode())

        folder = posixpath.dirname(name)

        def imported(match: re.Match[str]) -> str:
            other = posixpath.normpath(posixpath.join(folder, match[1]))
            text = self.text(other)
            if "url(" in text:
                raise ValueError(f"{other} is imported and must not use url()")
            return text

        return IMPORT.sub(imported, source)

"""Static files as they are served: hashed, compressed, joined, without comments."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile, File
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^@import "([^"]+)";\n', re.MULTILINE)
# Comments with lines of their own; what begins with `/*!` is a notice and stays.
COMMENT = re.compile(
    r"^[ \t]*(?:/\*(?!!)(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*\n", re.MULTILINE | re.DOTALL
)


class LeanStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Serves one style sheet per page, and of the comments in sources nothing.

    What a style sheet imports by `@import "file.css";` on a line of its own is put in
    the place of that line, so that a browser asks once for what the sources keep in one
    file per component.
    """

    def post_process(
        self, paths: dict[str, tuple[Any, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        lean = {
            name: (Lean(storage) if name.endswith((".css", ".js")) else storage, path)
            for name, (storage, path) in paths.items()
        }
        yield from super().post_process(lean, dry_run, **options)


class Lean:
    """Style sheets and scripts of another storage, as they are served."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage

    def open(self, name: str) -> File[bytes]:
        return ContentFile(self.text(name).encode(), name)

    def text(self, name: str) -> str:
        """Raises ValueError if a relative address would break by moving."""
        with self.storage.open(name) as file:
            source = COMMENT.sub("", file.read().decode())
        folder = posixpath.dirname(name)

        def imported(match: re.Match[str]) -> str:
            other = posixpath.normpath(posixpath.join(folder, match[1]))
            text = self.text(other)
            if "url(" in text:
                raise ValueError(f"{other} is imported and must not use url()")
            return text

        return IMPORT.sub(imported, source) if name.endswith(".css") else source

"""ES modules without a bundler: an import map from plain to hashed names, and preloads.

The map must stand before the first module script or preload of a page.
"""

import functools
import json
import posixpath
import re
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import storages
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# `import … from "x"`, `export … from "x"` and `import "x"` at the start of a line; what
# stands in JSDoc (` * …`) or is imported on demand (`import(…)`) is not meant.
STATIC_IMPORT = re.compile(
    r"""^\s*(?:(?:import|export)\s[\w\s{},*$]*?\bfrom|import)\s*["']([^"']+)["']""",
    re.MULTILINE,
)


class Modules:
    """The JavaScript modules of one static files storage."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage
        self.hashed = not settings.DEBUG and hasattr(storage, "hashed_files")

    @functools.cached_property
    def import_map(self) -> str:
        """JSON of the import map; empty where files keep their plain names."""
        names = self.storage.hashed_files if self.hashed else {}
        imports = {
            settings.STATIC_URL + name: self.storage.url(name)
            for name in sorted(names)
            if name.startswith("js/") and name.endswith(".js")
        }
        text = json.dumps({"imports": imports}, separators=(",", ":"))
        return text.replace("<", "\\u003c")

    @functools.cache  # noqa: B019
    def needed_by(self, name: str) -> list[str]:
        """The module and all that it imports statically, nearest first, each once."""
        found = [name]
        for each in found:
            folder = posixpath.dirname(each)
            for imported in STATIC_IMPORT.findall(self.source(each)):
                other = posixpath.normpath(posixpath.join(folder, imported))
                if imported.startswith(".") and other not in found:
                    found.append(other)
        return found

    def source(self, name: str) -> str:
        if self.hashed:
            with self.storage.open(name) as file:
                return str(file.read().decode())
        path = finders.find(name)
        if path is None:
            raise template.TemplateSyntaxError(f"there is no static file {name}")
        with open(path, encoding="utf-8") as file:
            return file.read()


@functools.cache
def _kept(storage: Any) -> Modules:
    return Modules(storage)


def modules() -> Modules:
    """Of the storage in use; read once, or anew each time while sources may change."""
    storage = storages["staticfiles"]
    return Modules(storage) if settings.DEBUG else _kept(storage)


def _nonce(context: Context) -> str:
    return str(context["request"].csp_nonce)


@register.simple_tag(takes_context=True)
def import_map(context: Context) -> SafeString:
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        _nonce(context),
        mark_safe(modules().import_map),  # noqa: S308
    )


@register.simple_tag
def module_preloads(name: str) -> SafeString:
    found = modules()
    return format_html_join(
        "\n",
        '<link rel="modulepreload" href="{}">',
        ((found.storage.url(each),) for each in found.needed_by(name)),
    )


@register.simple_tag(takes_context=True)
def module(context: Context, name: str) -> SafeString:
    return format_html(
        '<script type="module" nonce="{}" src="{}"></script>',
        _nonce(context),
        modules().storage.url(name),
    )

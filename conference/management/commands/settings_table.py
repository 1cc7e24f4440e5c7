"""`manage.py settings_table`: docs/configuration.md, as the settings' code says it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from conference import env

PAGE = env.BASE_DIR / "docs/configuration.md"
HEAD = """\
# Settings

<!-- Made by `manage.py settings_table --write` from conference/settings.py. -->

All come from the environment, or from `.env` beside `manage.py`; an exported variable
wins. An empty value counts as not set. A bad one stops the start, and the line that
says so names the setting. `make run` writes a `.env` with a secret of its own.

`manage.py doctor` tries what they lead to: database, Redis, mail, relay, certificate.

| Setting | Default | What it says |
|---|---|---|
"""


def page() -> str:
    """The whole page; a setting that was asked for stands in it, and no other."""
    rows = (
        f"| `{each.name}` | {_code(each.default)} | {_cell(each.says)} |\n"
        for each in env.known.values()
    )
    return HEAD + "".join(rows)


def _code(default: str) -> str:
    if " " in default or not default:
        return _cell(default)
    return f"`{_cell(default)}`"


def _cell(text: str) -> str:
    return text.replace("|", r"\|")


class Command(BaseCommand):
    help = "Print the table of all settings, or write it to docs/configuration.md."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="write the file")

    def handle(self, *args: Any, write: bool = False, **options: Any) -> None:
        if write:
            PAGE.write_text(page())
        else:
            self.stdout.write(page(), ending="")

"""`manage.py backup FILE`: database and files in one archive, while the site runs."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conference.backup import BackupFault
from conference.backup.make import make
from conference.backup.rows import LEFT_OUT

KEY = (
    "SECRET_KEY is not in it: keep that somewhere else. Under another one nobody's "
    "second factor opens, and guests are strangers; passwords and links stay good."
)


class Command(BaseCommand):
    help = "Write database and files into one archive (.tar.gz); the site may run on."
    # Needed most where something else is wrong.
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the archive to write; a new file")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            made = make(file)
        except (BackupFault, OSError) as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(f"{file}: {made.rows} rows, {made.files} files.")
        if made.missing:
            self.stderr.write(
                f"{len(made.missing)} files were not there, {made.missing[0]} first."
            )
        if options["verbosity"] > 0:
            left_out = "; ".join(f"{name} ({why})" for name, why in LEFT_OUT.items())
            self.stdout.write(f"Left out: {left_out}; counts of limits.\n{KEY}")

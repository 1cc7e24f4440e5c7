"""`manage.py restore FILE`: database and files as a backup has them, or untouched."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conference.backup import BackupFault
from conference.backup.restore import restore


class Command(BaseCommand):
    help = "Put database and files back from an archive. Stop the site before."
    # Needed most where something else is wrong.
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="an archive of `manage.py backup`")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="delete what is in the database and its files; it cannot be undone",
        )

    def handle(
        self, *args: Any, file: Path, replace: bool = False, **options: Any
    ) -> None:
        try:
            done = restore(file, replace)
        except (BackupFault, OSError) as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(
            f"Restored {done.rows} rows and {done.files} files of {done.made_at}. "
            "Everybody logs in again."
        )
        if not done.same_key:
            self.stderr.write(
                "It was made under another SECRET_KEY. If you have that one, set it "
                "and start again. With this one second factors do not open: delete "
                "people's authenticators in the administration, and they set up new "
                "ones."
            )

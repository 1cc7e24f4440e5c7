"""`manage.py relay_secret`: tells coturn the secret of TURN_SECRET."""

import sqlite3
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conference.turn.database import PLACE, keep_secret


class Command(BaseCommand):
    help = "Put TURN_SECRET into coturn's database, beside those that are in there."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--database",
            type=Path,
            default=PLACE,
            help=f"the userdb of turnserver.conf (default: {PLACE})",
        )
        parser.add_argument(
            "--alone",
            action="store_true",
            help="take every other secret back, once no process uses it any more",
        )

    def handle(
        self, *args: Any, database: Path = PLACE, alone: bool = False, **options: Any
    ) -> None:
        if not settings.TURN_SECRET:
            raise CommandError("TURN_SECRET is not set: there is nothing to tell.")
        try:
            others = keep_secret(database, settings.TURN_SECRET, alone=alone)
        except (OSError, sqlite3.Error) as fault:
            raise CommandError(
                f"{database} cannot be written: {fault}. Run this as the user that "
                "coturn runs as."
            ) from fault
        self.stdout.write(f"{database} holds the secret. {_besides(others)}".rstrip())


def _besides(others: int) -> str:
    if not others:
        return ""
    held = "Another one still holds" if others == 1 else f"{others} others still hold"
    return f"{held}: --alone takes back what no process uses any more."

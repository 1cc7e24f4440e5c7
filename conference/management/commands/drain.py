"""`manage.py drain`: let processes that serve end without anybody losing a call."""

import os
import signal
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conference.process import Serving, folder, living

LOOK_SECONDS = 0.1
# What a process needs at the most beyond DRAIN_SECONDS, to end and to be gone.
END_SECONDS = 15


class Command(BaseCommand):
    help = (
        "Tell the processes that serve this site from this machine to take nobody "
        "any more, move their people elsewhere, and end when the last has gone."
    )
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pid", type=int, help="only this one")
        parser.add_argument("--wait", action="store_true", help="until all have ended")

    def handle(
        self, *args: Any, pid: int | None = None, wait: bool = False, **options: Any
    ) -> None:
        found = living()
        if not found:
            raise CommandError(
                f"No process serves this site from this machine ({folder()} names "
                "none): there is nothing to drain."
            )
        chosen = [each for each in found if pid in (None, each.pid)]
        if not chosen:
            others = ", ".join(str(each.pid) for each in found)
            raise CommandError(f"No process of this site has pid {pid}; {others} has.")
        for each in chosen:
            self.tell(each)
        if wait:
            self.wait_for(chosen)

    def tell(self, one: Serving) -> None:
        where = f" on {one.address}" if one.address else ""
        try:
            os.kill(one.pid, signal.SIGUSR1)
        except ProcessLookupError:
            self.stdout.write(f"pid {one.pid}{where} has just ended.")
        except PermissionError:
            raise CommandError(
                f"pid {one.pid}{where} belongs to somebody else: run this as the user "
                "that Parley runs as."
            ) from None
        else:
            self.stdout.write(
                f"pid {one.pid}{where}, up since {one.started}, drains: at most "
                f"{settings.DRAIN_SECONDS} s."
            )

    def wait_for(self, told: list[Serving]) -> None:
        end = time.monotonic() + settings.DRAIN_SECONDS + END_SECONDS
        left = told
        while left := [each for each in left if each.lives()]:
            if time.monotonic() > end:
                pids = ", ".join(str(each.pid) for each in left)
                raise CommandError(f"Not ended yet: pid {pids}.")
            time.sleep(LOOK_SECONDS)
        self.stdout.write("All have ended." if len(told) > 1 else "It has ended.")

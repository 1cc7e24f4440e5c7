"""`manage.py serve`: the site, on daphne, until it is told to stop."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conference.banner import banner
from conference.prepare import prepare


class Command(BaseCommand):
    help = "Serve the site with daphne. BIND and PORT say where."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="first migrate and collect static files, where needed",
        )

    def handle(self, *args: Any, prepare: bool = False, **options: Any) -> None:
        if prepare:
            self.make_ready()
        if not settings.DEBUG and not settings.STATIC_ROOT.is_dir():
            raise CommandError("no static files: run `manage.py collectstatic` first")

        # daphne installs Twisted's reactor on import: only here, where it is run.
        from conference.asgi import application
        from conference.server import Server
        from rooms.signalling.lifecycle import stop

        server = Server(application, settings.BIND, settings.PORT, self.say_ready, stop)
        server.run()
        if server.failure:
            raise CommandError(
                f"{settings.BIND} port {settings.PORT} cannot be used: "
                f"{server.failure} Another PORT helps: PORT=8001 make run"
            )

    def make_ready(self) -> None:
        for done in prepare():
            self.stdout.write(f"Parley {done}.")

    def say_ready(self) -> None:
        self.stdout.write(banner())
        self.stdout.flush()

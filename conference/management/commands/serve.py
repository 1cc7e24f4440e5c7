"""`manage.py serve`: the site, on daphne, until it is told to stop."""

import asyncio
import signal
from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from conference.banner import banner
from conference.prepare import prepare
from conference.tls import store
from conference.turn.own import NoRelay, OwnRelay, relay_address


class Command(BaseCommand):
    help = "Serve the site with daphne. BIND and PORT say where, LAN how."

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
        from conference.lifetime import Lifetime
        from conference.server import Server

        relay = self.relay()

        def ready() -> None:
            lifetime.begin()
            loop = asyncio.get_event_loop()
            # Not the loop's own way: Twisted minds the signals of this process.
            signal.signal(
                signal.SIGUSR1,
                lambda *_: loop.call_soon_threadsafe(lifetime.drain_soon),
            )
            lifetime.be_found()
            self.say_ready()

        async def farewell() -> None:
            await lifetime.end()

        server = Server(
            application,
            settings.BIND,
            settings.PORT,
            ready,
            farewell,
            **self.entrance(),
        )
        lifetime = Lifetime(
            server.stop, server.close_door, f"{settings.BIND} port {settings.PORT}"
        )
        try:
            server.run()
        finally:
            if relay is not None:
                relay.end()
        if server.failure:
            raise CommandError(
                f"{settings.BIND} port {settings.PORT} cannot be used: "
                f"{server.failure} Another PORT helps: PORT=8001 make run"
            )

    def make_ready(self) -> None:
        self.tell(prepare())

    def entrance(self) -> dict[str, Any]:
        """With LAN, this process speaks https itself; else a proxy does, or nobody."""
        if not settings.LAN:
            return {}
        from conference.doorway import Doorway

        kept = store()
        try:
            self.tell(kept.prepare())
        except OSError as fault:
            raise CommandError(f"{kept.folder} cannot be written: {fault}") from fault
        return {
            "entrance": partial(
                Doorway, kept.site.read_bytes(), origins=settings.SITE_ORIGINS
            )
        }

    def relay(self) -> OwnRelay | None:
        """With TURN, one of our own; the settings name it from then on."""
        if not settings.TURN:
            return None
        address = relay_address(on_network=settings.LAN)
        relay = OwnRelay(address, settings.DATA_DIR / "turn.log")
        try:
            relay.begin()
        except NoRelay as fault:
            raise CommandError(str(fault)) from fault
        settings.TURN_URLS, settings.STUN_URLS = relay.urls, [relay.stun_url]
        settings.TURN_SECRET = relay.secret
        return relay

    def tell(self, done: list[str]) -> None:
        for each in done:
            self.stdout.write(f"Parley {each}.")

    def say_ready(self) -> None:
        self.stdout.write(banner(self.stdout))
        self.stdout.flush()

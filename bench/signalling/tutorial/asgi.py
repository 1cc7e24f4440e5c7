"""`daphne bench.signalling.tutorial.asgi:application`."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.signalling.tutorial.settings"

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import URLPattern, re_path  # noqa: E402

from .consumer import RoomConsumer  # noqa: E402

urlpatterns: list[URLPattern] = []
application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": URLRouter(
            [
                # Channels' routes are Django's, with an ASGI application for the view.
                re_path(  # type: ignore[list-item]
                    r"^ws/rooms/(?P<room>[\w-]+)/$",
                    RoomConsumer.as_asgi(),  # type: ignore[arg-type]
                )
            ]
        ),
    }
)

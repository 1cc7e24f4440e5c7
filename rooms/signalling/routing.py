"""Which socket address is answered by what; every other one is closed politely."""

from django.urls import re_path

from .consumer import CallConsumer, NowhereConsumer

# Channels' routes are Django's, with an ASGI application in the place of the view.
websocket_urlpatterns = [
    re_path(
        r"^ws/rooms/(?P<link>[a-z0-9-]{1,64})/$",
        CallConsumer.as_asgi(),  # type: ignore[arg-type]
    ),
    re_path(r"", NowhereConsumer.as_asgi()),  # type: ignore[arg-type]
]

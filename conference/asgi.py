"""The site as one ASGI application: pages, static files, sockets."""

import os

from django.conf import settings

from . import env

# Whoever has settings has them from elsewhere: manage.py, which read `.env`, or a test.
if not settings.configured:
    env.read_dotenv()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference.settings")

# Django must be set up before anything that imports a model.
from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402

from rooms.signalling.routing import websocket_urlpatterns  # noqa: E402

from .health import Health  # noqa: E402
from .lifespan import Lifespan  # noqa: E402
from .metrics import Metrics  # noqa: E402
from .origin import OriginCheck  # noqa: E402
from .readiness import of_this_site  # noqa: E402
from .static import StaticFiles  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": Health(Metrics(StaticFiles(pages)), of_this_site()),
        "lifespan": Lifespan(),
        "websocket": OriginCheck(
            URLRouter(websocket_urlpatterns),  # type: ignore[arg-type]
            settings.SITE_ORIGINS,
        ),
    }
)

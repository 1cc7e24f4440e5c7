"""A room's link as a picture that phones read."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from conference.headers import BARE

from .. import qr
from ..models import Room
from .door import entering


@require_safe
@entering
def room_qr(request: HttpRequest, room: Room) -> HttpResponse:
    """For whom the link opens the room; kept by no cache, as all behind its door."""
    return HttpResponse(qr.svg(room.url), "image/svg+xml", headers=BARE)

"""The address to which a room's password is sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from ..models import Room
from .door import entering


@require_http_methods(["GET", "HEAD", "POST"])
@entering
def password(request: HttpRequest, room: Room) -> HttpResponse:
    """Lead on to the call: nobody comes so far who still has to give a password."""
    return redirect("call", room.link)

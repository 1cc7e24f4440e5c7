"""One's own rooms, and who is in each now."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest

from ..models import Room


@require_safe
@login_required
def my_rooms(request: SignedInRequest) -> HttpResponse:
    """List the rooms of the one who asks."""
    rooms = Room.objects.owned_by(request.user).with_people_now()
    return render(request, "rooms/my_rooms.html", {"rooms": rooms})

"""Who acts on a page of a room, as the rows have them at that moment."""

from django.http import Http404, HttpRequest

from accounts.requests import signed_in
from conference.client import of_request

from ..models import Room
from ..order.actor import Actor


def actor_of(request: HttpRequest, room: Room) -> Actor:
    """The one who asks, with the role they have in this room now."""
    user = signed_in(request)
    if user is None:
        raise Http404
    return Actor.in_room(room, user, address=of_request(request))

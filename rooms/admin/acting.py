"""Who acts on rooms and calls from the administration."""

from django.http import HttpRequest

from accounts.models import User
from conference.client import of_request

from ..order.actor import Actor


def actor_of(request: HttpRequest) -> Actor:
    """As one of the people who run the site; only staff come so far."""
    assert isinstance(request.user, User)
    return Actor.of_site(request.user, address=of_request(request))

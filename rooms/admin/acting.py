"""Who acts on rooms and calls from the administration."""

from collections.abc import Callable

from django.http import HttpRequest

from accounts.models import User
from conference.client import of_request

from ..order.actor import Actor
from ..signalling import bus

UNTOLD = "The channel layer is away: the call was not told. Try again."
"""Of what no row says: calls do not find it out by themselves later."""


def actor_of(request: HttpRequest) -> Actor:
    """As one of the people who run the site; only staff come so far."""
    assert isinstance(request.user, User)
    return Actor.of_site(request.user, address=of_request(request))


def is_told(act: Callable[[], object]) -> bool:
    """Do this; whether the calls that it concerns were told."""
    with bus.collecting() as news:
        act()
    return all([bus.tell(each) for each in news])

"""What a suspension does in rooms: nobody goes on as a guest in the same browser."""

from django.utils import timezone

from accounts.models import Suspension, User
from conference.audit import Action

from .models import Ban, Seat
from .order import people
from .order.actor import Actor, write
from .rights import SITE
from .signalling import bus

REASON = "By the people who run this site."
"""Why they were suspended is for nobody else who uses that browser, nor for hosts."""


def suspended(suspension: Suspension, address: str = "") -> None:
    """Keep them out of the rooms where they sit now, and the browsers they sit at.

    As long as a removal does, or until the suspension is over. One of
    accounts.suspending.suspended.
    """
    actor = _actor(suspension.made_by, address)
    until = timezone.now() + people.REMOVED_FOR
    if suspension.until is not None:
        until = min(until, suspension.until)
    person = f"u:{suspension.user_id}"
    seats = Seat.objects.live().filter(user=suspension.user).select_related("room")
    places = {(seat.room_id, seat.browser): seat for seat in seats}
    for seat in places.values():
        Ban.objects.create(
            room=seat.room,
            person=person,
            user=suspension.user,
            browser=seat.browser,
            name=seat.name,
            reason=REASON,
            made_by=suspension.made_by,
            by_site=True,
            suspension=suspension,
            until=until,
        )
        write(Action.REMOVE, actor, seat.room, person)
        bus.tell_after_commit(bus.KeptOut(seat.room_id, person, REASON, seat.browser))


def lifted(suspension: Suspension, address: str = "") -> None:
    """Let them back into these rooms. One of accounts.suspending.lifted."""
    actor = _actor(suspension.lifted_by, address)
    bans = Ban.objects.in_force().filter(suspension=suspension)
    for ban in bans.select_related("room"):
        people.let_back(ban, actor)


def _actor(user: User | None, address: str) -> Actor:
    """Whoever acts for the site; nobody, where its own programs do."""
    if user is None:
        return Actor("", "", SITE, address)
    return Actor.of_site(user, address=address)

"""What the running call hears of an act, once it is committed."""

import msgspec

from ..models import Prohibition, Room
from ..signalling import bus
from ..signalling.protocol import Power, Role


def tell_standing(room: Room, person: str, role: str) -> None:
    """What this person is here from now on, and what is forbidden to them alone."""
    powers = Prohibition.objects.of(room, person)
    bus.tell_after_commit(
        bus.StandingChanged(
            room.pk,
            person,
            msgspec.convert(str(role), Role),
            msgspec.convert(powers, tuple[Power, ...]),
        )
    )

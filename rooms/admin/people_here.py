"""Who sits in a call, as its page in the administration shows them."""

from dataclasses import dataclass

from django.urls import reverse

from ..models import Room, Seat

_ROLES = {
    "owner": "Owner",
    "co-host": "Co-host",
    "member": "Member",
    "guest": "Guest",
}


@dataclass(frozen=True, slots=True)
class PersonHere:
    """One seat; `url` is the page of its account, if there is one.

    `owns`: the room is theirs, so nobody keeps them out of it.
    """

    seat: Seat
    role: str
    url: str
    owns: bool

    @property
    def state(self) -> str:
        """Whether a socket serves the seat now."""
        return "Connection lost, may come back" if self.seat.away else "Here"


def people_here(room: Room) -> list[PersonHere]:
    """In the order they came, as of a few seconds ago."""
    return [
        PersonHere(
            seat,
            _ROLES.get(seat.role, seat.role),
            reverse("admin:accounts_user_change", args=[seat.user_id])
            if seat.user_id
            else "",
            owns=seat.user_id == room.owner_id,
        )
        for seat in room.seats.live().select_related("user")
    ]

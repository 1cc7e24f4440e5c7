"""What somebody is told who sits down."""

import msgspec

from ..ice import ice_servers
from .admission import refreshed
from .bus import RoomChanged
from .floor import Floor
from .holder import Socket
from .protocol import IceServer, Person, RoomFacts, Welcome
from .seats import Seat
from .tickets import issue_resume


def welcome(
    socket: Socket,
    seat: Seat[Socket],
    facts: RoomChanged,
    floor: Floor,
    people: tuple[Person, ...],
    *,
    chat_number: int,
    partial: bool,
    seconds: float,
) -> Welcome:
    """The seat, the room and the others in it; with credentials made at `seconds`.

    The resume token says what is known of the room and of the seat by now.
    """
    entry = socket.entry
    ice = ice_servers(entry.person, facts.room, seconds)
    fresh = msgspec.structs.replace(
        refreshed(entry, facts),
        # Who is inside stays inside, whatever becomes of the link they came by.
        link=facts.link or entry.link,
        chat_number=chat_number,
        since=seat.since,
        instance=seat.claim.instance,
        admitted=True,
        running=True,
        address="",
    )
    return Welcome(
        seat=seat.id,
        since=seat.since,
        name=seat.claim.name,
        picture=entry.picture,
        role=seat.claim.role,
        resume=issue_resume(fresh, socket.bind),
        room=shown(facts),
        link=fresh.link,
        people=people,
        ice_servers=tuple(msgspec.convert(one, IceServer) for one in ice.servers),
        ice_expires=ice.expires_ms,
        chat_number=chat_number if facts.keeps_chat else 0,
        partial=partial,
        forbidden=floor.forbidden_to(seat.claim),
        held=seat.held,
        spotlight=floor.spotlight,
        ending=floor.ends_at,
    )


def shown(facts: RoomChanged) -> RoomFacts:
    """What people get to know of their room."""
    return RoomFacts(
        name=facts.name,
        limit=facts.limit,
        keeps_chat=facts.keeps_chat,
        relay_only=facts.relay_only,
        access=facts.access,
        locked=facts.locked,
        lobby=facts.lobby,
        forbidden=facts.forbidden,
    )

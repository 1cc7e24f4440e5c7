"""What a room's row says, read again for somebody whose token may be hours old."""

from channels.db import database_sync_to_async

from ..models import Room
from .bus import Announcement, RoomDeleted, changed


async def facts_now(room: int) -> Announcement:
    """What a process heard last, if it heard all; raises what the database raises."""
    return await database_sync_to_async(_read)(room)


def _read(room: int) -> Announcement:
    row = Room.objects.filter(pk=room).first()
    return RoomDeleted(room) if row is None else changed(row)

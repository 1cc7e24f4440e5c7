"""What tokens say of their room, and whom a room lets in."""

import msgspec

from ..rights import comes_in_at_once
from .bus import RoomChanged
from .tickets import Entry


def facts_of(entry: Entry) -> RoomChanged:
    """What a token says of its room."""
    return RoomChanged(
        room=entry.room,
        name=entry.room_name,
        limit=entry.limit,
        keeps_chat=entry.keeps_chat,
        access=entry.access,
        version=entry.room_version,
        revocation=entry.revocations[1],
        relay_only=entry.relay_only,
        locked=entry.locked,
        lobby=entry.lobby,
        forbidden=entry.room_forbidden,
        link=entry.room_link or entry.link,
        password=entry.password,
    )


def refreshed(entry: Entry, facts: RoomChanged) -> Entry:
    """The entry with other facts about its room."""
    return msgspec.structs.replace(
        entry,
        room_name=facts.name,
        limit=facts.limit,
        keeps_chat=facts.keeps_chat,
        access=facts.access,
        room_version=facts.version,
        relay_only=facts.relay_only,
        locked=facts.locked,
        lobby=facts.lobby,
        room_forbidden=facts.forbidden,
        room_link=facts.link,
        password=facts.password,
    )


def open_to(entry: Entry, facts: RoomChanged) -> bool:
    """Whether a room with these facts lets this person in.

    A link that the room had before is as good as none, and so is its password before,
    but for those with a role.
    """
    if not comes_in_at_once(entry.role) and (
        facts.link not in ("", entry.link) or facts.password not in ("", entry.proved)
    ):
        return False
    match facts.access:
        case "anyone":
            return True
        case "signed-in":
            return not entry.guest
        case "invited":
            return entry.invited

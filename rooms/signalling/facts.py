"""What the rows say, read again for somebody whose token may be hours old."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from channels.db import database_sync_to_async

from ..models import Acceptance, Invitation, Membership, Room
from .bus import Announcement, RoomDeleted, changed
from .tickets import Entry


class Facts(NamedTuple):
    """What a process heard last of a room, if it heard all; who it is that asks."""

    news: Announcement
    invited: bool


async def facts_now(entry: Entry) -> Facts:
    """What holds now for this person; raises what the database raises."""
    return await database_sync_to_async(_read)(entry)


def _read(entry: Entry) -> Facts:
    row = Room.objects.filter(pk=entry.room).first()
    if row is None:
        return Facts(RoomDeleted(entry.room), invited=False)
    return Facts(changed(row), invited=not uninvited([entry]))


def uninvited(entries: Iterable[Entry]) -> Mapping[int, set[str]]:
    """Who of these has neither a role nor an invitation in force, by their rooms.

    Two queries at most, however many they are.
    """
    asked = list(entries)
    rooms = {entry.room for entry in asked}
    if not rooms:
        return {}
    users = {entry.user for entry in asked if entry.user is not None}
    roles = set(
        Membership.objects.filter(room__in=rooms, user__in=users).values_list(
            "room_id", "user_id"
        )
    )
    # With the account, since a person's name outlives it.
    accepted = set(
        Acceptance.objects.filter(
            invitation__in=Invitation.objects.in_force().filter(room__in=rooms),
            person__in={entry.person for entry in asked},
        ).values_list("invitation__room_id", "person", "user_id")
    )
    lost: dict[int, set[str]] = defaultdict(set)
    for entry in asked:
        by_name = (entry.room, entry.person, entry.user) in accepted
        if not by_name and (entry.room, entry.user) not in roles:
            lost[entry.room].add(entry.person)
    return lost

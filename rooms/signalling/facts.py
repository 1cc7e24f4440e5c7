"""What the rows say, read again for somebody whose token may be hours old."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from channels.db import database_sync_to_async
from django.db.models import Q

from accounts.models import User

from ..models import Acceptance, Membership, Room
from .bus import Announcement, RoomDeleted, changed
from .tickets import Entry


class Facts(NamedTuple):
    """What a process heard last of a room, if it heard all; who it is that asks.

    `known`: the account that was signed, if one was, is there and not closed.
    """

    news: Announcement
    invited: bool
    known: bool


async def facts_now(entry: Entry) -> Facts:
    """What holds now for this person; raises what the database raises."""
    return await database_sync_to_async(_read)(entry)


def _read(entry: Entry) -> Facts:
    row = Room.objects.filter(pk=entry.room).first()
    if row is None:
        return Facts(RoomDeleted(entry.room), invited=False, known=False)
    known = (
        entry.user is None
        or User.objects.filter(pk=entry.user, is_active=True).exists()
    )
    return Facts(changed(row), invited=not uninvited([entry]), known=known)


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
        Membership.objects.filter(
            room__in=rooms, user__in=users, user__is_active=True
        ).values_list("room_id", "user_id")
    )
    guests = {entry.person for entry in asked if entry.user is None}
    # Accounts by their row alone: a person's name outlives it. What a guest accepted
    # may be an account's since: then it is theirs, and still that browser's.
    whose = Q(person__in=guests) | Q(user__in=users, user__is_active=True)
    theirs = Acceptance.objects.in_force().filter(whose, invitation__room__in=rooms)
    accepted = theirs.values_list(
        "invitation__room_id", "person", "user_id", "user__is_active"
    )
    by_browser = {(room, person) for room, person, _, _ in accepted}
    by_account = roles | {(room, user) for room, _, user, active in accepted if active}
    lost: dict[int, set[str]] = defaultdict(set)
    for entry in asked:
        if entry.user is None:
            invited = (entry.room, entry.person) in by_browser
        else:
            invited = (entry.room, entry.user) in by_account
        if not invited:
            lost[entry.room].add(entry.person)
    return lost

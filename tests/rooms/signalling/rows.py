"""All rows there are, at one moment and at another: what somebody has changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from conference.audit import Action
from conference.rights import Who
from rooms.models import Room
from rooms.rights import CO_HOST, GUEST, MEMBER, OWNER, Act, may

Values = dict[str, Any]

COPIES = frozenset(
    {"rooms.Seat", "rooms.Visit", "rooms.Day", "conference.ServingProcess"}
)
"""What the server writes by itself, to show who is where."""

BY_THE_WAY = frozenset({"last_used_at"})
"""What it notes so of a room."""

ORDER_OF = {
    Action.FORBID: Act.ALLOW,
    Action.BAN: Act.REMOVE,
    Action.UNLOCK: Act.LOCK,
    Action.LOBBY_ON: Act.LOBBY,
    Action.LOBBY_OFF: Act.LOBBY,
}
"""Acts of the log that have another name than the order."""

ROLES = {Who.MEMBER: MEMBER, Who.CO_HOST: CO_HOST, Who.OWNER: OWNER}


@dataclass(frozen=True)
class Change:
    """One row, before and after; None where there was or is none."""

    model: str
    was: Values | None
    now: Values | None

    def __getitem__(self, field: str) -> Any:
        found = self.now or self.was
        assert found is not None
        return found[field]

    @property
    def is_new(self) -> bool:
        return self.was is None

    @property
    def fields(self) -> set[str]:
        """What differs of a row that was there and is there."""
        was, now = self.was or {}, self.now or {}
        return {field for field in now if now[field] != was.get(field)}


Rows = dict[tuple[str, Any], Values]


def rows() -> Rows:
    """Every row of every model, by model and key."""
    return {
        (model._meta.label, values[model._meta.pk.attname]): {
            field: value for field, value in values.items() if field not in BY_THE_WAY
        }
        for model in apps.get_models()
        if model._meta.label not in COPIES and not model._meta.proxy
        for values in model._base_manager.values()
    }


def changes(before: Rows, after: Rows) -> Iterator[Change]:
    """What is no longer as it was."""
    for key in before.keys() | after.keys():
        was, now = before.get(key), after.get(key)
        if was != now:
            yield Change(key[0], was, now)


def is_right(change: Change, who: Who, persons: set[str], room: Room) -> bool:
    """Whether these people may have done that, being this in this room."""
    role = ROLES.get(who, GUEST)
    if who in (Who.ANONYMOUS, Who.WAITING):
        return False
    match change.model:
        case "rooms.Message":
            mine = change["room_id"] == room.pk and change["person"] in persons
            return change.is_new and mine
        case "rooms.Report":
            mine = change["room_id"] == room.pk and change["reporter"] in persons
            return change.is_new and mine
        case "conference.AuditEntry":
            action = Action(change["action"])
            act = ORDER_OF.get(action) or Act(action)
            mine = change["room"] == room.pk and change["actor"] in persons
            return change.is_new and mine and may(role, act)
        case "rooms.Ban" | "rooms.Prohibition":
            return may(role, Act.REMOVE) and change["room_id"] == room.pk
        case "rooms.Room":
            theirs = {"locked", "lobby", "forbidden", "version"}
            theirs |= {"owner_id"} if may(role, Act.TRANSFER) else set()
            of_room = not change.is_new and change["id"] == room.pk
            return may(role, Act.LOCK) and of_room and change.fields <= theirs
        case "rooms.Membership":
            if change["room_id"] != room.pk:
                return False
            # Whoever sends somebody away takes their role, if it is a lesser one.
            taken = change.now is None and may(role, Act.REMOVE, change["role"])
            return taken or may(role, Act.PROMOTE)
        case _:
            return False

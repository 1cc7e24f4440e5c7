"""What the fuzzing takes for a right that was gained: it must see one."""

from typing import Any

import pytest

from conference.rights import Who
from rooms.models import Room

from .rows import Change, is_right

ROOM = Room(pk=7)
HERE = {"room_id": 7}
MEMBERSHIP = "rooms.Membership"


def change(model: str, was: Any = None, now: Any = None) -> Change:
    return Change(model, was, now)


def role(name: str) -> dict[str, Any]:
    return {**HERE, "role": name}


WRONG = [
    (Who.GUEST, change("rooms.Room", {"id": 7, "locked": 0}, {"id": 7, "locked": 1})),
    (Who.GUEST, change(MEMBERSHIP, None, role("member"))),
    (Who.MEMBER, change("rooms.Ban", None, HERE)),
    (Who.WAITING, change("rooms.Message", None, {**HERE, "person": "g:eve"})),
    (Who.GUEST, change("rooms.Message", None, {**HERE, "person": "u:1"})),
    (Who.GUEST, change("rooms.Report", None, {"room_id": 8, "reporter": "g:eve"})),
    (Who.CO_HOST, change(MEMBERSHIP, None, role("co-host"))),
    (Who.CO_HOST, change(MEMBERSHIP, role("member"), role("co-host"))),
    (Who.CO_HOST, change(MEMBERSHIP, role("co-host"), None)),
    (Who.CO_HOST, change("rooms.Room", {"id": 7, "link": 1}, {"id": 7, "link": 2})),
    (Who.CO_HOST, change("rooms.Room", {"id": 8, "lobby": 1}, {"id": 8, "lobby": 0})),
    (Who.OWNER, change(MEMBERSHIP, None, {"room_id": 8, "role": "owner"})),
    (Who.OWNER, change("accounts.User", {"is_staff": 0}, {"is_staff": 1})),
    (Who.STAFF, change("rooms.Prohibition", None, HERE)),
]
RIGHT = [
    (Who.GUEST, change("rooms.Message", None, {**HERE, "person": "g:eve"})),
    (Who.GUEST, change("rooms.Report", None, {**HERE, "reporter": "g:eve"})),
    (Who.CO_HOST, change("rooms.Room", {"id": 7, "lobby": 1}, {"id": 7, "lobby": 0})),
    (Who.CO_HOST, change(MEMBERSHIP, role("member"), None)),
    (Who.OWNER, change(MEMBERSHIP, role("member"), role("co-host"))),
    (Who.OWNER, change("rooms.Ban", None, HERE)),
]


@pytest.mark.parametrize(("who", "seen"), WRONG)
def test_a_right_that_was_gained_is_seen(who: Who, seen: Change) -> None:
    assert not is_right(seen, who, {"g:eve"}, ROOM)


@pytest.mark.parametrize(("who", "seen"), RIGHT)
def test_what_one_may_do_is_no_gain(who: Who, seen: Change) -> None:
    assert is_right(seen, who, {"g:eve"}, ROOM)


@pytest.mark.parametrize(
    ("actor", "action", "fine"),
    [("u:3", "lock", True), ("u:4", "lock", False), ("u:3", "promote", False)],
)
def test_the_log_names_who_did_it(actor: str, action: str, fine: bool) -> None:
    entry = change("conference.AuditEntry", None, _entry(actor, action))
    assert is_right(entry, Who.CO_HOST, {"u:3"}, ROOM) is fine


def _entry(actor: str, action: str) -> dict[str, Any]:
    return {"room": 7, "actor": actor, "action": action}

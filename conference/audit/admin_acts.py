"""What people do in the administration, as the log tells it: fields, never values."""

import json
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest

from ..client import of_request
from .log import Action, record

_SHORT = {
    "accounts.user": "u",
    "rooms.room": "room",
    "rooms.livecall": "room",
    "rooms.invitation": "invitation",
    "rooms.report": "report",
    "rooms.ban": "ban",
}
"""Kinds of rows that the log names often."""


class Recorded(ModelAdmin[Any]):
    """Mixed into every list of the administration by its site (administration.site).

    Django writes several deletions down at once, without a signal for each; here each
    passes, and with it the request, which knows the address.
    """

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        _record(Action.ADMIN_ADDED, request, obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        _record(Action.ADMIN_CHANGED, request, obj, message)
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        for row in queryset:
            _record(Action.ADMIN_DELETED, request, row, "")
        return super().log_deletions(request, queryset)


def by(request: HttpRequest) -> str:
    """The mark of who asks."""
    return f"u:{request.user.pk}"


def mark_of(row: Model) -> str:
    """What stands for a row: its number, or the random id that others know it by."""
    label = row._meta.label_lower
    return f"{_SHORT.get(label, label)}:{getattr(row, 'public_id', row.pk)}"


def _record(action: Action, request: HttpRequest, row: Model, message: Any) -> None:
    room = getattr(row, "room_id", None)
    mark = mark_of(row)
    if mark.startswith("room:"):
        room = row.pk
    record(
        action,
        actor=by(request),
        room=room,
        target=mark,
        address=of_request(request),
        details=_told(message),
    )


def note_action(request: HttpRequest, name: str, rows: list[Model]) -> None:
    """What was chosen from a list of actions, and done to these rows."""
    for row in rows:
        record(
            Action.ADMIN_CHANGED,
            actor=by(request),
            target=mark_of(row),
            address=of_request(request),
            details={"act": name},
        )


def _told(message: Any) -> dict[str, Any]:
    """The names of the fields, and of parts that came or went."""
    if isinstance(message, str):
        try:
            message = json.loads(message)
        except ValueError:
            return {}
    fields: list[str] = []
    parts: list[str] = []
    for change in message if isinstance(message, list) else []:
        for how, what in change.items():
            fields += map(str, what.get("fields", []))
            if "name" in what:
                parts.append(f"{how} {what['name']}")
    return {
        key: value for key, value in (("fields", fields), ("parts", parts)) if value
    }

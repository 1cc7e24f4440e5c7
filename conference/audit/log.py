"""Writing the log. Call it in the transaction of the act: both hold, or neither."""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from .models import AuditEntry

REASON_LENGTH = 500


class Action(StrEnum):
    """What was done. Acts of hosts have the names of their messages on the wire."""

    ADMIT = "admit"
    REFUSE = "refuse"
    MUTE = "mute"
    ASK = "ask"
    ALLOW = "allow"
    FORBID = "forbid"
    REMOVE = "remove"
    BAN = "ban"
    LET_BACK = "let-back"
    RENAME = "rename"
    SPOTLIGHT = "spotlight"
    LOCK = "lock"
    UNLOCK = "unlock"
    LOBBY_ON = "lobby-on"
    LOBBY_OFF = "lobby-off"
    END = "end"
    GO_ON = "go-on"
    PROMOTE = "promote"
    TRANSFER = "transfer"
    REPORT = "report"
    ROOM_MADE = "room-made"
    ROOM_CHANGED = "room-changed"
    ROOM_DELETED = "room-deleted"
    NEW_LINK = "new-link"
    INVITED = "invited"
    INVITATION_REVOKED = "invitation-revoked"
    NOTICE = "notice"
    CLOSE_SOCKETS = "close-sockets"
    SUSPEND = "suspend"
    LIFT_SUSPENSION = "lift-suspension"
    LOG_OUT = "log-out"
    SECOND_FACTOR_RESET = "second-factor-reset"
    REPORT_TAKEN = "report-taken"
    REPORT_CLOSED = "report-closed"
    REPORT_OPENED = "report-opened-again"
    REPORT_NOTE = "report-note"
    ADMIN_ADDED = "admin-added"
    ADMIN_CHANGED = "admin-changed"
    ADMIN_DELETED = "admin-deleted"
    LOG_EXPORTED = "log-exported"
    SIGN_IN_FAILED = "sign-in-failed"


def record(
    action: Action,
    *,
    actor: str = "",
    room: int | None = None,
    target: str = "",
    reason: str = "",
    address: str = "",
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write down one act.

    `actor` and `target` are ids, never names: `u:<account>`, `g:<guest>`,
    `room:<number>`, `report:<public id>` and so on; an empty actor is the program.
    `address` is the actor's network address, of which only a keyed digest is kept.
    """
    from .models import AuditEntry

    return AuditEntry.objects.create(
        action=action,
        actor=actor,
        room=room,
        target=target,
        reason=reason[:REASON_LENGTH],
        address=address_mark(address),
        details=details or {},
    )


def address_mark(address: str) -> str:
    """The same for the same address, and no way back to it without our key."""
    if not address:
        return ""
    return hmac.digest(_key(settings.SECRET_KEY), address.encode(), "sha256").hex()[:32]


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return hashlib.sha256(b"conference.audit.address" + secret.encode()).digest()

"""Invitations as the owner's list shows them."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format

from ..models import Invitation, Room, State
from .making import can_be_sent_again

ENDED_SHOWN = 20
"""How many that are over the list still shows, the newest."""


class Badge(NamedTuple):
    """A state in a word, with its sign; `kind` is one of the badges of the style."""

    words: str
    icon: str
    kind: str = ""


_ENDED = {
    State.ACCEPTED: Badge("Accepted", "check", "live"),
    State.USED_UP: Badge("Used up", "check"),
    State.EXPIRED: Badge("Expired", "clock", "warning"),
    State.REVOKED: Badge("Revoked", "ban"),
}
_NOT_MAILED = (
    Invitation.Mail.PRINTED,
    Invitation.Mail.UNWANTED,
    Invitation.Mail.TOO_MANY,
    Invitation.Mail.ENOUGH,
)
_OPEN = {
    **dict.fromkeys(_NOT_MAILED, Badge("Not mailed", "mail", "warning")),
    Invitation.Mail.SENT: Badge("Sent", "mail"),
    Invitation.Mail.WAITING: Badge("Waiting", "clock", "warning"),
    Invitation.Mail.FAILED: Badge("Could not be sent", "circle-alert", "danger"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One invitation of the list."""

    invitation: Invitation
    title: str
    subtitle: str
    valid: str
    badge: Badge
    fault: str
    not_mailed: bool
    can_revoke: bool
    can_send_again: bool

    @classmethod
    def of(cls, invitation: Invitation) -> "Row":
        state = invitation.state
        is_open = state is State.OPEN
        return cls(
            invitation,
            title=invitation.address or "Link",
            subtitle=invitation.note,
            valid=_valid(invitation, state),
            badge=_badge(invitation, state),
            fault=_fault(invitation) if is_open else "",
            not_mailed=is_open and invitation.mail in _NOT_MAILED,
            can_revoke=state not in (State.REVOKED, State.EXPIRED),
            can_send_again=can_be_sent_again(invitation),
        )


def rows(room: Room) -> list[Row]:
    """Everything that still works, and the newest of what is over; newest first."""
    found = room.invitations.prefetch_related("acceptances")
    works = Q(pk__in=Invitation.objects.in_force().filter(room=room).values("pk"))
    working = list(found.filter(works))
    over = list(found.exclude(works)[:ENDED_SHOWN])
    newest = sorted(working + over, key=lambda each: each.pk, reverse=True)
    return [Row.of(each) for each in newest]


def _fault(invitation: Invitation) -> str:
    """Why its mail is not there yet, in words; "" if nothing is wrong with it."""
    if invitation.mail == Invitation.Mail.WAITING:
        return invitation.mail_fault or "For the mail server to take it."
    return invitation.mail_fault if invitation.mail == Invitation.Mail.FAILED else ""


def _badge(invitation: Invitation, state: State) -> Badge:
    if state is not State.OPEN:
        return _ENDED[state]
    mail = Invitation.Mail(invitation.mail)
    return _OPEN.get(mail, Badge("Open", "link"))


def _valid(invitation: Invitation, state: State) -> str:
    ends = invitation.expires_at
    if state is State.REVOKED and invitation.revoked_at:
        return f"ended {_day(invitation.revoked_at)}"
    if ends is not None and ends <= timezone.now():
        return f"ended {_day(ends)}"
    until = "" if ends is None else f"until {_day(ends)}"
    if invitation.address or invitation.uses_limit is None:
        return until or "does not end"
    left = max(0, invitation.uses_limit - invitation.uses)
    uses = f"{left} of {invitation.uses_limit} uses left"
    return f"{uses}, {until}" if until else uses


def _day(moment: datetime) -> str:
    then, now = timezone.localdate(moment), timezone.localdate()
    if then == now:
        return "today"
    return date_format(then, "j\u00a0M" if then.year == now.year else "j\u00a0M Y")

"""Where somebody is logged in.

allauth notes each log-in (UserSession) beside Django's own session. A note whose
session has ended, or whose session no longer opens the account, counts as none; it is
cleared away at the next log-in, not by looking.
"""

from dataclasses import dataclass
from datetime import datetime

from allauth.core.internal.sessionkit import get_session_user
from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from .devices import device
from .models import User


@dataclass(frozen=True)
class LoggedIn:
    """One browser that opens the account."""

    device: str
    address: str
    since: datetime
    here: bool


def logged_in(user: User, this_session: str) -> list[LoggedIn]:
    """Every browser that opens the account now, this one first, then the newest."""
    noted = UserSession.objects.filter(user=user).order_by("-created_at", "-pk")
    found = [
        LoggedIn(
            device=device(note.user_agent),
            address=note.ip,
            since=note.created_at,
            here=note.session_key == this_session,
        )
        for note in noted
        if get_session_user(SessionStore(note.session_key)) == user
    ]
    return sorted(found, key=lambda one: not one.here)


def end_sessions(user: User, except_for: str = "") -> None:
    """Log the account out everywhere, but in the session of that key.

    Also finds sessions that no note tells of.
    """
    now = timezone.now()
    for session in Session.objects.filter(expire_date__gt=now).iterator():
        if session.get_decoded().get(SESSION_KEY) != str(user.pk):
            continue
        if session.session_key != except_for:
            session.delete()
    UserSession.objects.filter(user=user).exclude(session_key=except_for).delete()

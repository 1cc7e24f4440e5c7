"""Where somebody is logged in.

allauth notes each log-in (UserSession) beside Django's own session. A note whose
session has ended, or whose session no longer opens the account, counts as none; it is
cleared away at the next log-in, not by looking.
"""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY,
)
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.utils import user_pk_to_url_str
from allauth.core.internal.sessionkit import get_session_user
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.dispatch import receiver
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


def login_of(session: str | None) -> int:
    """The number of this session's log-in, which opens nothing; 0 if none is noted."""
    if not session:
        return 0
    noted = UserSession.objects.filter(session_key=session)
    return noted.values_list("pk", flat=True).first() or 0


def lasting(logins: Collection[int]) -> dict[int, datetime]:
    """When those of these log-ins end that have not ended yet; one query."""
    if not logins:
        return {}
    mine = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gt=timezone.now()
    )
    noted = UserSession.objects.filter(pk__in=logins)
    found = noted.annotate(ends=Subquery(mine.values("expire_date")[:1]))
    return dict(found.exclude(ends=None).values_list("pk", "ends"))


def forget_expired() -> None:
    """Delete the sessions that open nothing any more; the database keeps them else."""
    Session.objects.filter(expire_date__lte=timezone.now()).delete()


def end_sessions(
    user: User,
    except_for: str = "",
    *,
    naming: Iterable[str] = (),
    since: datetime | None = None,
) -> None:
    """Log the account out everywhere, but in the session of that key.

    Also finds sessions that no note tells of, those that wait for a second step, and
    anybody's in which one of the addresses `naming` stands. Reads every session of the
    site, some 80 microseconds each, so not within a transaction; or those only that
    were written `since` then.
    """
    forget_expired()
    sessions = Session.objects.exclude(session_key=except_for)
    if since is not None:
        age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
        sessions = sessions.filter(expire_date__gte=since + age)
    named = [_whole(address) for address in naming]
    for session in sessions.iterator():
        if _is_about(session.get_decoded(), user, named):
            session.delete()
    UserSession.objects.filter(user=user).exclude(session_key=except_for).delete()


def _is_about(
    session: dict[str, Any], user: User, named: list[re.Pattern[str]]
) -> bool:
    halfway = session.get(LOGIN_SESSION_KEY) or {}
    if (
        session.get(SESSION_KEY) == str(user.pk)
        or session.get(_AUTHENTICATION_METHODS_USER_SESSION_KEY) == user_id_to_str(user)
        or halfway.get("user_pk") == user_pk_to_url_str(user)
    ):
        return True
    text = json.dumps(session, ensure_ascii=False) if named else ""
    return any(name.search(text) for name in named)


def _whole(address: str) -> re.Pattern[str]:
    """Finds the address, and none that merely ends or begins like it."""
    return re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w.-])", re.IGNORECASE)


@receiver(user_logged_in)
def _somebody_came(**_: Any) -> None:
    transaction.on_commit(forget_expired)

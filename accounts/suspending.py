"""Acts of those who run the site on one account: suspend, lift, log out.

Each is written in the log, and reaches running calls at once. Other apps add to
`suspended` and `lifted` what follows there.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from conference.audit import Action, record

from .models import Suspension, User
from .sessions import end_sessions

LOGGED_OUT = "The people who run this site have logged you out. Log in again."

suspended: list[Callable[[Suspension, str], None]] = []
lifted: list[Callable[[Suspension, str], None]] = []
"""Called with the suspension and the address of whoever acts, within the transaction
of the act: once all that was signed for the account is void; once they may log in.
"""


class MayNotSuspend(PermissionDenied):
    """This person may not act on that one; the text says why."""


def suspend(
    user: User,
    *,
    reason: str,
    until: datetime | None,
    by: User | None,
    address: str = "",
) -> Suspension:
    """Shut somebody out until then, or until it is lifted; they learn the reason.

    They are logged out everywhere, and leave every call. Raises MayNotSuspend.
    """
    _ask(user, by)
    if by is not None and user.pk == by.pk:
        raise MayNotSuspend("Nobody can suspend themselves.")
    with transaction.atomic():
        suspension = Suspension.objects.create(
            user=user, reason=reason, until=until, made_by=by
        )
        record(
            Action.SUSPEND,
            actor=_name(by),
            target=_name(user),
            reason=reason,
            address=address,
            details={"until": until.isoformat() if until else ""},
        )
        user.revoke(words(suspension))
        for follow in suspended:
            follow(suspension, address)
        transaction.on_commit(partial(end_sessions, user))
    return suspension


def lift(suspension: Suspension, by: User | None, address: str = "") -> None:
    """Let them log in again; whatever they had open before stays void.

    Raises MayNotSuspend where whoever asks could not have suspended them.
    """
    _ask(suspension.user, by)
    with transaction.atomic():
        mine = Suspension.objects.filter(pk=suspension.pk, lifted_at=None)
        if not mine.update(lifted_at=timezone.now(), lifted_by=by):
            return
        suspension.refresh_from_db(fields=["lifted_at", "lifted_by"])
        record(
            Action.LIFT_SUSPENSION,
            actor=_name(by),
            target=f"u:{suspension.user_id}",
            address=address,
        )
        for follow in lifted:
            follow(suspension, address)


def log_out(user: User, by: User | None, address: str = "") -> None:
    """End every session and every call of the account; they may log in at once.

    Raises MayNotSuspend.
    """
    _ask(user, by)
    with transaction.atomic():
        record(Action.LOG_OUT, actor=_name(by), target=_name(user), address=address)
        user.revoke(LOGGED_OUT)
        transaction.on_commit(partial(end_sessions, user))


def words(suspension: Suspension) -> str:
    """What the person is told, with the reason and when it ends."""
    ends = suspension.until
    end = f" until {date_format(ends, 'j F Y, H:i')} UTC" if ends else ""
    reason = f" {suspension.reason}" if suspension.reason else ""
    return f"Your account is suspended{end}.{reason}"


def _ask(user: User, by: User | None) -> None:
    above = user.is_staff or user.is_superuser
    if above and by is not None and not by.is_superuser:
        raise MayNotSuspend("Only administrators can do that to somebody who is staff.")


def _name(user: User | None) -> str:
    return "" if user is None else f"u:{user.pk}"

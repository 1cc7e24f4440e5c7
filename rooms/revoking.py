"""What ends a right tells the calls: accounts, sessions and roles, each by its signal.

Signals, since all of these also go by ways that know nothing of rooms: by log-out, by
the administration's lists, with their room or with their person.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models.signals import post_delete
from django.utils import timezone

from accounts.revoking import revoked

from . import places
from .models import Membership
from .signalling import bus
from .signalling.tickets import bind_of


def account_revoked(account: int, revocation: int, why: str, **_: Any) -> None:
    """A receiver of accounts.revoking.revoked."""
    bus.tell_after_commit(bus.AccountRevoked(account, revocation, why))


def session_ended(instance: Session, **_: Any) -> None:
    """A receiver of Session's post_delete.

    Of those that are over by themselves, processes know already; and a session in
    which nobody was logged in opens nothing for anybody.
    """
    if instance.expire_date <= timezone.now() or SESSION_KEY not in (
        instance.get_decoded()
    ):
        return
    bind = bind_of({settings.SESSION_COOKIE_NAME: instance.session_key})
    bus.tell_after_commit(bus.SessionsEnded((bind,)))


def role_ended(instance: Membership, **_: Any) -> None:
    """A receiver of Membership's post_delete."""
    places.look_after_commit(instance.room_id, [f"u:{instance.user_id}"])


def listen() -> None:
    """Hear of all that from now on."""
    revoked.connect(account_revoked, dispatch_uid="rooms.revoking.account")
    post_delete.connect(
        session_ended, sender=Session, dispatch_uid="rooms.revoking.session"
    )
    post_delete.connect(
        role_ended, sender=Membership, dispatch_uid="rooms.revoking.role"
    )

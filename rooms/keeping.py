"""How a guest's place becomes that of their account.

A guest who signs up keeps what their browser accepted, wrote and came for: once their
account logs in there, and not before. Until the address is confirmed, nobody may see
whether it had an account already.
"""

import contextlib
from typing import Any

from allauth.account.signals import user_logged_in, user_signed_up
from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone

from accounts import arrival
from accounts.models import User

from . import access
from .guests import Guest
from .models import Acceptance, InvitationRefused, Message, Visit
from .paths import invitation_at, link_at
from .visitors import Visitor


def note_provider(sender: object, request: HttpRequest, user: User, **how: Any) -> None:
    """A receiver of user_signed_up, for those who come by the log-in provider.

    They typed no address here: theirs is proven, and they are logged in next.
    """
    if login := how.get("sociallogin"):
        path = arrival.path_on_site(login.state.get("next") or "")
        arrival.keep(request, user.email, path)


def keep_place(sender: object, request: HttpRequest, user: User, **_: Any) -> None:
    """A receiver of user_logged_in: what the browser accepted is the account's.

    If the account was made here, or was meant to be, so is what the guest wrote; the
    invitation that sign-up was for is accepted, and the room that it was for visited.
    Nothing counts a second time.
    """
    guest = Guest.of(request)
    visitor = Visitor(user, guest.id)
    path = arrival.arrive(request, user)
    with transaction.atomic():
        if not guest.is_new:
            Acceptance.objects.adopt(guest.id, user)
        if path is None:
            return
        if not guest.is_new:
            Message.objects.filter(person=f"g:{guest.id}").update(
                person=visitor.person, user=user
            )
        if invitation := invitation_at(path):
            # If it ended meanwhile, its page, which comes next, says so.
            with contextlib.suppress(InvitationRefused):
                invitation.accept(visitor)
        _visit(path, user, visitor)


def listen() -> None:
    """Hear of new accounts and of log-ins from now on."""
    user_signed_up.connect(note_provider, dispatch_uid="rooms.keeping.signed_up")
    user_logged_in.connect(keep_place, dispatch_uid="rooms.keeping.logged_in")


def _visit(path: str, user: User, visitor: Visitor) -> None:
    link = link_at(path)
    if link is None:
        return
    try:
        room = access.enter(visitor, link)
    except (Http404, access.Closed):
        return
    Visit.objects.update_or_create(
        room=room, user=user, defaults={"last_at": timezone.now()}
    )

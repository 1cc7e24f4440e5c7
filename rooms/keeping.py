"""How a guest's place becomes that of their account.

A guest who signs up keeps what their browser accepted, wrote and came for. Who was
invited may sign up at all, where sign-up is by invitation.
"""

import contextlib
from typing import Any
from urllib.parse import urlsplit

from allauth.account.signals import user_logged_in, user_signed_up
from django.db import transaction
from django.http import Http404, HttpRequest
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

from . import access
from .guests import Guest
from .links import read_link
from .models import (
    Acceptance,
    Invitation,
    InvitationRefused,
    Message,
    State,
    Visit,
)
from .visitors import Visitor


def vouches(request: HttpRequest) -> bool:
    """Whether an invitation speaks for who makes this request, to make an account.

    One that is open, on its own page or where sign-up leads back to it; or one in force
    that this browser accepted as a guest. An acceptance speaks for one account: the one
    it becomes.
    """
    for path in (_next(request), request.path):
        invitation = _invitation(path)
        if invitation is not None and invitation.state is State.OPEN:
            return True
    guest = Guest.of(request)
    if guest.is_new:
        return False
    mine = Acceptance.objects.filter(person=f"g:{guest.id}", user=None)
    return mine.filter(invitation__in=Invitation.objects.in_force()).exists()


def keep_place(sender: object, request: HttpRequest, user: User, **more: Any) -> None:
    """A receiver of user_signed_up: what was the guest's is the account's.

    Nothing counts a second time. The invitation that sign-up leads back to is accepted,
    and a room's link that it leads back to becomes a visit.
    """
    guest = Guest.of(request)
    visitor = Visitor(user, guest.id)
    path = _next(request, more.get("sociallogin"))
    with transaction.atomic():
        if not guest.is_new:
            _adopt(guest, user)
            Message.objects.filter(person=f"g:{guest.id}").update(
                person=visitor.person, user=user
            )
        if invitation := _invitation(path):
            # If it ended meanwhile, its page, which comes next, says so.
            with contextlib.suppress(InvitationRefused):
                invitation.accept(visitor)
        _visit(path, visitor)


def keep_acceptances(
    sender: object, request: HttpRequest, user: User, **_: Any
) -> None:
    """A receiver of user_logged_in: who came in as a guest is not shut out by it."""
    guest = Guest.of(request)
    if not guest.is_new:
        _adopt(guest, user)


def listen() -> None:
    """Hear of new accounts and of log-ins from now on."""
    user_signed_up.connect(keep_place, dispatch_uid="rooms.keeping.signed_up")
    user_logged_in.connect(keep_acceptances, dispatch_uid="rooms.keeping.logged_in")


def _adopt(guest: Guest, user: User) -> None:
    Acceptance.objects.filter(person=f"g:{guest.id}", user=None).update(user=user)


def _visit(path: str, visitor: Visitor) -> None:
    link = read_link(_argument(path, "call", "link"))
    if link is None or visitor.user is None:
        return
    try:
        room = access.enter(visitor, link)
    except Http404:
        return
    Visit.objects.update_or_create(
        room=room, user=visitor.user, defaults={"last_at": timezone.now()}
    )


def _invitation(path: str) -> Invitation | None:
    token = _argument(path, "invitation", "token")
    return Invitation.objects.by_token(token) if token else None


def _argument(path: str, view_name: str, name: str) -> str:
    """What the path says at this place of this view's address; "" if it is another."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    return str(match.kwargs[name]) if match.view_name == view_name else ""


def _next(request: HttpRequest, social_login: Any = None) -> str:
    """The path on this site that sign-up leads to, as the page was asked for it."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if not wanted and social_login is not None:
        wanted = social_login.state.get("next") or ""
    if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return ""
    return urlsplit(wanted).path

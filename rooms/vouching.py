"""Invitations speak for people who make an account, where sign-up is by invitation."""

from collections.abc import Iterator

from django.http import HttpRequest

from accounts.arrival import wanted
from accounts.models import User

from .guests import Guest
from .models import Acceptance, Invitation, InvitationRefused, State
from .paths import invitation_at
from .visitors import Visitor

_GUESTS = "acceptance"
_OPEN = "invitation"


def vouches(request: HttpRequest) -> bool:
    """Whether an invitation speaks for who makes this request.

    One that is open, on its own page or where sign-up leads back to it; or one in force
    that this browser accepted as a guest, until it has become an account's.
    """
    return any(each.may_vouch for _, each in _speaking_for(request))


def count(request: HttpRequest) -> str | None:
    """Let one of these speak for a sign-up, which counts; None: none does."""
    spoken = (by for by, each in _speaking_for(request) if each.vouch())
    return next(spoken, None)


def redeem(spoken_by: str, user: User) -> bool:
    """Make the use by which it spoke this account's, whatever runs at once.

    One that is left of an invitation, as if the account accepted it; or a guest's, as
    long as it is nobody else's.
    """
    kind, _, key = spoken_by.partition(":")
    if kind == _GUESTS:
        uses = Acceptance.objects.in_force().filter(pk=key)
        return bool(uses.filter(user=None).update(user=user)) or (
            uses.filter(user=user).exists()
        )
    invitation = Invitation.objects.filter(pk=key).first() if kind == _OPEN else None
    if invitation is None:
        return False
    try:
        invitation.accept(Visitor(user, ""))
    except InvitationRefused:
        return False
    return True


def _speaking_for(request: HttpRequest) -> Iterator[tuple[str, Invitation]]:
    # First what counts as used already.
    guest = Guest.of(request)
    if not guest.is_new:
        mine = Acceptance.objects.in_force().filter(person=f"g:{guest.id}", user=None)
        for use in mine.select_related("invitation"):
            yield f"{_GUESTS}:{use.pk}", use.invitation
    for path in (wanted(request), request.path):
        invitation = invitation_at(path)
        if invitation is not None and invitation.state is State.OPEN:
            yield f"{_OPEN}:{invitation.pk}", invitation

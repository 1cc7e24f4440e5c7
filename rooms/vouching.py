"""Invitations speak for people who make an account, where sign-up is by invitation."""

from collections.abc import Iterator

from django.http import HttpRequest

from accounts.arrival import wanted

from .guests import Guest
from .models import Acceptance, Invitation, State
from .paths import invitation_at


def vouches(request: HttpRequest) -> bool:
    """Whether an invitation speaks for who makes this request.

    One that is open, on its own page or where sign-up leads back to it; or one in force
    that this browser accepted as a guest, until it has become an account's.
    """
    return any(each.may_vouch for each in _speaking_for(request))


def count(request: HttpRequest) -> bool:
    """Let one of these speak for a sign-up, which counts; False: none does."""
    return any(each.vouch() for each in _speaking_for(request))


def _speaking_for(request: HttpRequest) -> Iterator[Invitation]:
    for path in (wanted(request), request.path):
        invitation = invitation_at(path)
        if invitation is not None and invitation.state is State.OPEN:
            yield invitation
    guest = Guest.of(request)
    if not guest.is_new:
        mine = Acceptance.objects.in_force().filter(person=f"g:{guest.id}", user=None)
        yield from Invitation.objects.filter(acceptances__in=mine)

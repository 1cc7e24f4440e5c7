"""An invitation as the one who was sent its link sees it."""

import re
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.policy import may_sign_up
from accounts.requests import signed_in
from conference.client import of_request

from .. import throttle
from ..guests import Guest
from ..models import AccountNeeded, Invitation, InvitationRefused, Room, State
from ..visitors import Visitor
from .door import too_many_guesses

_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Say who invites whereto; the button takes the invitation.

    Looking changes nothing: programs fetch links for a preview. An unknown token is an
    unknown link, and counts as one.
    """
    try:
        found = _by_token(request, token)
    except throttle.TooManyGuesses:
        return too_many_guesses(request)
    guest = Guest.of(request)
    visitor = Visitor(signed_in(request), guest.id)
    if request.method == "POST":
        answer = _take(request, found, visitor)
        if visitor.user is None:
            guest.remember(answer)
    else:
        answer = _show(request, found, visitor)
    answer["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer


def _by_token(request: HttpRequest, token: str) -> Invitation:
    """The invitation; raises Http404 and throttle.TooManyGuesses.

    Whoever holds a real one gets it, however many others guess behind their address:
    192 bits are not found by guessing.
    """
    if not _TOKEN.fullmatch(token):
        # Nothing an invitation could have: no guess, and no question to the database.
        raise Http404
    if found := Invitation.objects.by_token(token):
        return found
    address = of_request(request)
    throttle.check(address)
    throttle.count_miss(address, token)
    raise Http404


def _take(request: HttpRequest, found: Invitation, visitor: Visitor) -> HttpResponse:
    try:
        found.accept(visitor)
    except InvitationRefused as refusal:
        return _over(request, refusal.state)
    except AccountNeeded:
        return _show(request, found, visitor)
    return redirect("call", found.room.link)


def _show(request: HttpRequest, found: Invitation, visitor: Visitor) -> HttpResponse:
    inside = found.adds_nothing(visitor)
    if not inside and (refusal := found.refusal(visitor)):
        return _over(request, refusal)
    known = found.acceptances.by(visitor).in_force().exists()
    role = found.role_for(visitor)
    signs_in = visitor.user is None and (
        role != Invitation.Role.GUEST or found.room.access == Room.Access.SIGNED_IN
    )
    told = {
        "invitation": found,
        "room": found.room,
        "maker": found.made_by,
        "role": role,
        "inside": inside or known,
        "signs_in": signs_in,
        "may_sign_up": signs_in and may_sign_up(request),
        "guests_may_enter": found.room.access == Room.Access.ANYONE,
    }
    return render(request, "rooms/invitation.html", told)


def _over(request: HttpRequest, state: State) -> HttpResponse:
    """What its holder may know of an invitation that opens nothing (any more).

    Neither whereto it led nor who made it: the link may have come into other hands.
    """
    told = {"state": state.value}
    return render(request, "rooms/invitation_over.html", told, status=HTTPStatus.GONE)

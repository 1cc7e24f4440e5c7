"""Inviting people to one's own room, and ending invitations."""

import json
import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ..invitations import making
from ..invitations.forms import InvitationForm, new_key
from ..invitations.listing import Row, rows
from ..models import Invitation, Room
from ..order import invitations as orders
from ..rights import Act
from .actor import actor_of
from .door import acting

_PUBLIC_ID = re.compile(r"[A-Za-z0-9_-]{22}")


def invitation_context(
    room: Room, form: InvitationForm | None = None
) -> dict[str, Any]:
    """What `rooms/_invitations.html` needs, on the page of the room's owner."""
    return {
        "room": room,
        "invitations": rows(room),
        "invitation_form": form or InvitationForm(),
        "again_key": new_key(),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@acting(Act.INVITE)
def invitations(request: HttpRequest, room: Room) -> HttpResponse:
    """Invite people; the answer shows each link, this once.

    The form stands in a dialog of the room's page too, and alone here where it was
    refused or where no script opens dialogs.
    """
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, room, form)
    try:
        made = orders.invite(
            room, form.people, form.terms, _posted(request), actor_of(request, room)
        )
    except making.MadeBefore as refusal:
        messages.info(request, str(refusal))
        return redirect("room", room.link)
    except making.InvitingRefused as refusal:
        form.add_error(None, str(refusal))
        return _form(request, room, form)
    return _made(request, room, made)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, link: str, public_id: str) -> HttpResponse:
    """Ask, saying whom it concerns; then end the invitation at once."""

    @acting(Act.INVITE)
    def owned(request: HttpRequest, room: Room) -> HttpResponse:
        invitation = _invitation(room, public_id)
        if request.method != "POST":
            row = Row.of(invitation)
            if not row.can_revoke:
                return redirect("room", room.link)
            told = {"room": room, "row": row, "invitation": invitation}
            return render(request, "rooms/invitation_revoke.html", told)
        orders.revoke(invitation, actor_of(request, room))
        messages.success(request, "The invitation is revoked. Its link opens nothing.")
        return redirect("room", room.link)

    return owned(request, link)


@require_POST
def again(request: HttpRequest, link: str, public_id: str) -> HttpResponse:
    """Issue anew what expired or never arrived; the answer shows the link."""

    @acting(Act.INVITE)
    def owned(request: HttpRequest, room: Room) -> HttpResponse:
        invitation = _invitation(room, public_id)
        try:
            actor = actor_of(request, room)
            made = orders.send_again(invitation, _posted(request), actor)
        except making.InvitingRefused as refusal:
            messages.info(request, str(refusal))
            return redirect("room", room.link)
        return _made(request, room, made)

    return owned(request, link)


def _invitation(room: Room, public_id: str) -> Invitation:
    """The room's own; Http404 for any other."""
    if not _PUBLIC_ID.fullmatch(public_id):
        # PostgreSQL takes no question with a NUL in it.
        raise Http404
    found = room.invitations.select_related("room").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _form(request: HttpRequest, room: Room, form: InvitationForm) -> HttpResponse:
    told = {"room": room, "form": form}
    return render(request, "rooms/invitation_form.html", told)


def _made(request: HttpRequest, room: Room, made: list[making.Made]) -> HttpResponse:
    """The links, shown in the answer to the form itself: nothing keeps them."""
    told = {"room": room, "made": made}
    return render(request, "rooms/invitations_made.html", told)


def _posted(request: HttpRequest) -> str:
    """All that the form posted, but for what changes when it is posted again."""
    fields = {
        name: request.POST.getlist(name)
        for name in request.POST
        if name != "csrfmiddlewaretoken"
    }
    return json.dumps([request.path, fields], sort_keys=True)

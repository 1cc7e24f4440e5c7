"""Order in a room, from its page: who comes in, what people may do, who is kept out."""

import re
from dataclasses import dataclass

import msgspec
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ..forms import OrderForm
from ..models import Ban, Room
from ..order import people
from ..order import room as rules
from ..order.actor import Actor, Refused
from ..signalling.protocol import Power
from .actor import actor_of
from .door import hosting

SHOWN = 100
"""How many of those who are kept out a page lists."""

_PUBLIC_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class KeptOut:
    """The list, cut to a length; `more` are left out of it."""

    shown: list[Ban]
    more: int


def kept_out_of(room: Room) -> KeptOut:
    """Whom the room keeps out now, the newest first."""
    bans = room.bans.in_force()
    shown = list(bans.select_related("made_by")[:SHOWN])
    count = len(shown) if len(shown) < SHOWN else bans.count()
    return KeptOut(shown, count - len(shown))


@require_POST
@hosting
def order(request: HttpRequest, room: Room) -> HttpResponse:
    """Follow what was changed on the page, and leave the rest as it is now.

    Hosts change the same in the call, maybe while this page is open.
    """
    actor = actor_of(request, room)
    form = OrderForm(actor.role, room, request.POST)
    if not form.is_valid():
        raise Http404
    with transaction.atomic():
        for what, wanted in form.changes():
            _follow(room, what, wanted, actor)
    messages.success(request, "Saved. Whoever is in the call follows at once.")
    return redirect("room", room.link)


def _follow(room: Room, what: str, wanted: bool, actor: Actor) -> None:
    if what == OrderForm.LOBBY:
        rules.lobby(room, wanted, actor)
    elif what == OrderForm.LOCKED:
        rules.lock(room, wanted, actor)
    else:
        power = msgspec.convert(what, Power)
        rules.forbid_all(room, power, allowed=wanted, actor=actor)


@require_POST
@hosting
def let_back(request: HttpRequest, room: Room) -> HttpResponse:
    """Let somebody come in again who is kept out."""
    public_id = request.POST.get("ban", "")
    if not _PUBLIC_ID.fullmatch(public_id):
        raise Http404
    ban = room.bans.in_force().filter(public_id=public_id).first()
    if ban is None:
        messages.info(request, "This person is not kept out any more.")
        return redirect("room", room.link)
    try:
        people.let_back(ban, actor_of(request, room))
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("room", room.link)
    messages.success(
        request, f"{ban.name} may come in again, by the link or an invitation."
    )
    return redirect("room", room.link)

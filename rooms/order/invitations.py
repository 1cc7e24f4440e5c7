"""Inviting people and taking invitations back, with the log of it."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Max

from conference.audit import Action

from ..invitations import making
from ..invitations.making import Made
from ..invitations.terms import Terms
from ..models import Invitation, Room
from ..rights import Act
from .actor import Actor, ask, hold, write


def invite(
    room: Room, addresses: Sequence[str], terms: Terms, form: str, actor: Actor
) -> list[Made]:
    """As making.invite, whose refusals it raises, beside Refused."""
    return _made(
        room,
        actor,
        lambda held: making.invite(held, held.owner, addresses, terms, form),
    )


def send_again(old: Invitation, form: str, actor: Actor) -> list[Made]:
    """As making.send_again, whose refusals it raises, beside Refused."""
    return _made(old.room, actor, lambda held: making.send_again(old, held.owner, form))


def revoke(invitation: Invitation, actor: Actor) -> None:
    """End it at once, also for guests who accepted it."""
    with transaction.atomic():
        room, actor = hold(invitation.room, actor)
        ask(actor, Act.INVITE)
        if invitation.revoked_at is not None:
            return
        invitation.revoke()
        write(Action.INVITATION_REVOKED, actor, room, _target(invitation))


def _made(room: Room, actor: Actor, make: Callable[[Room], list[Made]]) -> list[Made]:
    """What was made, each new one once in the log: a form may come twice."""
    with transaction.atomic():
        held, actor = hold(room, actor)
        ask(actor, Act.INVITE)
        last = held.invitations.aggregate(last=Max("pk"))["last"] or 0
        made = make(held)
        for each in made:
            if each.invitation.pk > last:
                target = _target(each.invitation)
                write(Action.INVITED, actor, held, target, role=each.invitation.role)
    return made


def _target(invitation: Invitation) -> str:
    return f"invitation:{invitation.public_id}"

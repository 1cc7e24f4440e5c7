"""What somebody who deletes their account leaves in rooms, and what they do not."""

import secrets

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.deletion import SOMEBODY, unname_in_log
from accounts.models import User

from .models import Acceptance, Invitation, Message, Postage, Seat


def farewell(user: User, addresses: list[str]) -> None:
    """Their rooms go with their row; here goes what stands in the rooms of others.

    Kept messages stay, for the talk of the others would make no sense without them:
    nobody's name stands there any more, and in each room another mark tells only which
    of them one person wrote.
    """
    for room in set(_written(user).values_list("room", flat=True)):
        mark = f"x:{secrets.token_hex(16)}"
        messages = _written(user).filter(room=room)
        unname_in_log(Message, messages.values_list("pk", flat=True))
        messages.update(name=SOMEBODY, person=mark, user=None)
    mine = Q(user=user) | Q(person=f"u:{user.pk}")
    for acceptance in Acceptance.objects.filter(mine):
        # The use stays counted, or the invitation would be open again.
        acceptance.person, acceptance.user = f"x:{secrets.token_hex(16)}", None
        acceptance.save(update_fields=["person", "user"])
    Seat.objects.filter(user=user).delete()
    Postage.objects.filter(payer=f"u:{user.pk}").delete()
    made = Invitation.objects.filter(made_by=user)
    unname_in_log(Invitation, made.values_list("pk", flat=True))
    made.delete()
    # What others sent to their addresses lets nobody in any more, and names nobody.
    sent = Invitation.objects.annotate(to=Lower("address")).filter(to__in=addresses)
    unname_in_log(Invitation, sent.values_list("pk", flat=True))
    for invitation in sent:
        invitation.revoke()
        invitation.address = ""
        invitation.save(update_fields=["address"])


def _written(user: User) -> QuerySet[Message]:
    mine = Q(user=user) | Q(person=f"u:{user.pk}")
    return Message.objects.filter(mine).exclude(room__owner=user)

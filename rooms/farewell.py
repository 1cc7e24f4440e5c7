"""What somebody who deletes their account leaves in rooms, and what they do not."""

import secrets

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.deletion import SOMEBODY, unname_in_log
from accounts.models import User

from .models import (
    Acceptance,
    Ban,
    Invitation,
    Message,
    Postage,
    Prohibition,
    Report,
    Seat,
)


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
    _leave_order(user)
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


def _leave_order(user: User) -> None:
    """What hosts and those who run the site hold against them names nobody any more.

    A browser that is kept out stays so: nobody comes back by deleting their account.
    """
    Prohibition.objects.filter(person=f"u:{user.pk}").delete()
    for ban in Ban.objects.filter(user=user).exclude(browser=""):
        ban.person, ban.user = f"x:{secrets.token_hex(16)}", None
        ban.name, ban.reason = SOMEBODY, ""
        ban.save(update_fields=["person", "user", "name", "reason"])
    about = Report.objects.filter(Q(about_user=user) | Q(about=f"u:{user.pk}"))
    unname_in_log(Report, about.values_list("pk", flat=True))
    about.update(about_name=SOMEBODY, about=f"x:{secrets.token_hex(16)}")
    made = Report.objects.filter(reporter=f"u:{user.pk}")
    made.update(reporter=f"x:{secrets.token_hex(16)}")


def _written(user: User) -> QuerySet[Message]:
    mine = Q(user=user) | Q(person=f"u:{user.pk}")
    return Message.objects.filter(mine).exclude(room__owner=user)

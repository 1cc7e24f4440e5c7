"""The rooms of others that somebody has a place in: which they are, how a place ends.

A place is a role, or an accepted invitation that is in force.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.addresses import addresses_of
from accounts.models import User

from .models import Acceptance, Invitation, Membership, Role, Room, Visit
from .models.invitation import AcceptanceQuerySet
from .models.room import RoomQuerySet
from .visitors import Visitor


def invited_to(user: User) -> RoomQuerySet:
    """Rooms of others that the person has a place in, last used first.

    Each carries `role`, None for a guest by invitation.
    """
    role = Membership.objects.filter(room=OuterRef("pk"), user=user)
    return (
        Room.objects.exclude(owner=user)
        .filter(_has_place(user, "pk"))
        .annotate(role=Subquery(role.values("role")[:1]))
        .select_related("owner")
        .order_by(F("last_used_at").desc(nulls_last=True), "-created_at", "-pk")
    )


def visited(user: User) -> QuerySet[Visit]:
    """Where the person was and may go again, having no place there; newest first."""
    return (
        Visit.objects.filter(user=user)
        .exclude(room__owner=user)
        .exclude(room__access=Room.Access.INVITED)
        .exclude(_has_place(user, "room"))
        .order_by("-last_at", "-pk")
    )


def next_meetings(user: User, rooms: list[Room]) -> dict[int, datetime]:
    """When the next meeting begins, by room, as accepted invitations say.

    A meeting counts until it is over.
    """
    now = timezone.now()
    told = (
        Invitation.objects.in_force()
        .filter(room__in=rooms, acceptances__in=_acceptances(user))
        .annotate(ends_at=F("starts_at") + F("duration"))
        .filter(ends_at__gt=now)
        .order_by("-starts_at")
    )
    return {each.room_id: each.starts_at for each in told if each.starts_at}


def give_up(room: Room, user: User) -> None:
    """End the person's own place; what they were sent still brings them back.

    As what they are now, and no more.
    """
    with transaction.atomic():
        # Held, so that nobody changes the role that is noted here.
        role = Membership.objects.select_for_update().role_of(room, user)
        if role is Role.OWNER:
            return
        Membership.objects.filter(room=room, user=user).delete()
        _accepted(room, user).filter(ended_at=None).end(left_as=role or "")
        Visit.objects.filter(room=room, user=user).delete()


def remove(membership: Membership) -> None:
    """End somebody's place for them: with it end the invitations made for them alone.

    An invitation for several people stays for the others, and opens nothing for them
    any more.
    """
    put_out(membership.room, membership.user)


def put_out(room: Room, user: User) -> None:
    """End whatever place somebody has in a room of others, as `remove` does."""
    with transaction.atomic():
        _hold_invitations(room)
        Membership.objects.filter(room=room, user=user).delete()
        mine = Q(address_lower__in=addresses_of(user))
        _take_back(room, _accepted(room, user), mine)


def put_out_guest(room: Room, guest: str) -> None:
    """End what this browser accepted; with it ends what was made for it alone."""
    with transaction.atomic():
        _hold_invitations(room)
        taken = Acceptance.objects.filter(
            person=f"g:{guest}", user=None, invitation__room=room
        )
        _take_back(room, taken, Q())


def _hold_invitations(room: Room) -> None:
    """Keep others from accepting one: whoever does so next is removed from it, too."""
    held = room.invitations.in_force().select_for_update(no_key=True)
    list(held.order_by("pk").values_list("pk"))


def _take_back(room: Room, taken: AcceptanceQuerySet, theirs: Q) -> None:
    theirs |= Q(uses_limit=1, acceptances__in=taken)
    invitations = room.invitations.annotate(address_lower=Lower("address"))
    for invitation in invitations.filter(theirs).distinct():
        invitation.revoke()
    taken.end(by_owner=True)


def _has_place(user: User, room: str) -> Any:
    return Q(Exists(Membership.objects.filter(room=OuterRef(room), user=user))) | Q(
        Exists(_acceptances(user).filter(invitation__room=OuterRef(room)))
    )


def _acceptances(user: User) -> AcceptanceQuerySet:
    """What the person accepted of invitations in force."""
    return Acceptance.objects.by(Visitor(user, "")).in_force()


def _accepted(room: Room, user: User) -> AcceptanceQuerySet:
    """What the person accepted to this room, whatever has become of it."""
    return Acceptance.objects.by(Visitor(user, "")).filter(invitation__room=room)

"""Who acts in a room, and whether they may."""

from dataclasses import dataclass, replace
from typing import Any, Self

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet

from accounts.models import User
from conference.audit import Action, record

from .. import access
from ..models import Room
from ..rights import GUEST, SITE, Act, may

REFUSALS = {
    Act.TRANSFER: "Only the room's owner may give it to somebody else.",
    Act.PROMOTE: "Only the room's owner may change who is what here.",
    Act.NOTICE: "Only the people who run this site may do that.",
}


class Refused(PermissionDenied):
    """The right is missing; the text says so to the one who asked."""

    def __init__(self, text: str = "You may not do that here.") -> None:
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with the role that the rows gave them a moment ago.

    `person` names them in the log as tickets do; `name` is what others see. `role` is
    one in the room, which acts read once more as they begin, or `rights.SITE` for those
    who act in the administration.
    """

    person: str
    name: str
    role: str
    address: str = ""
    user: User | None = None

    @classmethod
    def in_room(
        cls, room: Room, user: User, *, name: str = "", address: str = ""
    ) -> Self:
        """Somebody with an account, as what they are in this room now."""
        role = access.role_in(room, user)
        return cls(f"u:{user.pk}", name or user.display_name, role, address, user)

    @classmethod
    def of_site(cls, user: User, *, address: str = "") -> Self:
        """Somebody in the administration, who was let in there for this act."""
        return cls(f"u:{user.pk}", user.display_name, SITE, address, user)


def ask(actor: Actor, act: Act, on: str | None = None) -> None:
    """Raise Refused unless this person may do it, to somebody of the role `on`."""
    if not may(actor.role, act, on):
        raise Refused(REFUSALS.get(act, "You may not do that here."))


def hold(room: Room, actor: Actor) -> tuple[Room, Actor]:
    """The room's row, which nobody else changes before the transaction ends, and the
    actor with the role that the rows give them at this moment.

    Whose account is closed or suspended has none.
    """
    held = Room.objects.select_for_update(no_key=True).get(pk=room.pk)
    if actor.role == SITE:
        return held, actor
    user = user_of(actor.person, among=User.objects.may_log_in())
    role = GUEST if user is None else access.role_in(held, user)
    return held, replace(actor, role=role, user=user)


def role_of(room: Room, person: str) -> str:
    """What this person is in the room now, by the rows."""
    user = user_of(person)
    return GUEST if user is None else access.role_in(room, user)


def user_of(person: str, among: QuerySet[User] | None = None) -> User | None:
    """The account that a ticket's `u:<account>` names; None for guests and the gone.

    `among` these, or all.
    """
    kind, _, number = person.partition(":")
    if kind != "u" or not number.isdecimal():
        return None
    accounts = User.objects.all() if among is None else among
    return accounts.filter(pk=int(number)).first()


def write(
    action: Action,
    actor: Actor,
    room: Room,
    target: str = "",
    *,
    reason: str = "",
    **details: Any,
) -> None:
    """Write the act into the log; without `target` it concerns the room."""
    record(
        action,
        actor=actor.person,
        room=room.pk,
        target=target or f"room:{room.pk}",
        reason=reason,
        address=actor.address,
        details=details,
    )

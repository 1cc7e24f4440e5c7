"""The only answer to "may this person do this here?", asked by every door.

A function returns the room or raises. What a stranger may not know of is Http404, so
that a room that is not theirs cannot be told from one that does not exist; what a
member may know of but not do is PermissionDenied.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from accounts.models import User

from . import passwords
from .models import Acceptance, Ban, Membership, Role, Room
from .rights import GUEST, HOSTS, Act, always_gets_in, comes_in_at_once, may
from .visitors import Visitor


class Closed(Exception):
    """The room is there, and does not let this person in as they come now."""

    code: str


class SignInNeeded(Closed):
    """The room is for people who are logged in, and this one is not."""

    code = "sign-in-needed"


class KeptOut(Closed):
    """A host has sent this person away, and nobody has let them in again."""

    code = "kept-out"

    def __init__(self, room: Room, ban: Ban) -> None:
        super().__init__(room.pk)
        self.room = room
        self.ban = ban


class PasswordNeeded(Closed):
    """The room has a password, which this person has to give first."""

    code = "password-needed"

    def __init__(self, room: Room) -> None:
        super().__init__(room.pk)
        self.room = room


def enter(visitor: Visitor, link: str) -> Room:
    """The room that this link opens for this person.

    `link` is in its true form (links.read_link). Raises Http404, also for a room that
    is for invited people and not for this one, and Closed to those who may know of it.
    One query for a stranger in any case, so that the time tells nobody which of the two
    it was. Hosts are never kept out, and nobody with a role is asked for a password.
    """
    room = (
        Room.objects.filter(link=link)
        .filter(
            ~Q(access=Room.Access.INVITED)
            | Exists(_memberships(visitor))
            | Exists(_acceptances(visitor))
        )
        .annotate(
            role_here=Subquery(_memberships(visitor).values("role")[:1]),
            ban_here=Subquery(_bans(visitor).values("pk")[:1]),
        )
        .first()
    )
    if room is None:
        raise Http404
    role: str = getattr(room, "role_here", None) or GUEST
    ban_here: int | None = getattr(room, "ban_here", None)
    # Whatever was lifted in this very moment keeps nobody out.
    if ban_here is not None and not always_gets_in(role):
        ban = Ban.objects.in_force().filter(pk=ban_here).first()
        if ban is not None:
            raise KeptOut(room, ban)
    if room.access == Room.Access.SIGNED_IN and visitor.user is None:
        raise SignInNeeded
    asked = bool(room.password) and not comes_in_at_once(role)
    if asked and not passwords.proves(visitor.proof, room, visitor.guest):
        raise PasswordNeeded(room)
    return room


def act(user: User, link: str, act: Act) -> Room:
    """The room, for somebody whose role there lets them do this.

    Raises Http404 for strangers and PermissionDenied for those of a lesser role.
    """
    room = _if_related(link, Exists(_memberships(Visitor(user, ""))))
    if not may(role_in(room, user), act):
        raise PermissionDenied
    return room


def host(user: User, link: str) -> Room:
    """The room, for those who keep order in it; raises as `act` does."""
    room = _if_related(link, Exists(_memberships(Visitor(user, ""))))
    if role_in(room, user) not in HOSTS:
        raise PermissionDenied
    return room


def place(user: User, link: str) -> Room:
    """The room, for somebody of whose place in it others decide: it can be given up.

    Raises Http404 for strangers and PermissionDenied for the owner.
    """
    visitor = Visitor(user, "")
    room = _if_related(
        link, Exists(_memberships(visitor)) | Exists(_acceptances(visitor))
    )
    if room.owner_id == user.pk:
        raise PermissionDenied
    return room


def role_in(room: Room, user: User | None) -> str:
    """What the person is in the room now: "owner", "co-host", "member" or "guest"."""
    if user is None:
        return GUEST
    if room.owner_id == user.pk:
        return Role.OWNER.value
    role = Membership.objects.role_of(room, user)
    return GUEST if role is None else role.value


def is_invited(room: Room, visitor: Visitor) -> bool:
    """Whether a role or an accepted invitation lets the person in, link or not."""
    mine = Room.objects.filter(pk=room.pk)
    return mine.filter(
        Exists(_memberships(visitor)) | Exists(_acceptances(visitor))
    ).exists()


def belongs(visitor: Visitor, link: str) -> bool:
    """Whether the room of this link is one that the person was let into by name."""
    mine = Room.objects.filter(link=link)
    return mine.filter(
        Exists(_memberships(visitor)) | Exists(_acceptances(visitor))
    ).exists()


def _if_related(link: str, related: Exists | Q) -> Room:
    """The room, if the person has to do with it; else Http404.

    One query in any case, so that the time tells nobody whether there is such a room.
    """
    room = Room.objects.filter(link=link).filter(related).first()
    if room is None:
        raise Http404
    return room


def _memberships(visitor: Visitor) -> QuerySet[Membership]:
    """The visitor's own, of the room around this subquery."""
    return Membership.objects.filter(room=OuterRef("pk"), user=visitor.user)


def _bans(visitor: Visitor) -> QuerySet[Ban]:
    """Those that keep the visitor out of the room around them, the longest first."""
    found = Ban.objects.in_force().of(visitor).filter(room=OuterRef("pk"))
    return found.order_by(F("until").desc(nulls_first=True), "-pk")


def _acceptances(visitor: Visitor) -> QuerySet[Acceptance]:
    """What the visitor accepted of invitations in force to the room around it."""
    found = Acceptance.objects.by(visitor).in_force()
    return found.filter(invitation__room=OuterRef("pk"))

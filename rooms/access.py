"""The only answer to "may this person do this here?", asked by every door.

A function returns the room or raises. What a stranger may not know of is Http404, so
that a room that is not theirs cannot be told from one that does not exist; what a
member may know of but not do is PermissionDenied.
"""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import User

from .models import Membership, Role, Room


class SignInNeeded(Exception):
    """The room is for people who are logged in, and this one is not."""

    code = "sign-in-needed"


GUEST = "guest"


def enter(user: User | None, link: str) -> Room:
    """The room that this link opens for this person; None is somebody without account.

    `link` is in its true form (links.read_link). Raises Http404 and SignInNeeded.
    """
    room = _room(link)
    if room.access == Room.Access.SIGNED_IN and user is None:
        raise SignInNeeded
    return room


def own(user: User, link: str) -> Room:
    """The room, for the one who may change and delete it.

    Raises Http404 for strangers and PermissionDenied for members.
    """
    room = _room(link)
    if room.owner_id == user.pk:
        return room
    if Membership.objects.role_of(room, user) is not None:
        raise PermissionDenied
    raise Http404


def role_in(room: Room, user: User | None) -> str:
    """What the person is in the room now: "owner", "member" or "guest"."""
    if user is None:
        return GUEST
    if room.owner_id == user.pk:
        return Role.OWNER.value
    role = Membership.objects.role_of(room, user)
    return GUEST if role is None else role.value


def belongs(user: User | None, link: str) -> bool:
    """Whether the room of this link is one in which the person has a role."""
    if user is None:
        return False
    return Membership.objects.filter(room__link=link, user=user).exists()


def _room(link: str) -> Room:
    room = Room.objects.filter(link=link).first()
    if room is None:
        raise Http404
    return room
